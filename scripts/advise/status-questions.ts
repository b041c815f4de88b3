import type { Expected } from './status-live.ts';

const by = 'by (cluster, job, metrics_path, instance)';

/** The last answer of each target, its own time and not that of the question. */
const answeredAt = (selector: string): string => `max ${by} (timestamp(up${selector}) and (up${selector} == 1))`;

/** Clusters that are named in a question; more are asked about as "all", so that the address stays short. */
const mostNames = 50;

/** Every series of `up` of these targets, and few others. */
export function selectorOf(targets: readonly Expected[]): string {
  const [clusters, jobs] = [new Set(targets.map(({ cluster }) => cluster)), new Set(targets.map(({ job }) => job))];
  return `{cluster${clusters.size > mostNames ? '!=""' : `=~"${[...clusters].join('|')}"`},job=~"${[...jobs].join('|')}"}`;
}

export const queries = {
  answered: (selector: string): string => answeredAt(selector),
  scraped: (selector: string): string => `max ${by} (up${selector})`,
  before: (selector: string, lookback: string, step: number): string => `max_over_time((${answeredAt(selector)})[${lookback}:${step}s])`,
};

/** Prometheus refuses a question that needs 50 million samples at once (`--query.max-samples`), and this one holds each a few times. */
const mostPoints = 5e6;

/** Seconds between two looks back at so many series: every scrape where they are few, so that the time is that of the last answer. */
export const stepOf = (series: number, lookback: number, interval: number): number =>
  Math.max(interval, Math.ceil((series * lookback) / mostPoints));
