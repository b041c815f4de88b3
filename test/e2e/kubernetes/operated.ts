// The centre as prometheus-operator runs it: the compiled objects in an API server, the Secrets that they ask for, the operator at work.
import { readFileSync } from 'node:fs';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Secrets } from '../launch.ts';
import { ask, until } from '../processes.ts';
import type { Site } from '../site.ts';
import type { Api } from './api.ts';
import { type Made, madeIn } from './made.ts';

export const namespace = 'metrics-central';

/** The bytes of the Secrets, by their names: what a person would put into them. */
export function centralSecrets({ trust, bucket }: Site): Secrets {
  const text = (path: string): string => readFileSync(path, 'utf8');
  return {
    ...bucket,
    'alertmanager-config': { 'alertmanager.yaml': 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n' },
    'scrape-scraped': {
      'ca.crt': text(trust.nodeExporter.ca),
      'tls.crt': text(trust.scraper.cert),
      'tls.key': text(trust.scraper.key),
      'kubelet-ca.crt': text(trust.kubelet.ca),
      'kubelet.crt': text(trust.scraper.cert),
      'kubelet.key': text(trust.scraper.key),
    },
  };
}

/** How many objects of a kind the operator took for a controller, and how many it refused. */
export interface Managed {
  readonly selected: number;
  readonly rejected: number;
}

const gauge = /^prometheus_operator_managed_resources\{controller="(\w+)",resource="(\w+)",state="(selected|rejected)"\} (\d+)$/gm;

/** By controller and kind, such as `prometheus PodMonitor`; nothing before the operator answers. */
export async function managed(operator: number): Promise<ReadonlyMap<string, Managed>> {
  const { body } = await ask(`http://127.0.0.1:${operator}/metrics`).catch(() => ({ body: '' }));
  const found = new Map<string, Managed>();
  for (const [, controller, kind, state = '', count] of body.matchAll(gauge)) {
    const key = `${controller} ${kind}`;
    found.set(key, { ...(found.get(key) ?? { selected: 0, rejected: 0 }), [state]: Number(count) });
  }
  return found;
}

/** The objects that the operator has to take of a cluster, by controller and kind. */
export function selectable(objects: readonly Resource[]): ReadonlyMap<string, number> {
  const count = (controller: string, kind: string, label: string, value: string): [string, number] => [
    `${controller} ${kind}`,
    objects.filter((each) => each.kind === kind && each.metadata.labels?.[label] === value).length,
  ];
  return new Map([
    ...['PodMonitor', 'ScrapeConfig', 'ServiceMonitor'].map((kind) => count('prometheus', kind, 'fleetc.dev/scrape', 'central')),
    count('prometheus', 'PrometheusRule', 'fleetc.dev/rules', 'central'),
    count('thanos', 'PrometheusRule', 'fleetc.dev/rules', 'fleet'),
  ]);
}

/** Waits until the operator has taken all that it has to. */
export async function allTaken(operator: number, objects: readonly Resource[]): Promise<string> {
  const wanted = selectable(objects);
  let last = '';
  await until('the operator', 60, async () => {
    const found = await managed(operator);
    const lines = [...wanted].map(([key, count]) => ({ key, count, ...(found.get(key) ?? { selected: 0, rejected: 0 }) }));
    last = lines.map(({ key, count, selected, rejected }) => `${key} ${selected}/${count}, ${rejected} rejected`).join('; ');
    return lines.every(({ count, selected, rejected }) => selected === count && rejected === 0) ? true : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}`);
  });
  return [...wanted].map(([key, count]) => `${count} ${key}`).join(', ');
}

const workloads = ['prometheus-central', 'alertmanager-central', 'thanos-ruler-central'];

/** Waits until the operator made the workloads, `more` beside those of every centre, and a configuration that is as it should be. */
export async function operated(api: Api, configured: (configuration: string) => boolean, more: readonly string[] = []): Promise<Made> {
  const { value } = await until('the StatefulSets and the configuration', 60, async () => {
    const made = await madeIn(api, namespace);
    const has = [...workloads, ...more].every((name) => made.statefulSets.some(({ metadata }) => metadata.name === name));
    return has && configured(made.configurations['prometheus-central']?.text ?? '') ? made : undefined;
  });
  return value;
}
