import type { EdgeCluster } from '../../../../generated/types/cluster.d.ts';

export default [
  {
    name: 'shop-1',
    role: 'edge',
    region: 'eu',
    server: 'https://10.1.0.1:6443',
    nodes: [{ name: 'shop-1-a', address: '10.1.0.1' }],
    option: 'remote-scrape',
  },
] satisfies EdgeCluster[];
