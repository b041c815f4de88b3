import type { Inventory } from '../../inventory/inventory.ts';
import { seconds } from '../../telemetry/duration.ts';
import { bytesOf } from '../../telemetry/quantity.ts';
import type { PartSize } from './edge.ts';
import {
  constant,
  type Figure,
  type figuresOf,
  greatest,
  input,
  coefficient as k,
  likeliest,
  product,
  quotient,
  roundedUp,
  sum,
  type Term,
} from './figure.ts';
import type { Group } from './groups.ts';
import { onOption, total } from './groups.ts';
import { headVolume, wholeGibibytes } from './volume.ts';

/** The central Prometheus: what its shards hold, and what each costs. */
export interface CentralPrometheus {
  /** Shards: each replica of each scrapes its part of the edges, and the centre itself. */
  readonly shards: Figure;
  /** Active series of one replica of one shard. */
  readonly series: Figure;
  /** Volume of each of them. */
  readonly storage: Figure;
  /** Edges that all of them scrape. */
  readonly edges: Figure;
  readonly configuration: Figure;
}

/** Below this no volume is worth the trouble of enlarging it later. */
const leastVolume = 50;

export function centralPrometheus(
  { fleet, central }: Inventory,
  groups: readonly Group[],
  figure: ReturnType<typeof figuresOf>,
): { readonly prometheus: CentralPrometheus; readonly parts: readonly PartSize[] } {
  const { replicas, shards: written, storage: writtenStorage, retention } = central.prometheus;
  const interval = input('interval', seconds(fleet.scrapeInterval), 'seconds');
  const kept = input('prometheus.retention', seconds(retention), 'seconds');
  const scraped = onOption(groups, 'remote-scrape');
  const edges = figure('prometheus/edges', 'count', 'Edges that the centre scrapes.', input('remote-scrape edges', scraped.count));
  const ofEdges = total(scraped.groups, 'series');
  const shards = figure(
    'prometheus/shards',
    'count',
    'Shards over which the edges are spread.',
    written === undefined
      ? greatest(constant(1), roundedUp(quotient(likeliest(ofEdges), k('planned.prometheus.series'))))
      : input('prometheus.shards', written),
  );
  const series = figure(
    'prometheus/series',
    'series',
    'Active series of one replica of a shard: its part of the remote-scrape edges, and the centre itself.',
    sum(quotient(ofEdges, shards), k('series.centre')),
  );
  const samples = figure('prometheus/samples', 'samples a second', 'Samples that it stores.', quotient(series, interval));
  const storage = figure(
    'prometheus/storage',
    'bytes asked for',
    'Volume of each: enough for the most series that a shard is planned for, since a volume can hardly be enlarged.',
    writtenStorage === undefined
      ? greatest(constant(leastVolume * 2 ** 30, 'bytes asked for'), roomFor(quotient(k('planned.prometheus.series'), interval), kept))
      : input('prometheus.storage', bytesOf(writtenStorage), 'bytes asked for'),
  );
  const copies = replicas * shards.value.middle;
  return {
    prometheus: {
      shards,
      series,
      storage,
      edges,
      configuration: figure(
        'prometheus/configuration',
        'bytes',
        'Compressed scrape configuration of the edges.',
        product(edges, k('configuration.edge')),
      ),
    },
    parts: [
      {
        name: 'prometheus',
        copies,
        cpu: figure(
          'prometheus/cpu',
          'cores',
          'CPU of one replica.',
          sum(k('cpu.prometheus'), product(samples, k('cpu.prometheus.sample'))),
        ),
        memory: figure(
          'prometheus/memory',
          'bytes of memory',
          'Memory of one replica: its head, and queries.',
          sum(k('memory.prometheus'), product(series, k('memory.head.series')), k('memory.queries.centre')),
        ),
        volume: figure('prometheus/volume', 'bytes of volume', 'Blocks and write-ahead log of one replica.', headVolume(samples, kept)),
      },
      {
        name: 'prometheus-sidecar',
        copies,
        cpu: figure('prometheus-sidecar/cpu', 'cores', 'CPU of the sidecar of one replica.', k('cpu.sidecar')),
        memory: figure('prometheus-sidecar/memory', 'bytes of memory', 'Memory of the sidecar of one replica.', k('memory.sidecar')),
      },
    ],
  };
}

/** Whole Gi for a head at so many samples a second, and a quarter more. */
export const roomFor = (samples: Term, retention: Term): Term =>
  wholeGibibytes(likeliest(product(constant(1.25), headVolume(samples, retention))));
