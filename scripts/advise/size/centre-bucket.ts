import type { Inventory } from '../../inventory/inventory.ts';
import { seconds } from '../../telemetry/duration.ts';
import type { CentralPrometheus } from './centre-prometheus.ts';
import type { CentralReceive } from './centre-receive.ts';
import { constant, type Figure, type figuresOf, greatest, input, coefficient as k, product, quotient, sum, type Term } from './figure.ts';
import { type Group, onOption, times } from './groups.ts';

/** The bucket: how it grows, and what whoever reads it has to hold. */
export interface Bucket {
  /** What a day adds: raw samples, and what is made of them later. */
  readonly day: Figure;
  readonly month: Figure;
  /** What is in it once nothing is older than the retention allows. */
  readonly steady: Figure;
  readonly blocks: Figure;
  /** Series of the largest stream of blocks. */
  readonly largest: Figure;
}

/** Blocks of one origin, which the Compactor merges with no other. */
interface Stream {
  readonly series: Term;
  readonly copies: readonly Term[];
  readonly count: number;
}

const day = constant(86_400);
/** Days of an inventory's duration; the schema lets only days through. */
const days = (duration: string): number => seconds(duration) / 86_400;

export function bucketOfCentre(
  { fleet, central }: Inventory,
  groups: readonly Group[],
  prometheus: CentralPrometheus,
  receive: CentralReceive | undefined,
  figure: ReturnType<typeof figuresOf>,
): Bucket {
  const interval = input('interval', seconds(fleet.scrapeInterval), 'seconds');
  const shards = prometheus.shards.value.middle;
  const own = (option: 'prometheus-agent' | 'thanos-sidecar'): readonly Stream[] =>
    onOption(groups, option).groups.map(({ edges, size }) => ({
      series: times(edges.length, size.series),
      copies: size.workload.replicas === 1 ? [] : [input(`replicas of ${edges[0]?.name}`, size.workload.replicas)],
      count: edges.length * size.workload.replicas,
    }));
  const streams: readonly Stream[] = [
    {
      series: prometheus.series,
      copies: [input('prometheus.replicas', central.prometheus.replicas), ...(shards === 1 ? [] : [prometheus.shards])],
      count: central.prometheus.replicas * shards,
    },
    // The Compactor merges the copies of Receive within hours.
    ...own('prometheus-agent'),
    ...own('thanos-sidecar'),
  ];
  const series = figure(
    'bucket/series',
    'series',
    'Active series whose blocks reach the bucket: of every Prometheus replica, and one copy of what Receive has.',
    sum(...streams.map((stream) => (stream.copies.length === 0 ? stream.series : product(stream.series, ...stream.copies)))),
  );
  const raw = figure(
    'bucket/raw',
    'bytes a day',
    'Raw samples that a day adds.',
    product(quotient(series, interval), day, k('block.sample')),
  );
  const windows = (count: number) => product(series, constant(count), k('downsampling.aggregates'), k('downsampling.value'));
  const fiveMinutes = figure(
    'bucket/five-minutes',
    'bytes a day',
    'Samples of five minutes that a day adds, once it is two days old.',
    windows(288),
  );
  const oneHour = figure('bucket/one-hour', 'bytes a day', 'Samples of one hour that a day adds, once it is ten days old.', windows(24));
  const keep = {
    raw: input('retention.raw days', days(central.retention.raw)),
    fiveMinutes: input('retention.fiveMinutes days', days(central.retention.fiveMinutes)),
    oneHour: input('retention.oneHour days', days(central.retention.oneHour)),
  };
  const streamCount = input(
    'streams',
    streams.reduce((count, stream) => count + stream.count, 0),
  );
  // Each ingestor that a tenant is on uploads its own block, before the Compactor makes one of them.
  const writers = onOption(groups, 'prometheus-agent').count;
  const uploads =
    receive === undefined
      ? streamCount
      : sum(
          input('streams that do not come through Receive', streamCount.value.middle - writers),
          product(input('tenants', writers), receive.spread),
        );
  const aDay = figure('bucket/day', 'bytes a day', 'What a day adds to the bucket.', sum(raw, fiveMinutes, oneHour));
  return {
    day: aDay,
    month: figure('bucket/month', 'bytes', 'What 30 days add to the bucket.', product(aDay, constant(30))),
    steady: figure(
      'bucket/steady',
      'bytes',
      'What is in the bucket once nothing is older than the retention allows.',
      sum(product(raw, keep.raw), product(fiveMinutes, keep.fiveMinutes), product(oneHour, keep.oneHour)),
    ),
    blocks: figure(
      'bucket/blocks',
      'count',
      'Blocks in the bucket once nothing is older than the retention allows.',
      sum(
        product(uploads, k('blocks.twoHours')),
        product(streamCount, sum(k('blocks.recent'), quotient(sum(keep.raw, keep.fiveMinutes, keep.oneHour), k('blocks.days')))),
      ),
    ),
    largest: figure(
      'bucket/largest-stream',
      'series',
      'Series of the largest stream of blocks: a shard of the central Prometheus, or an edge that has its own.',
      greatest(prometheus.series, ...groups.filter(({ size }) => size.workload.option !== 'remote-scrape').map(({ size }) => size.series)),
    ),
  };
}
