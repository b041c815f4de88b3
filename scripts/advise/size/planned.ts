import type { Inventory } from '../../inventory/inventory.ts';
import { type FleetSize, sizeOfFleet } from './fleet.ts';
import type { Limit } from './limits.ts';

/**
 * The fleet with the centre that it needs: where its ingestors cannot hold its series, with as many as can. The limit that they break stays,
 * with the figure of the centre as it is, `unchanged`; the other limits are what remains then.
 */
export function sizeOfPlannedFleet(inventory: Inventory, prefix = ''): FleetSize {
  const size = sizeOfFleet(inventory, prefix);
  const { receive } = inventory.central;
  if (receive === undefined || !size.limits.some(isOverfull)) return size;
  const replicas = Math.ceil(size.centre.receive?.needed.value.middle ?? receive.replicas);
  const planned = sizeOfFleet({ ...inventory, central: { ...inventory.central, receive: { ...receive, replicas } } }, prefix);
  const unchanged = sizeOfFleet(inventory, `${prefix}unchanged `);
  return {
    ...planned,
    limits: [...unchanged.limits.filter(isOverfull), ...planned.limits.filter(({ figure }) => figure.name !== overfull)],
  };
}

const overfull = 'receive-ingestor/series';
const isOverfull = ({ figure, state }: Limit): boolean => figure.name === overfull && state === 'error';
