import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { type CentreSize, sizeOfCentre } from './centre.ts';
import { difference, type Figure, figuresOf } from './figure.ts';
import { groupsOf } from './groups.ts';

/** What an edge adds to the centre. */
export interface Added {
  readonly memory: Figure;
  readonly cpu: Figure;
  readonly bucketADay: Figure;
}

/** The centre of an inventory; `whose` tells its figures from those of the inventory as it is. */
export const centreOf = (inventory: Inventory, whose = ''): CentreSize =>
  sizeOfCentre(inventory, groupsOf(inventory, whose), `${whose}centre`);

/** The centre as it would be without an edge. */
export const centreWithout = ({ name }: Edge, inventory: Inventory): CentreSize =>
  centreOf({ ...inventory, edges: inventory.edges.filter((edge) => edge.name !== name) }, `without ${name}: `);

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
  };
}
