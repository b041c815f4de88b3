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
  /** It is scraped, and does not answer. */
  | { readonly state: 'failing' }
  /** Seconds since 1970 of the last time that it answered. */
  | { readonly state: 'silent'; readonly since: number }
  | { readonly state: 'never seen' }
  | { readonly state: 'unknown'; readonly why: string };

/** A series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** What Query answered. */
export interface Answer {
  readonly samples: readonly Sample[];
  /** That a store did not answer, for one: then a series that is not here may still exist. */
  readonly warnings: readonly string[];
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

const by = 'by (cluster, job, metrics_path, instance)';

/** The last answer of each target, its own time and not that of the question. */
const answeredAt = (selector: string): string => `max ${by} (timestamp(up${selector}) and (up${selector} == 1))`;

export const selectorOf = (clusters: readonly string[]): string => `{cluster=~"${clusters.join('|')}"}`;

export const queries = {
  answered: (selector: string): string => answeredAt(selector),
  scraped: (selector: string): string => `max ${by} (up${selector})`,
  before: (selector: string, lookback: string): string => `max_over_time((${answeredAt(selector)})[${lookback}:5m])`,
};

export interface Observed {
  readonly answered: Answer;
  readonly scraped: Answer;
  readonly before: Answer;
  /** Seconds since 1970 at which was asked. */
  readonly now: number;
}

/** How each target does. `late` is how many seconds old an answer may be. */
export function liveOf(
  expected: readonly Expected[],
  { answered, scraped, before, now }: Observed,
  late: number,
): ReadonlyMap<Expected, Live> {
  const [answers, values, earlier] = [answered, scraped, before].map(({ samples }) => byTarget(samples)) as [Values, Values, Values];
  const warnings = [...new Set([answered, scraped, before].flatMap((answer) => answer.warnings))];
  return new Map(
    expected.map((target): [Expected, Live] => {
      const key = keyOf({ cluster: target.cluster, job: target.job, metrics_path: target.path ?? '', instance: target.instance });
      const last = answers.get(key);
      if (last !== undefined && now - last <= late) return [target, { state: 'reporting' }];
      if (values.get(key) === 0) return [target, { state: 'failing' }];
      const since = last ?? earlier.get(key);
      // A store that was not asked may have newer samples, or the first ones.
      if (warnings.length > 0) return [target, { state: 'unknown', why: warnings.join('; ') }];
      return [target, since === undefined ? { state: 'never seen' } : { state: 'silent', since }];
    }),
  );
}

export const unknownOf = (expected: readonly Expected[], why: string): ReadonlyMap<Expected, Live> =>
  new Map(expected.map((target) => [target, { state: 'unknown', why }]));

type Values = ReadonlyMap<string, number>;

/** `metrics_path` counts for kubelets only: elsewhere an option may or may not have it. */
const keyOf = ({ cluster = '', job = '', metrics_path = '', instance = '' }: Readonly<Record<string, string>>): string =>
  JSON.stringify([cluster, job, job === 'kubelet' ? metrics_path : '', instance]);

function byTarget(samples: readonly Sample[]): Values {
  const values = new Map<string, number>();
  for (const { metric, value } of samples) {
    const [key, number] = [keyOf(metric), Number(value[1])];
    if (Number.isFinite(number)) values.set(key, Math.max(number, values.get(key) ?? number));
  }
  return values;
}
