import type { PrometheusAgentEdge } from '../../../../generated/types/cluster.d.ts';

export const nodesOf = (cluster: string, network: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `${cluster}-node-${i + 1}`, address: `${network}.${i + 11}`, memory: '8Gi' }));

/** A shop with a line of its own, through which the centre can connect. */
export const shop = (name: string, region: string, network: string, nodes: number): PrometheusAgentEdge => ({
  name,
  role: 'edge',
  region,
  nodes: nodesOf(name, network, nodes),
  network: { stability: 'unstable', maxOffline: '4h' },
  option: 'prometheus-agent',
});

/** A shop on a mobile network: nobody can connect to it. */
export const mobileShop = (name: string, region: string, network: string, nodes: number): PrometheusAgentEdge => ({
  ...shop(name, region, network, nodes),
  network: { ingress: 'none', stability: 'unstable', maxOffline: '4h' },
  delivery: 'agent',
});
