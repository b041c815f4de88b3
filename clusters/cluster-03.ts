import type { EdgeCluster } from '../generated/types/cluster.d.ts';

export default {
  name: 'cluster-03',
  role: 'edge',
  region: 'kr',
  server: 'https://192.168.101.197:6443',
  nodes: [{ name: 'cluster-03-node-1', address: '192.168.101.197' }],
  option: 'prometheus-agent',
  storage: { class: 'longhorn', size: '5Gi' },
} satisfies EdgeCluster;
