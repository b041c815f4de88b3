import type { EdgeCluster } from '../generated/types/cluster.d.ts';

export default {
  name: 'cluster-02',
  role: 'edge',
  region: 'kr',
  server: 'https://192.168.101.196:6443',
  nodes: [{ name: 'cluster-02-node-1', address: '192.168.101.196' }],
  option: 'remote-scrape',
} satisfies EdgeCluster;
