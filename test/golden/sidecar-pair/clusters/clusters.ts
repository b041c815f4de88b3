import type { CentralCluster, EdgeCluster } from '../../../../generated/types/cluster.d.ts';

export default [
  { name: 'centre', role: 'central', region: 'eu', alertmanager: { url: 'https://alerts.example:30943' } },
  {
    name: 'edge-1',
    role: 'edge',
    region: 'eu',
    nodes: [
      { name: 'a', address: '10.1.0.1' },
      { name: 'b', address: '10.1.0.2' },
    ],
    option: 'thanos-sidecar',
    kubelet: { unsafeSkipVerify: true },
    storage: { class: 'fast', size: '100Gi' },
    settings: { replicas: 2, endpoints: ['edge-1-a.example:10901', '[2001:db8::2]:10901'], serverName: 'edge-1.example' },
  },
] satisfies (CentralCluster | EdgeCluster)[];
