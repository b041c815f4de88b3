import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { bucketOf } from '../../rollout/buckets.ts';
import { seconds } from '../../telemetry/duration.ts';
import { type CoefficientId, coefficients } from '../coefficients.ts';
import type { PartSize } from './edge.ts';
import {
  constant,
  type Figure,
  figuresOf,
  greatest,
  input,
  coefficient as k,
  product,
  quotient,
  roundedUp,
  sum,
  type Term,
} from './figure.ts';
import { type Group, times } from './groups.ts';
import { exactly } from './range.ts';
import { directSidecars } from './workload.ts';

/** What the centre costs, and what it has to have for its edges. */
export interface CentreSize {
  readonly parts: readonly PartSize[];
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume: Figure;
  readonly prometheus: {
    /** Active series of one replica. */
    readonly series: Figure;
    /** Shards that hold them: fleetc emits one. */
    readonly shards: Figure;
    /** Edges that it scrapes. */
    readonly edges: Figure;
    readonly configuration: Figure;
  };
  /** Where edges write to it. */
  readonly receive?: {
    readonly tenants: Figure;
    /** Active series of one ingestor as the inventory has them. */
    readonly series: Figure;
    /** Ingestors that the fleet needs. */
    readonly needed: Figure;
  };
  readonly query: {
    /** Queries between Query and the sidecars. */
    readonly leaves: Figure;
    /** Sidecar edges that one of them, or Query itself, asks. */
    readonly asked: Figure;
  };
  readonly bucket: {
    /** What a day adds: raw samples, and what is made of them later. */
    readonly day: Figure;
    readonly month: Figure;
    /** What is in it once nothing is older than the retention allows. */
    readonly steady: Figure;
    readonly blocks: Figure;
  };
}

/** Blocks of one origin, which the Compactor merges with no other. */
interface Stream {
  readonly series: Term;
  readonly copies: readonly Term[];
  readonly count: number;
}

/** A limit as one number: a range of shards or ingestors comes from the series alone. */
const middleOf = (id: CoefficientId): Term => ({ kind: 'coefficient', id, value: exactly(coefficients[id].middle) });

const day = constant(86_400);
const hour = constant(3600);
/** Days of an inventory's duration; the schema lets only days through. */
const days = (duration: string): number => seconds(duration) / 86_400;

