import type { CentralCluster, EdgeCluster } from '../../../../generated/types/cluster.d.ts';

const edge = (name: string, address: string, delivery: 'agent' | 'autonomous') =>
  ({
    name,
    role: 'edge',
    region: 'eu',
    nodes: [{ name: `${name}-a`, address }],
    network: { ingress: 'none' },
    option: 'prometheus-agent',
    delivery,
  }) satisfies EdgeCluster;

export default [
  { name: 'centre', role: 'central', region: 'eu', receive: { url: 'https://receive.example/api/v1/receive' } },
  edge('alone', '10.1.0.1', 'autonomous'),
  edge('guided', '10.2.0.1', 'agent'),
] satisfies (CentralCluster | EdgeCluster)[];
