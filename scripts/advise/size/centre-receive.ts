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
  nextPowerOfTwo,
  product,
  quotient,
  roundedUp,
  sum,
} from './figure.ts';
import { type Group, onOption, total } from './groups.ts';
import { headVolume, roomFor } from './volume.ts';

/** Thanos Receive: how much of it there is, and what each ingestor holds. */
export interface CentralReceive {
  readonly routers: Figure;
  readonly ingestors: Figure;
  /** Ingestors that each tenant is spread over: all of them where they are few. */
  readonly spread: Figure;
  /** Tenants of one ingestor. */
  readonly tenants: Figure;
  /** Active series of one ingestor. */
  readonly series: Figure;
  /** Volume of each ingestor. */
  readonly storage: Figure;
}

/** How long an ingestor keeps its blocks, uploaded ones among them. */
export const ingestorRetention = '48h';
/** So that one can be restarted. */
const leastRouters = 2;

export function centralReceive(
  { fleet, central }: Inventory,
  groups: readonly Group[],
  figure: ReturnType<typeof figuresOf>,
): { readonly receive: CentralReceive; readonly parts: readonly PartSize[] } | undefined {
  const writing = onOption(groups, 'prometheus-agent');
  if (central.receive === undefined || writing.count === 0) return undefined;
  const { replicas, replicationFactor, storage: writtenStorage } = central.receive;
  const factor = input('receive.replicationFactor', replicationFactor);
  const edges = input('prometheus-agent edges', writing.count);
  const written = figure('receive/samples', 'samples a second', 'Samples that edges write, in one copy.', total(writing.groups, 'samples'));
  const copies = figure(
    'receive/series',
    'series',
    'Active series of all ingestors together, every copy counted.',
    product(factor, total(writing.groups, 'series')),
  );

  // One more than a sample has copies, so that one can be restarted.
  const least = sum(factor, constant(1));
  const ingestors = figure(
    'receive/ingestors',
    'count',
    'Ingestors that hold all copies and all tenants, and one more than a sample has copies, so that one can be restarted.',
    replicas === undefined
      ? greatest(
          least,
          roundedUp(quotient(likeliest(copies), k('planned.ingestor.series'))),
          roundedUp(quotient(product(edges, nextPowerOfTwo(least)), k('planned.ingestor.tenants'))),
        )
      : input('receive.replicas', replicas),
  );
  const enough = nextPowerOfTwo(greatest(least, quotient(product(ingestors, k('planned.ingestor.fewestTenants')), edges)));
  const spread = figure(
    'receive/spread',
    'count',
    'Ingestors that a tenant is spread over: few, since it costs memory on each, but enough for each ingestor to have many, so that all have about the same to do.',
    enough.value.middle < ingestors.value.middle ? enough : ingestors,
  );
  const tenants = figure(
    'receive/tenants',
    'count',
    'Tenants of one ingestor: each prometheus-agent edge is one.',
    quotient(product(edges, spread), ingestors),
  );
  const series = figure('receive-ingestor/series', 'series', 'Active series of one ingestor.', quotient(copies, ingestors));
  const stored = figure(
    'receive-ingestor/samples',
    'samples a second',
    'Samples that one ingestor stores.',
    quotient(product(factor, written), ingestors),
  );
  const kept = input('ingestor retention', seconds(ingestorRetention), 'seconds');
  const storage = figure(
    'receive-ingestor/storage',
    'bytes asked for',
    'Volume of each ingestor: enough for the most series that one is planned for, since a volume can hardly be enlarged.',
    writtenStorage === undefined
      ? roomFor(series, k('planned.ingestor.series'), input('interval', seconds(fleet.scrapeInterval), 'seconds'), kept)
      : input('receive.storage', bytesOf(writtenStorage), 'bytes asked for'),
  );
  const routers = figure(
    'receive/routers',
    'count',
    'Routers, between which the edges are divided.',
    greatest(constant(leastRouters), roundedUp(quotient(likeliest(written), k('planned.router.samples')))),
  );
  return {
    receive: { routers, ingestors, spread, tenants, series, storage },
    parts: [
      {
        name: 'receive-router',
        copies: routers.value.middle,
        cpu: figure('receive-router/cpu', 'cores', 'CPU of one router.', quotient(product(written, k('cpu.router.sample')), routers)),
        memory: figure(
          'receive-router/memory',
          'bytes of memory',
          'Memory of one router.',
          sum(k('memory.router'), quotient(product(written, k('memory.router.sample')), routers)),
        ),
      },
      {
        name: 'receive-ingestor',
        copies: ingestors.value.middle,
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
          headVolume(stored, kept),
        ),
      },
    ],
  };
}
