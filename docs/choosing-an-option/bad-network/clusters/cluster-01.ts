import type { CentralCluster } from '../../../../generated/types/cluster.d.ts';

export default {
  name: 'cluster-01',
  role: 'central',
  region: 'inland',
  receive: { url: 'https://receive.shops.example:19291/api/v1/receive' },
  alertmanager: { url: 'https://alerts.shops.example:30943' },
} satisfies CentralCluster;
