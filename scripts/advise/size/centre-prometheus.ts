import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { seconds } from '../../telemetry/duration.ts';
import { bytesOf } from '../../telemetry/quantity.ts';
import type { PartSize } from './edge.ts';
import {
  constant,
  difference,
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
import { headVolume, roomFor } from './volume.ts';

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
      ? greatest(
          constant(1),
          roundedUp(quotient(likeliest(ofEdges), difference(k('planned.prometheus.series'), likeliest(k('series.centre'))))),
        )
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
      ? roomFor(series, k('planned.prometheus.series'), interval, kept)
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
        // With ServiceMonitors it does not grow: what is scraped is discovered.
        central.prometheus.mode === 'service-monitor'
          ? constant(0, 'bytes')
          : configurationOf(scraped.groups.flatMap(({ edges: of }) => of)),
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

/** Jobs are written once for all edges that share a Secret; targets are all written. */
function configurationOf(edges: readonly Edge[]): Term {
  const secrets = new Set(
    edges.map((edge) => (edge.option === 'remote-scrape' && edge.settings.credentials.secretName) || `scrape-${edge.name}`),
  );
  const targets = edges.reduce((count, { nodes }) => count + 1 + 3 * nodes.length, 0);
  return sum(
    product(input('Secrets to scrape with', secrets.size), k('configuration.edge')),
    product(input('targets', targets), k('configuration.target')),
  );
}
