import type { Edge, Fleet } from '../inventory/inventory.ts';
import { seconds } from './duration.ts';

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

/** Bytes of a WAL of eight hours: 8 bytes a sample, half on top, and 0.4 GiB for segments and checkpoints. */
export const walBytes = (edge: Edge, fleet: Fleet): number => samplesPerSecond(edge, fleet) * 8 * hours(8) * 1.5 + 0.4 * gi;

/** Bytes of a full Prometheus: 2 bytes a sample for as long as it keeps them, a fifth on top, and the WAL. */
export const tsdbBytes = (edge: Edge, fleet: Fleet): number =>
  samplesPerSecond(edge, fleet) * 2 * seconds(fleet.edgeRetention) * 1.2 + walBytes(edge, fleet);

const samplesPerSecond = (edge: Edge, fleet: Fleet): number => estimatedSeries([edge]) / seconds(fleet.scrapeInterval);

const hours = (count: number): number => count * 3600;

/** `bytes` as a volume's size: at least `least` Gi, whole Gi. */
export const volumeSize = (bytes: number, least: number): string => `${Math.max(least, Math.ceil(bytes / gi))}Gi`;

/** Bytes of a size such as `5Gi`. */
export const bytesOf = (size: string): number => Number.parseInt(size, 10) * 2 ** ({ Mi: 20, Gi: 30, Ti: 40 }[size.slice(-2)] as number);
