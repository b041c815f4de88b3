import type { Edge } from '../../inventory/inventory.ts';

const gi = 2 ** 30;

/** Active series of an edge: node-exporter, kubelet, cAdvisor and kube-state-metrics of a node with some thirty pods; small clusters have a floor. */
export const estimatedSeries = (edges: readonly Edge[]): number =>
  edges.reduce((sum, { nodes }) => sum + Math.max(25_000, nodes.length * 8_500), 0);

/**
 * Memory of a process that keeps `series` in a TSDB's head: 1 GiB and 8 KB a series, doubled as the limit for queries and
 * garbage collection. Up to the next power of two, so that one more edge hardly ever restarts the centre.
 */
export function headMemory(series: number, extraBytes = 0): { readonly request: string; readonly limit: string } {
  const needed = (gi + 8_000 * series + extraBytes) / gi;
  const request = 2 ** Math.ceil(Math.log2(needed));
  return { request: `${request}Gi`, limit: `${2 * request}Gi` };
}
