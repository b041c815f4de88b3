import type { Edge } from '../inventory/inventory.ts';
import { jobs, kubeStateMetricsInstance } from '../telemetry/jobs.ts';

/** A target that has to report when an edge's option works. */
export interface Expected {
  readonly cluster: string;
  /** Its scrape job's name, such as `cadvisor`. */
  readonly id: string;
  /** As its series are labelled. */
  readonly job: string;
  readonly path: string | undefined;
  readonly instance: string;
}

/** How a target does now. Nothing is healthy of which nothing is known. */
export type Live =
  | { readonly state: 'reporting' }
  /** It is asked, and does not answer; unless a store was left out, either since when or that it did not in all of the lookback. */
  | { readonly state: 'failing'; readonly since?: number; readonly lookback?: string }
  /** Nobody asks it, or nobody tells; `why` where the store that would know is out of reach. */
  | { readonly state: 'silent'; readonly since: number; readonly why?: string }
  | { readonly state: 'never seen'; readonly lookback: string }
  | { readonly state: 'unknown'; readonly why: string };

/** A series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** What was found out. Times are seconds since 1970. */
export interface Observed {
  /** When a target that answers now was last scraped. */
  readonly answered: readonly Sample[];
  /** The rest is about targets of which `answered` has nothing recent. `up`. */
  readonly scraped: readonly Sample[];
  /** When such a target last answered. */
  readonly before: readonly Sample[];
  /** That a store did not answer, for one: then a series that is not here may still exist. */
  readonly warnings: readonly string[];
  /** Clusters of which no store can tell how they do now, and why. */
  readonly blind: ReadonlyMap<string, string>;
  /** When was asked. */
  readonly now: number;
  readonly lookback: string;
}

export const expectedOf = (edge: Edge): readonly Expected[] => [
  ...jobs.flatMap(({ id, job, path }) =>
    (id === 'kube-state-metrics' ? [kubeStateMetricsInstance] : edge.nodes.map(({ name }) => name)).map((instance) => ({
      cluster: edge.name,
      id,
      job,
      // The one label that tells a kubelet's two jobs apart; others have none.
      path: job === 'kubelet' ? path : undefined,
      instance,
    })),
  ),
  ...collectors[edge.option].map((name) => ({ cluster: edge.name, id: name, job: name, path: undefined, instance: name })),
];

/** Jobs in which a collector reports of itself. */
const collectors: Readonly<Record<Edge['option'], readonly string[]>> = {
  'remote-scrape': [],
  'prometheus-agent': ['prometheus-agent'],
  'thanos-sidecar': ['edge-prometheus', 'thanos-sidecar'],
};

/** Targets that did not report. `late` is how many seconds old an answer may be. */
export function openOf(
  expected: readonly Expected[],
  { answered, now }: Pick<Observed, 'answered' | 'now'>,
  late: number,
): readonly Expected[] {
  const answers = byTarget(answered);
  return expected.filter((target) => now - (answers.get(keyOfTarget(target)) ?? 0) > late);
}

/** How each target does. */
export function liveOf(expected: readonly Expected[], observed: Observed, late: number): ReadonlyMap<Expected, Live> {
  const { warnings, blind, lookback } = observed;
  const open = new Set(openOf(expected, observed, late));
  const [up, before] = [byTarget(observed.scraped), byTarget([...observed.answered, ...observed.before])];
  const live = (target: Expected): Live => {
    if (!open.has(target)) return { state: 'reporting' };
    const [key, unseen] = [keyOfTarget(target), blind.get(target.cluster)];
    const since = before.get(key);
    if (up.get(key) === 0) return { state: 'failing', ...(since !== undefined ? { since } : warnings.length === 0 ? { lookback } : {}) };
    // A store that was not asked may have newer samples, or the first ones.
    if (warnings.length > 0) return { state: 'unknown', why: warnings.join('; ') };
    if (since !== undefined) return { state: 'silent', since, ...(unseen !== undefined && { why: unseen }) };
    return unseen === undefined ? { state: 'never seen', lookback } : { state: 'unknown', why: unseen };
  };
  return new Map(expected.map((target) => [target, live(target)]));
}

export const unknownOf = (expected: readonly Expected[], why: string): ReadonlyMap<Expected, Live> =>
  new Map(expected.map((target) => [target, { state: 'unknown', why }]));

type Values = ReadonlyMap<string, number>;

/** `metrics_path` counts for kubelets only: elsewhere an option may or may not have it. */
const keyOf = ({ cluster = '', job = '', metrics_path = '', instance = '' }: Readonly<Record<string, string>>): string =>
  JSON.stringify([cluster, job, job === 'kubelet' ? metrics_path : '', instance]);

const keyOfTarget = ({ cluster, job, path, instance }: Expected): string => keyOf({ cluster, job, metrics_path: path ?? '', instance });

/** The highest value of each target. */
function byTarget(samples: readonly Sample[]): Values {
  const values = new Map<string, number>();
  for (const { metric, value } of samples) {
    const [key, number] = [keyOf(metric), Number(value[1])];
    if (Number.isFinite(number)) values.set(key, Math.max(number, values.get(key) ?? number));
  }
  return values;
}
