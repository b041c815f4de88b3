// What of a cluster's series is stored, asked of Query.
import { type Hole, holesIn, missed, timesOf } from './holes.ts';
import type { Launched } from './launch.ts';
import { pageOf, totalOf } from './metrics-page.ts';
import { now, until } from './processes.ts';
import { askNow, askRange, type Range } from './query-api.ts';

export interface Watched {
  readonly cluster: string;
  readonly query: Launched;
  /** Since when its samples are looked at, in seconds since 1970. */
  readonly begins: number;
  /** Seconds between two scrapes. */
  readonly interval: number;
}

const rangeOf = ({ begins, interval }: Watched): string => `[${Math.ceil(now() - begins + interval)}s]`;

/** Of the one series of kube-state-metrics, in all its copies. */
export async function holesOf(watched: Watched): Promise<readonly Hole[]> {
  const { cluster, query, interval } = watched;
  const selector = `up{cluster="${cluster}",job="kube-state-metrics"}`;
  return holesIn(timesOf(await askRange(query.http, selector + rangeOf(watched), { dedup: false })), interval);
}

/** Of `up` of every target, all copies together have no hole. Gives the number of targets. */
export async function nothingLost(watched: Watched): Promise<number> {
  const { targets, holes } = await holesByTarget(watched, false);
  const [[target, first] = ['', []]] = holes;
  if (targets === 0) throw new Error('no series');
  if (holes.size > 0) throw new Error(`${holes.size} of ${targets} targets have holes: ${target} ${said(first, watched.begins)}`);
  return targets;
}

/** Scrapes of each target that a dashboard does not see though they are stored: dedup skips some where it goes from one copy to another. */
export async function hiddenByDedup(watched: Watched): Promise<number> {
  const { holes } = await holesByTarget(watched, true);
  const hidden = [...holes.values()].map((each) => each.reduce((sum, hole) => sum + missed(hole, watched.interval), 0));
  return Math.max(0, ...hidden);
}

async function holesByTarget(
  watched: Watched,
  dedup: boolean,
): Promise<{ readonly targets: number; readonly holes: ReadonlyMap<string, readonly Hole[]> }> {
  const { cluster, query, interval } = watched;
  const nameOf = ({ metric }: Range): string => `${metric.job} ${metric.instance} ${metric.metrics_path ?? ''}`;
  const all = await askRange(query.http, `up{cluster="${cluster}"}${rangeOf(watched)}`, { dedup });
  const targets = new Set(all.map(nameOf));
  if (dedup && all.length !== targets.size) throw new Error(`${all.length} series of ${targets.size} targets after dedup`);
  const holes = [...targets].map((name) => [name, holesIn(timesOf(all.filter((each) => nameOf(each) === name)), interval)] as const);
  return { targets: targets.size, holes: new Map(holes.filter(([, found]) => found.length > 0)) };
}

/** Waits until the newest sample stored is as new as on a whole link; gives the time. */
export async function catchesUp({ cluster, query, interval }: Watched): Promise<number> {
  await until(`${cluster} to catch up`, 150, async () => {
    const fresh = await askNow(query.http, `time() - timestamp(up{cluster="${cluster}",job="kube-state-metrics"}) < ${interval + 8}`);
    return fresh.length > 0 ? true : undefined;
  });
  return now();
}

/** Holes in seconds after `zero`. */
export const said = (holes: readonly Hole[], zero: number): string =>
  holes.map(({ from, to }) => `${(from - zero).toFixed(0)}–${(to - zero).toFixed(0)} s`).join(', ');

export interface Counts {
  readonly sent: number;
  readonly lost: number;
  readonly retried: number;
}

/** What an agent says of its remote write. */
export async function countsOf(agent: Launched): Promise<Counts> {
  const page = await pageOf(agent);
  const sum = (name: string): number => totalOf(page, name);
  return {
    sent: sum('prometheus_remote_storage_samples_total'),
    lost: sum('prometheus_remote_storage_samples_failed_total') + sum('prometheus_remote_storage_samples_dropped_total'),
    retried: sum('prometheus_remote_storage_samples_retried_total'),
  };
}
