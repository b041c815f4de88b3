import type { EdgeCluster } from '../generated/types/cluster.d.ts';

export default {
  name: 'cluster-04',
  role: 'edge',
  region: 'kr',
  server: 'https://192.168.101.198:6443',
  nodes: [{ name: 'cluster-04-node-1', address: '192.168.101.198' }],
  option: 'thanos-sidecar',
  storage: { class: 'longhorn', size: '20Gi' },
} satisfies EdgeCluster;
