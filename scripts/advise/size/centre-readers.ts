import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { bucketOf } from '../../rollout/buckets.ts';
import { seconds } from '../../telemetry/duration.ts';
import { bytesOf } from '../../telemetry/quantity.ts';
import type { Bucket } from './centre-bucket.ts';
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
  sum,
  type Term,
} from './figure.ts';
import { directSidecars } from './workload.ts';

/** What reads the bucket and answers queries. */
export interface Readers {
  readonly query: {
    /** Queries between Query and the sidecars. */
    readonly leaves: Figure;
    /** Sidecar edges that one of them, or Query itself, asks. */
    readonly asked: Figure;
  };
  /** Volumes: of each Store Gateway, of the Compactor, of each Ruler and Alertmanager. */
  readonly storage: { readonly storeGateway: Figure; readonly compactor: Figure; readonly ruler: Figure; readonly alertmanager: Figure };
}

const day = constant(86_400);
/** Both volumes are scratch space that is made anew with its pod, so they may follow the fleet. */
const least = { storeGateway: 8 * 2 ** 30, compactor: 16 * 2 ** 30 };
/** The few series that rules make, for two days; silences and what was notified of. */
const [ruler, alertmanager] = [10 * 2 ** 30, 2 * 2 ** 30];

export function readersOf(
  { fleet, central, edges }: Inventory,
  bucket: Bucket,
  figure: ReturnType<typeof figuresOf>,
): { readonly readers: Readers; readonly parts: readonly PartSize[] } {
  const sidecars = edges.filter(({ option }) => option === 'thanos-sidecar');
  const leafCount = sidecars.length > directSidecars ? leafBuckets(sidecars) : 0;
  const leaves = figure(
    'query/leaves',
    'count',
    `Queries between Query and the sidecars, from ${directSidecars + 1} sidecar edges.`,
    input('leaves', leafCount),
  );
  const askedEdges = input('thanos-sidecar edges', sidecars.length);
  const headers = figure(
    'store-gateway/volume',
    'bytes of volume',
    'Index headers of all blocks.',
    product(bucket.blocks, k('volume.store.block')),
  );
  const work = figure(
    'compactor/volume',
    'bytes of volume',
    'Two weeks of the largest stream: what is read, and what is written.',
    product(
      constant(2),
      quotient(bucket.largest, input('interval', seconds(fleet.scrapeInterval), 'seconds')),
      day,
      k('blocks.days'),
      k('block.sample'),
    ),
  );
  const room = (needed: Figure, part: 'storeGateway' | 'compactor'): Term => {
    const written = central.storage[part];
    return written === undefined
      ? greatest(constant(least[part], 'bytes asked for'), nextPowerOfTwo(likeliest(product(constant(2), needed))))
      : input(`storage.${part}`, bytesOf(written), 'bytes asked for');
  };
  const part = (
    name: string,
    copies: number,
    called: string,
    what: { readonly cpu: Term; readonly memory: Term },
    volume?: Figure,
  ): PartSize => ({
    name,
    copies,
    cpu: figure(`${name}/cpu`, 'cores', `CPU of ${called}.`, what.cpu),
    memory: figure(`${name}/memory`, 'bytes of memory', `Memory of ${called}.`, what.memory),
    ...(volume !== undefined && { volume }),
  });
  const replicas = central.query.replicas;
  const query = { cpu: k('cpu.query'), memory: k('memory.query') };
  return {
    readers: {
      query: {
        leaves,
        asked: figure(
          'query/asked',
          'count',
          'Sidecar edges that one Query or leaf asks.',
          leafCount === 0 ? askedEdges : quotient(askedEdges, leaves),
        ),
      },
      storage: {
        storeGateway: figure('store-gateway/storage', 'bytes asked for', 'Volume of each Store Gateway.', room(headers, 'storeGateway')),
        compactor: figure('compactor/storage', 'bytes asked for', 'Volume of the Compactor.', room(work, 'compactor')),
        ruler: figure('ruler/storage', 'bytes asked for', 'Volume of each Ruler.', constant(ruler, 'bytes asked for')),
        alertmanager: figure(
          'alertmanager/storage',
          'bytes asked for',
          'Volume of each Alertmanager.',
          constant(alertmanager, 'bytes asked for'),
        ),
      },
    },
    parts: [
      part(
        'store-gateway',
        2,
        'one of two Store Gateways',
        { cpu: k('cpu.store'), memory: sum(k('memory.store'), product(bucket.blocks, k('memory.store.block'))) },
        headers,
      ),
      part(
        'compactor',
        1,
        'the Compactor while it works',
        { cpu: k('cpu.compactor'), memory: sum(k('memory.compactor'), product(bucket.largest, k('memory.compactor.series'))) },
        work,
      ),
      part('query', replicas, 'one Query', query),
      ...(leafCount === 0 ? [] : [part('query-leaf', leafCount, 'one leaf', { cpu: k('cpu.queryLeaf'), memory: k('memory.queryLeaf') })]),
      part('query-frontend', replicas, 'one Query Frontend', { cpu: k('cpu.queryFrontend'), memory: k('memory.queryFrontend') }),
      part('ruler', 2, 'one of two Rulers', { cpu: k('cpu.ruler'), memory: k('memory.ruler') }),
      part('alertmanager', central.alertmanager.replicas, 'one Alertmanager', {
        cpu: k('cpu.alertmanager'),
        memory: k('memory.alertmanager'),
      }),
      ...(sidecars.length === 0
        ? []
        : [part('alert-gateway', 2, 'one of two alert gateways', { cpu: k('cpu.alertGateway'), memory: k('memory.alertGateway') })]),
    ],
  };
}

const leafBuckets = (sidecars: readonly Edge[]): number => new Set(sidecars.map(({ name }) => bucketOf(name))).size;
