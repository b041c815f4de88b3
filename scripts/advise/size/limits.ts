import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { bytesOf, volumeSize } from '../../telemetry/sizing.ts';
import { type CoefficientId, coefficients } from '../coefficients.ts';
import type { CentreSize } from './centre.ts';
import type { Figure } from './figure.ts';
import type { Group } from './groups.ts';

/** Something that must not grow past a bound. The likeliest value decides. */
export interface Limit {
  readonly state: 'ok' | 'warning' | 'error';
  readonly figure: Figure;
  /** Above this a warning, */
  readonly warnAbove: number;
  /** and above this an error. */
  readonly most: number;
  /** What mends an error. */
  readonly change: string;
}

/** Volumes that the inventory has no field for. */
const emittedVolumes = { storeGateway: '10Gi', compactor: '100Gi' } as const;
const emitted = (size: string): string => `fleetc emits ${size} for every fleet.`;

/** Every limit of the centre, kept or not, and those of edges that are not kept. */
export function limitsOf({ central, edges }: Inventory, groups: readonly Group[], centre: CentreSize): readonly Limit[] {
  const { prometheus, receive, query } = centre;
  const remote = edges.filter(({ option }) => option === 'remote-scrape').length;
  const volumeIn = (part: string, size: string, change: (wanted: string) => string): readonly Limit[] =>
    centre.parts.flatMap(({ name, volume }) => (name === part && volume !== undefined ? [volumeLimit(volume, size, change)] : []));
  const moved = (figure: Figure, id: CoefficientId) =>
    `Move ${edgeCount(excess(figure.value.middle, coefficients[id].middle, remote))} from remote-scrape to prometheus-agent`;
  return [
    limit(prometheus.series, 'limit.prometheus.series', `${moved(prometheus.series, 'limit.prometheus.series')}: fleetc emits one shard.`),
    limit(prometheus.edges, 'limit.remoteScrape.edges', `${moved(prometheus.edges, 'limit.remoteScrape.edges')}.`),
    limit(
      prometheus.configuration,
      'limit.configuration.bytes',
      'Let remote-scrape edges share a Secret (settings.credentials.secretName), and with it their ScrapeConfigs, or move some to prometheus-agent.',
    ),
    ...volumeIn('prometheus', central.prometheus.storage, (wanted) => `Set prometheus.storage to '${wanted}'.`),
    ...(receive === undefined
      ? []
      : [
          limit(receive.series, 'limit.ingestor.series', `Set receive.replicas to ${Math.ceil(receive.needed.value.middle)}.`),
          limit(
            receive.tenants,
            'limit.ingestor.tenants',
            'Divide the fleet: give some regions a fleet with a centre of its own. More ingestors do not help, as every tenant is on each.',
          ),
          ...volumeIn('receive-ingestor', central.receive?.storage ?? '0Gi', (wanted) => `Set receive.storage to '${wanted}'.`),
        ]),
    limit(
      query.asked,
      'limit.leaf.edges',
      'Move edges from thanos-sidecar to prometheus-agent, or divide the fleet: fleetc emits at most 32 leaves.',
    ),
    ...volumeIn(
      'store-gateway',
      emittedVolumes.storeGateway,
      (wanted) => `Enlarge its volumes to ${wanted}: ${emitted(emittedVolumes.storeGateway)}`,
    ),
    ...volumeIn(
      'compactor',
      emittedVolumes.compactor,
      (wanted) =>
        `Enlarge its volume to ${wanted}, or move edges from remote-scrape, where all share a stream of blocks: ${emitted(emittedVolumes.compactor)}`,
    ),
    ...groups.flatMap(edgeVolumes),
  ];
}

function limit(figure: Figure, id: CoefficientId, change: string): Limit {
  const { low, middle } = coefficients[id];
  return bounded(figure, low, middle, change);
}

function volumeLimit(figure: Figure, size: string, change: (wanted: string) => string): Limit {
  const most = bytesOf(size);
  return bounded(figure, 0.8 * most, most, change(volumeSize(1.25 * figure.value.middle, 1)));
}

function bounded(figure: Figure, warnAbove: number, most: number, change: string): Limit {
  const { middle } = figure.value;
  return { state: middle > most ? 'error' : middle > warnAbove ? 'warning' : 'ok', figure, warnAbove, most, change };
}

/** How many of `edges` equal ones are too many. */
const excess = (value: number, most: number, edges: number): number =>
  Math.min(edges, Math.max(1, Math.ceil((edges * (value - most)) / value)));

const edgeCount = (count: number): string => `${count} edge${count === 1 ? '' : 's'}`;

/** Edges that say a volume of their own which is too small, or nearly so. */
function edgeVolumes({ edges, size: { parts } }: Group): readonly Limit[] {
  const needed = parts.find(({ volume }) => volume !== undefined)?.volume;
  if (needed === undefined) return [];
  return edges
    .flatMap(({ name, storage }: Edge) =>
      storage.size === undefined
        ? []
        : [volumeLimit({ ...needed, scope: name }, storage.size, (wanted) => `Set storage.size of ${name} to '${wanted}'.`)],
    )
    .filter(({ state }) => state !== 'ok');
}
