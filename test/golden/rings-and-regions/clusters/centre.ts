import type { CentralCluster } from '../../../../generated/types/cluster.d.ts';

export default {
  name: 'centre',
  role: 'central',
  region: 'us',
  receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 5, replicationFactor: 5 },
} satisfies CentralCluster;
