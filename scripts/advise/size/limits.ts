import type { Inventory } from '../../inventory/inventory.ts';
import { volumeSize } from '../../telemetry/quantity.ts';
import { type CoefficientId, coefficients } from '../coefficients.ts';
import type { CentreSize } from './centre.ts';
import { tooSmall } from './edge-volume.ts';
import type { Figure } from './figure.ts';
import type { Group } from './groups.ts';

/** Something that must not grow past a bound. The likeliest value decides. */
export interface Limit {
  readonly state: 'ok' | 'warning' | 'error';
  readonly figure: Figure;
  /** Above this a warning, */
  readonly warnAbove: number;
  /** and above this an error; where nothing breaks but people complain, there is none. */
  readonly most?: number;
  /** Where the bounds are from: a coefficient, or the volume that there is. */
  readonly from: CoefficientId | 'volume';
  /** What mends it; of no use while nothing has to be mended. */
  readonly change: string;
  /** The field of the central cluster that the change is about, of the fleet's centre unless it is an edge's. */
  readonly field: readonly string[];
}

/** Every limit of the centre, kept or not, and those of edges that are not kept. */
export function limitsOf({ edges, central }: Inventory, groups: readonly Group[], centre: CentreSize): readonly Limit[] {
  const { prometheus, receive, query, storage } = centre;
  const written = writtenIn(central);
  const scraped = edges.filter(({ option }) => option === 'remote-scrape').length;
  const volumeOf = (part: string): Figure | undefined => centre.parts.find(({ name }) => name === part)?.volume;
  const room = (part: string, has: Figure, field: readonly string[]): readonly Limit[] => {
    const needed = volumeOf(part);
    if (needed === undefined) return [];
    const most = has.value.middle;
    const change = set(field, `'${volumeSize(1.25 * needed.value.middle, 1)}'`, written(field));
    return [bounded(needed, { warnAbove: 0.8 * most, most, from: 'volume', change, field })];
  };
  return [
    limit(prometheus.series, 'limit.prometheus.series', ['prometheus', 'shards'], ({ value }) =>
      count(
        ['prometheus', 'shards'],
        Math.ceil((prometheus.shards.value.middle * value.middle) / planned('planned.prometheus.series')),
        writable.shards,
      ),
    ),
    advice(
      prometheus.edges,
      'limit.remoteScrape.edges',
      ['prometheus'],
      `Move ${edgeCount(excess(prometheus.edges.value.middle, coefficients['limit.remoteScrape.edges'].middle, scraped))} from remote-scrape to prometheus-agent, where a cut line is no gap.`,
    ),
    limit(
      prometheus.configuration,
      'limit.configuration.bytes',
      ['prometheus'],
      () =>
        'Let remote-scrape edges share a Secret (settings.credentials.secretName), and with it their ScrapeConfigs, or move some to prometheus-agent.',
    ),
    ...room('prometheus', prometheus.storage, ['prometheus', 'storage']),
    ...(receive === undefined
      ? []
      : [
          limit(receive.series, 'limit.ingestor.series', ['receive', 'replicas'], ({ value }) =>
            count(
              ['receive', 'replicas'],
              Math.ceil((receive.ingestors.value.middle * value.middle) / planned('planned.ingestor.series')),
              writable.ingestors,
            ),
          ),
          limit(receive.tenants, 'limit.ingestor.tenants', ['receive', 'replicas'], ({ value }) =>
            count(
              ['receive', 'replicas'],
              Math.ceil((receive.ingestors.value.middle * value.middle) / planned('planned.ingestor.tenants')),
              writable.ingestors,
            ),
          ),
          ...room('receive-ingestor', receive.storage, ['receive', 'storage']),
        ]),
    advice(
      query.asked,
      'limit.leaf.edges',
      ['query'],
      'Move edges from thanos-sidecar to prometheus-agent, or divide the fleet: fleetc emits at most 32 leaves.',
    ),
    ...room('store-gateway', storage.storeGateway, ['storage', 'storeGateway']),
    ...room('compactor', storage.compactor, ['storage', 'compactor']),
    ...groups.flatMap(edgeVolumes),
  ];

  function count(field: readonly string[], needed: number, most: number): string {
    return needed <= most
      ? set(field, String(needed), written(field))
      : `Leave ${field.join('.')} out: ${needed} are needed, and it takes ${most} at most.`;
  }
}

/** Whether people wrote a field that the model decides where they did not. */
const writtenIn =
  (central: Inventory['central']) =>
  (field: readonly string[]): boolean =>
    field.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], central) !== undefined;

const planned = (id: CoefficientId): number => coefficients[id].middle;

const set = (field: readonly string[], value: string, isWritten: boolean): string =>
  `Set ${field.join('.')} to ${value}${isWritten ? ', or leave it out' : ''}.`;

/** The most that the schema of the inventory lets anybody write. */
export const writable = { shards: 32, ingestors: 200 } as const;

function limit(figure: Figure, id: CoefficientId, field: readonly string[], change: (figure: Figure) => string): Limit {
  const { low, middle } = coefficients[id];
  return bounded(figure, { warnAbove: low, most: middle, from: id, change: change(figure), field });
}

/** Where nothing breaks at a certain number: never an error. */
const advice = (figure: Figure, id: CoefficientId, field: readonly string[], change: string): Limit =>
  bounded(figure, { warnAbove: coefficients[id].middle, from: id, change, field });

function bounded(figure: Figure, bounds: Omit<Limit, 'state' | 'figure'>): Limit {
  const { middle } = figure.value;
  const { warnAbove, most } = bounds;
  return { state: most !== undefined && middle > most ? 'error' : middle > warnAbove ? 'warning' : 'ok', figure, ...bounds };
}

/** How many of `edges` equal ones are too many. */
const excess = (value: number, most: number, edges: number): number =>
  Math.min(edges, Math.max(1, Math.ceil((edges * (value - most)) / value)));

const edgeCount = (count: number): string => `${count} edge${count === 1 ? '' : 's'}`;

/** Edges that say a volume of their own which is too small. Compile says the same of them. */
const edgeVolumes = ({ edges, size }: Group): readonly Limit[] =>
  edges.flatMap((edge) => {
    const small = tooSmall(edge, size);
    if (small === undefined) return [];
    const { data, has, enough } = small;
    const change = `Set storage.size of ${edge.name} to '${enough}' or more, or leave it out.`;
    return [bounded({ ...data, scope: edge.name }, { warnAbove: 0.5 * has, from: 'volume', change, field: ['storage', 'size'] })];
  });
