import { type Edge, type Inventory, ringOf } from '../../inventory/inventory.ts';
import { type CentreSize, sizeOfCentre } from './centre.ts';
import type { EdgeSize } from './edge.ts';
import { type Figure, figuresOf, sum, type Unit } from './figure.ts';
import { type Group, groupsOf, times } from './groups.ts';
import { type Limit, limitsOf } from './limits.ts';

/** What a ring, a region or the fleet costs on its edges and lines. */
export interface Total {
  readonly scope: string;
  readonly edges: number;
  readonly nodes: number;
  readonly series: Figure;
  readonly samples: Figure;
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume: Figure;
  readonly sent: Figure;
  readonly received: Figure;
}

export interface FleetSize {
  readonly groups: readonly Group[];
  readonly sizes: ReadonlyMap<Edge, EdgeSize>;
  readonly rings: readonly Total[];
  readonly regions: readonly Total[];
  readonly fleet: Total;
  readonly centre: CentreSize;
  readonly limits: readonly Limit[];
}

/** What a fleet costs: every edge, every ring and region, and the centre. `prefix` tells its scopes from those of another fleet. */
export function sizeOfFleet(inventory: Inventory, prefix = ''): FleetSize {
  const { fleet, edges } = inventory;
  const groups = groupsOf(inventory, prefix);
  const sizes = new Map(groups.flatMap((group) => group.edges.map((edge) => [edge, group.size])));
  const total = (scope: string, member: (edge: Edge) => boolean) => totalOf(`${prefix}${scope}`, groups, member);
  const used = (names: readonly string[], nameOf: (edge: Edge) => string) => {
    const found = new Set(edges.map(nameOf));
    return names.filter((name) => found.has(name));
  };
  const ring = (edge: Edge) => ringOf(fleet, edge);
  const centre = sizeOfCentre(inventory, groups, `${prefix}centre`);
  return {
    groups,
    sizes,
    rings: used(fleet.rings, ring).map((name) => total(`ring ${name}`, (edge) => ring(edge) === name)),
    regions: used(fleet.regions, ({ region }) => region).map((name) => total(`region ${name}`, ({ region }) => region === name)),
    fleet: total('fleet', () => true),
    centre,
    limits: limitsOf(inventory, groups, centre),
  };
}

function totalOf(scope: string, groups: readonly Group[], member: (edge: Edge) => boolean): Total {
  const figure = figuresOf(scope);
  const counted = groups.map(({ edges, size }) => ({ size, count: edges.filter(member).length })).filter(({ count }) => count > 0);
  const add = (name: 'series' | 'samples' | 'cpu' | 'memory' | 'volume' | 'sent' | 'received', unit: Unit, meaning: string): Figure =>
    figure(name, unit, meaning, sum(...counted.map(({ size, count }) => times(count, size[name]))));
  return {
    scope,
    edges: counted.reduce((total, { count }) => total + count, 0),
    nodes: counted.reduce((total, { count, size }) => total + count * size.workload.nodes, 0),
    series: add('series', 'series', 'Active series of all edges, in one copy.'),
    samples: add('samples', 'samples a second', 'Samples of all edges, in one copy.'),
    cpu: add('cpu', 'cores', 'CPU of the parts on all edges.'),
    memory: add('memory', 'bytes of memory', 'Memory of the parts on all edges.'),
    volume: add('volume', 'bytes of volume', 'Volumes of all edges.'),
    sent: add('sent', 'bytes an hour', 'What all edges send to the centre and to the bucket.'),
    received: add('received', 'bytes an hour', 'What all edges receive.'),
  };
}