export function sizeOfCentre({ fleet, central, edges }: Inventory, groups: readonly Group[], scope = 'centre'): CentreSize {
  const figure = figuresOf(scope);
  const of = (option: Edge['option']) => groups.filter(({ size }) => size.workload.option === option);
  const countOf = (option: Edge['option']) => of(option).reduce((count, group) => count + group.edges.length, 0);
  const total = (option: Edge['option'], what: 'series' | 'samples'): Term =>
    sum(...of(option).map((group) => times(group.edges.length, group.size[what])));

  const interval = input('interval', seconds(fleet.scrapeInterval));
  const scraped = input('remote-scrape edges', countOf('remote-scrape'));
  const tenantCount = countOf('prometheus-agent');
  const sidecars = countOf('thanos-sidecar');

  // Prometheus
  const prometheusReplicas = input('prometheus.replicas', central.prometheus.replicas);
  const prometheusSeries = figure(
    'prometheus/series',
    'series',
    'Active series of one replica: every remote-scrape edge, and the centre itself.',
    sum(total('remote-scrape', 'series'), k('series.centre')),
  );
  const prometheusSamples = figure(
    'prometheus/samples',
    'samples a second',
    'Samples that one replica stores.',
    quotient(prometheusSeries, interval),
  );
  const headVolume = (samples: Term, retention: Term): Term =>
    sum(
      product(samples, retention, k('block.sample'), k('block.slack')),
      product(samples, k('wal.sample'), k('head.hours'), hour),
      k('wal.segments'),
    );
  const parts: PartSize[] = [
    {
      name: 'prometheus',
      copies: central.prometheus.replicas,
      cpu: figure(
        'prometheus/cpu',
        'cores',
        'CPU of one replica.',
        sum(k('cpu.prometheus'), product(prometheusSamples, k('cpu.prometheus.sample'))),
      ),
      memory: figure(
        'prometheus/memory',
        'bytes of memory',
        'Memory of one replica: its head, and queries.',
        sum(k('memory.prometheus'), product(prometheusSeries, k('memory.head.series')), k('memory.queries.centre')),
      ),
      volume: figure(
        'prometheus/volume',
        'bytes of volume',
        'Blocks and write-ahead log of one replica.',
        headVolume(prometheusSamples, input('prometheus.retention', seconds(central.prometheus.retention))),
      ),
    },
    {
      name: 'prometheus-sidecar',
      copies: central.prometheus.replicas,
      cpu: figure('prometheus-sidecar/cpu', 'cores', 'CPU of the sidecar of one replica.', k('cpu.sidecar')),
      memory: figure('prometheus-sidecar/memory', 'bytes of memory', 'Memory of the sidecar of one replica.', k('memory.sidecar')),
    },
  ];

  // Receive
  let receive: CentreSize['receive'];
  if (central.receive !== undefined && tenantCount > 0) {
    const factor = input('receive.replicationFactor', central.receive.replicationFactor);
    const ingestors = input('receive.replicas', central.receive.replicas);
    const tenants = figure(
      'receive/tenants',
      'count',
      'Tenants: one for each prometheus-agent edge, on every ingestor.',
      input('prometheus-agent edges', tenantCount),
    );
    const written = figure(
      'receive/samples',
      'samples a second',
      'Samples that edges write, in one copy.',
      total('prometheus-agent', 'samples'),
    );
    const copies = figure(
      'receive/series',
      'series',
      'Active series of all ingestors together, every copy counted.',
      product(factor, total('prometheus-agent', 'series')),
    );
    const series = figure('receive-ingestor/series', 'series', 'Active series of one ingestor.', quotient(copies, ingestors));
    const stored = figure(
      'receive-ingestor/samples',
      'samples a second',
      'Samples that one ingestor stores.',
      quotient(product(factor, written), ingestors),
    );
    receive = {
      tenants,
      series,
      needed: figure(
        'receive-ingestor/needed',
        'count',
        'Ingestors that hold all copies, and one more than a sample has copies, so that one can be restarted.',
        greatest(sum(factor, constant(1)), roundedUp(quotient(copies, middleOf('limit.ingestor.series')))),
      ),
    };
    parts.push(
      {
        name: 'receive-router',
        copies: 2,
        cpu: figure(
          'receive-router/cpu',
          'cores',
          'CPU of one of two routers.',
          quotient(product(written, k('cpu.router.sample')), constant(2)),
        ),
        memory: figure(
          'receive-router/memory',
          'bytes of memory',
          'Memory of one of two routers.',
          sum(k('memory.router'), quotient(product(written, k('memory.router.sample')), constant(2))),
        ),
      },
      {
        name: 'receive-ingestor',
        copies: central.receive.replicas,
        cpu: figure(
          'receive-ingestor/cpu',
          'cores',
          'CPU of one ingestor.',
          sum(k('cpu.prometheus'), product(stored, k('cpu.ingestor.sample'))),
        ),
        memory: figure(
          'receive-ingestor/memory',
          'bytes of memory',
          'Memory of one ingestor: heads, tenants, and queries.',
          sum(
            k('memory.ingestor'),
            product(series, k('memory.head.series')),
            product(tenants, k('memory.tenant')),
            k('memory.queries.centre'),
          ),
        ),
        volume: figure(
          'receive-ingestor/volume',
          'bytes of volume',
          'Blocks of two days and write-ahead logs of one ingestor.',
          headVolume(stored, input('ingestor retention', 48 * 3600)),
        ),
      },
    );
  }

  // The bucket
  const own = (option: Edge['option']): readonly Stream[] =>
    of(option).map(({ edges: members, size }) => ({
      series: times(members.length, size.series),
      copies: size.workload.replicas === 1 ? [] : [input(`replicas of ${members[0]?.name}`, size.workload.replicas)],
      count: members.length * size.workload.replicas,
    }));
  const streams: readonly Stream[] = [
    { series: prometheusSeries, copies: [prometheusReplicas], count: central.prometheus.replicas },
    // The Compactor merges the copies of Receive within hours.
    ...own('prometheus-agent'),
    ...own('thanos-sidecar'),
  ];
  const bucketSeries = figure(
    'bucket/series',
    'series',
    'Active series whose blocks reach the bucket: of every Prometheus replica, and one copy of what Receive has.',
    sum(...streams.map(({ series, copies }) => (copies.length === 0 ? series : product(series, ...copies)))),
  );
  const raw = figure(
    'bucket/raw',
    'bytes a day',
    'Raw samples that a day adds.',
    product(quotient(bucketSeries, interval), day, k('block.sample')),
  );
  const windows = (count: number) => product(bucketSeries, constant(count), k('downsampling.aggregates'), k('downsampling.value'));
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
  const bucketDay = figure('bucket/day', 'bytes a day', 'What a day adds to the bucket.', sum(raw, fiveMinutes, oneHour));
  const bucket = {
    day: bucketDay,
    month: figure('bucket/month', 'bytes', 'What 30 days add to the bucket.', product(bucketDay, constant(30))),
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
      product(streamCount, sum(k('blocks.recent'), quotient(sum(keep.raw, keep.fiveMinutes, keep.oneHour), k('blocks.days')))),
    ),
  };
  const largest = figure(
    'bucket/largest-stream',
    'series',
    'Series of the largest stream of blocks: the central Prometheus, or an edge that has its own.',
    greatest(prometheusSeries, ...groups.filter(({ size }) => size.workload.option !== 'remote-scrape').map(({ size }) => size.series)),
  );

  // What reads the bucket and answers
  const leafCount =
    sidecars > directSidecars
      ? new Set(edges.filter(({ option }) => option === 'thanos-sidecar').map(({ name }) => bucketOf(name))).size
      : 0;
  const leaves = figure(
    'query/leaves',
    'count',
    `Queries between Query and the sidecars, from ${directSidecars + 1} sidecar edges.`,
    input('leaves', leafCount),
  );
  const asked = figure(
    'query/asked',
    'count',
    'Sidecar edges that one Query or leaf asks.',
    leafCount === 0 ? input('thanos-sidecar edges', sidecars) : quotient(input('thanos-sidecar edges', sidecars), leaves),
  );
  const storeBlocks = bucket.blocks;
  parts.push(
    {
      name: 'store-gateway',
      copies: 2,
      cpu: figure('store-gateway/cpu', 'cores', 'CPU of one of two Store Gateways.', k('cpu.store')),
      memory: figure(
        'store-gateway/memory',
        'bytes of memory',
        'Memory of one of two Store Gateways.',
        sum(k('memory.store'), product(storeBlocks, k('memory.store.block'))),
      ),
      volume: figure(
        'store-gateway/volume',
        'bytes of volume',
        'Index headers of all blocks.',
        product(storeBlocks, k('volume.store.block')),
      ),
    },
    {
      name: 'compactor',
      copies: 1,
      cpu: figure('compactor/cpu', 'cores', 'CPU of the Compactor while it works.', k('cpu.compactor')),
      memory: figure(
        'compactor/memory',
        'bytes of memory',
        'Memory of the Compactor.',
        sum(k('memory.compactor'), product(largest, k('memory.compactor.series'))),
      ),
      volume: figure(
        'compactor/volume',
        'bytes of volume',
        'Two weeks of the largest stream: what is read, and what is written.',
        product(constant(2), quotient(largest, interval), day, k('blocks.days'), k('block.sample')),
      ),
    },
    {
      name: 'query',
      copies: central.query.replicas,
      cpu: figure('query/cpu', 'cores', 'CPU of one Query.', k('cpu.query')),
      memory: figure('query/memory', 'bytes of memory', 'Memory of one Query.', k('memory.query')),
    },
    ...(leafCount === 0
      ? []
      : [
          {
            name: 'query-leaf',
            copies: leafCount,
            cpu: figure('query-leaf/cpu', 'cores', 'CPU of one leaf.', k('cpu.query')),
            memory: figure('query-leaf/memory', 'bytes of memory', 'Memory of one leaf.', k('memory.query')),
          },
        ]),
    {
      name: 'others',
      copies: 1,
      cpu: figure('others/cpu', 'cores', 'CPU of Query Frontend, Ruler and Alertmanager together.', k('cpu.others')),
      memory: figure('others/memory', 'bytes of memory', 'Memory of Query Frontend, Ruler and Alertmanager together.', k('memory.others')),
    },
  );

  const all = (what: 'cpu' | 'memory' | 'volume'): Term =>
    sum(
      ...parts.flatMap((part) => {
        const one = part[what];
        if (one === undefined) return [];
        return part.copies === 1 ? [one] : [product(input(`${part.name} copies`, part.copies), one)];
      }),
    );
  return {
    parts,
    cpu: figure('cpu', 'cores', 'CPU of all parts of the centre.', all('cpu')),
    memory: figure('memory', 'bytes of memory', 'Memory of all parts of the centre.', all('memory')),
    volume: figure('volume', 'bytes of volume', 'Volumes of the centre.', all('volume')),
    prometheus: {
      series: prometheusSeries,
      shards: figure(
        'prometheus/shards',
        'count',
        'Shards over which the series of a replica would have to be spread.',
        roundedUp(quotient(prometheusSeries, middleOf('limit.prometheus.series'))),
      ),
      edges: figure('prometheus/edges', 'count', 'Edges that the centre scrapes.', scraped),
      configuration: figure(
        'prometheus/configuration',
        'bytes',
        'Compressed scrape configuration of the edges.',
        product(scraped, k('configuration.edge')),
      ),
    },
    ...(receive === undefined ? {} : { receive }),
    query: { leaves, asked },
    bucket,
  };
}
