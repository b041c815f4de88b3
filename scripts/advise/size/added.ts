import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { type CentreSize, sizeOfCentre } from './centre.ts';
import type { EdgeSize } from './edge.ts';
import { difference, type Figure, figuresOf } from './figure.ts';
import { type Group, groupsOf } from './groups.ts';

/** What an edge adds to the centre. */
export interface Added {
  readonly memory: Figure;
  readonly cpu: Figure;
  readonly bucketADay: Figure;
  /** What there is more or less of: pods of a part, and ingestors of a tenant. */
  readonly layout: readonly LayoutChange[];
}

/** The same as values only. */
export interface AddedCost {
  readonly memory: Cost;
  readonly cpu: Cost;
  readonly bucketADay: Cost;
  readonly less: string | undefined;
}

type Cost = Pick<Figure, 'unit' | 'value'>;

interface LayoutChange {
  readonly what: string;
  readonly without: number;
  readonly withIt: number;
}

/** An inventory whose edges are grouped, and its centre: counted once, whichever edges are then taken out of it. */
export interface Counted {
  readonly inventory: Inventory;
  readonly size: { readonly groups: readonly Group[]; readonly centre: CentreSize };
}

export function counted(inventory: Inventory): Counted {
  const groups = groupsOf(inventory);
  return { inventory, size: { groups, centre: sizeOfCentre(inventory, groups) } };
}

/** What is left without an edge: its group has one less, and the others are what they are. */
export interface Others {
  readonly inventory: Inventory;
  readonly groups: readonly Group[];
  readonly centre: CentreSize;
}

export function othersOf({ name }: Edge, { inventory, size }: Counted): Others {
  const isOther = (edge: Edge): boolean => edge.name !== name;
  const groups = size.groups.flatMap((group): readonly Group[] => {
    const edges = group.edges.filter(isOther);
    if (edges.length === group.edges.length) return [group];
    return edges.length === 0 ? [] : [{ ...group, edges }];
  });
  const left = { ...inventory, edges: inventory.edges.filter(isOther) };
  return { inventory: left, groups, centre: sizeOfCentre(left, groups, `without ${name}: centre`) };
}

/**
 * The centre of the others and an edge of this size. What the others cost in it does not depend on the edge: at most how many ask an edge
 * with a sidecar does, and that is on its line.
 */
export function centreWith(edge: Edge, size: EdgeSize, { inventory, groups }: Others): CentreSize {
  const edges = [...inventory.edges, edge];
  return sizeOfCentre({ ...inventory, edges }, [...groups, { edges: [edge], size }], `${size.series.scope}: centre`);
}

/** What the centre costs with an edge, less what it costs without it. `scope` is what the edge is called. */
export function addedToCentre(scope: string, withIt: CentreSize, without: CentreSize): Added {
  const figure = figuresOf(scope);
  return {
    memory: figure(
      'centre/memory',
      'bytes of memory',
      'Memory that the edge adds to the centre: the centre of the fleet with it, less that of the fleet without it.',
      difference(withIt.memory, without.memory),
    ),
    cpu: figure(
      'centre/cpu',
      'cores',
      'CPU that the edge adds to the centre: the centre of the fleet with it, less that of the fleet without it.',
      difference(withIt.cpu, without.cpu),
    ),
    bucketADay: figure(
      'centre/bucket',
      'bytes a day',
      'What the edge adds to the bucket in a day: the bucket of the fleet with it, less that of the fleet without it.',
      difference(withIt.bucket.day, without.bucket.day),
    ),
    layout: layoutChanges(withIt, without),
  };
}

function layoutChanges(withIt: CentreSize, without: CentreSize): readonly LayoutChange[] {
  const [after, before] = [layoutOf(withIt), layoutOf(without)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((what) => ({ what, without: before.get(what) ?? 0, withIt: after.get(what) ?? 0 }))
    .filter((change) => change.without !== change.withIt);
}

const layoutOf = ({ parts, receive }: CentreSize): ReadonlyMap<string, number> =>
  new Map([
    ...parts.map(({ name, copies }): [string, number] => [`${name} pods`, copies]),
    ...(receive === undefined ? [] : [['ingestors of a tenant', receive.spread.value.middle] as const]),
  ]);

export function costOf(added: Added): AddedCost {
  const cost = ({ unit, value }: Figure): Cost => ({ unit, value });
  return { memory: cost(added.memory), cpu: cost(added.cpu), bucketADay: cost(added.bucketADay), less: whyLess(added) };
}

/** Why the centre has less of something with the edge than without it; undefined where it has not. */
function whyLess({ memory, cpu, layout }: Added): string | undefined {
  if (memory.value.middle >= 0 && cpu.value.middle >= 0) return undefined;
  const changes = layout.map(({ what, without, withIt }) => `${withIt} ${what} in place of ${without}`);
  return `Below 0 is what the centre has less of than without this edge, with which its layout is another${changes.length === 0 ? '' : `: ${changes.join(', ')}`}.`;
}
