import type { CentralCluster } from '../generated/types/cluster.d.ts';

export default {
  name: 'cluster-01',
  role: 'central',
  region: 'kr',
  server: 'https://192.168.101.195:6443',
  prometheus: { replicas: 2 },
  receive: { url: 'https://receive.cluster-01.example:19291/api/v1/receive' },
  alertmanager: { url: 'https://alerts.cluster-01.example:30943' },
  storage: { class: 'longhorn' },
} satisfies CentralCluster;
