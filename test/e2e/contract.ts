import { isDeepStrictEqual } from 'node:util';
import type { CompiledFleet } from '../support/fleet.ts';
import { until } from './processes.ts';
import { askNow, type Labels, labelsOf, sorted } from './query-api.ts';

/** The labels that `up` of a cluster's targets has, whatever its option; `own` are the jobs of the collector itself. */
export function contractOf(fleet: CompiledFleet, cluster: string, own: readonly string[] = []): readonly Labels[] {
  const edge = fleet.inventory.edges.find(({ name }) => name === cluster);
  if (edge === undefined) throw new Error(`no edge ${cluster}`);
  const { region } = edge;
  return sorted([
    ...edge.nodes.flatMap(({ name }): readonly Labels[] => {
      const base = { cluster, region, instance: name, node: name };
      return [
        { ...base, job: 'node-exporter' },
        { ...base, job: 'kubelet', metrics_path: '/metrics' },
        { ...base, job: 'kubelet', metrics_path: '/metrics/cadvisor' },
      ];
    }),
    { cluster, region, job: 'kube-state-metrics', instance: 'kube-state-metrics' },
    ...own.map((job) => ({ cluster, region, job, instance: job })),
  ]);
}

/** Waits until Query gives exactly the series of the contract, each once. */
export async function keepsContract(query: number, wanted: readonly Labels[], begins: number): Promise<string> {
  const cluster = wanted[0]?.cluster ?? '';
  let last: readonly Labels[] = [];
  await until('the series', 90, async () => {
    last = sorted((await askNow(query, `up{cluster="${cluster}"} == 1`)).map(labelsOf));
    return last.length >= wanted.length ? last : undefined;
  }).catch(() => undefined);
  const seconds = (performance.now() - begins) / 1000;
  if (!isDeepStrictEqual(last, wanted)) throw new Error(`\ngot    ${JSON.stringify(last)}\nwanted ${JSON.stringify(wanted)}`);
  return `${wanted.length} series ${seconds.toFixed(1)} s after the start`;
}
