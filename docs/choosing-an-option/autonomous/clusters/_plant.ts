import type { ThanosSidecarEdge } from '../../../../generated/types/cluster.d.ts';

const nodes = ['a', 'b', 'c'];

/** A plant: three nodes, an Argo CD of its own, and alerts that fire on the spot. */
export const plant = (region: string, network: string, site: number): ThanosSidecarEdge => {
  const name = `${region}-${String(site).padStart(2, '0')}`;
  return {
    name,
    role: 'edge',
    region,
    nodes: nodes.map((node, i) => ({ name: `${name}-${node}`, address: `${network}.${site}.${i + 11}`, memory: '32Gi' })),
    delivery: 'autonomous',
    localAlerts: true,
    workload: { pods: 90, containers: 130 },
    option: 'thanos-sidecar',
  };
};
