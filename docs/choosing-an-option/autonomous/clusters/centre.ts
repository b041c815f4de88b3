import type { CentralCluster } from '../../../../generated/types/cluster.d.ts';

export default {
  name: 'centre',
  role: 'central',
  region: 'eu',
  alertmanager: { url: 'https://alerts.plants.example:30943' },
} satisfies CentralCluster;
