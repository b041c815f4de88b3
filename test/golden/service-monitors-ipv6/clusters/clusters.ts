import type { CentralCluster, EdgeCluster } from '../../../../generated/types/cluster.d.ts';

export default [
  { name: 'centre', role: 'central', region: 'eu', prometheus: { mode: 'service-monitor', replicas: 1 } },
  {
    name: 'edge-1',
    role: 'edge',
    region: 'eu',
    nodes: [
      { name: 'four', address: '10.1.0.1' },
      { name: 'six.example', address: '2001:db8::6' },
    ],
    option: 'remote-scrape',
    settings: { credentials: { secretName: 'scraper', kubelet: 'token' }, kubeStateMetrics: { node: 'six.example' } },
  },
] satisfies (CentralCluster | EdgeCluster)[];
