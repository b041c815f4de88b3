import type { Edge } from '../../inventory/inventory.ts';
import { bytesOf, volumeSize } from '../../telemetry/quantity.ts';
import type { EdgeSize } from './edge.ts';
import type { Figure } from './figure.ts';

/** Sizes of the claims in the parts, in Gi; an edge whose data would not fit gets more unless it says a size itself. */
export const defaultVolume = { 'prometheus-agent': 5, 'thanos-sidecar': 20 } as const;

type Collecting = keyof typeof defaultVolume;

function dataOf({ parts, workload }: EdgeSize): Figure {
  const data = parts.find(({ volume }) => volume !== undefined)?.volume;
  if (data === undefined) throw new Error(`bug: ${workload.option} has no volume`);
  return data;
}

/** Bytes for the data of a collector: twice what is likely, since a full volume stops it. */
const roomOf = (size: EdgeSize): number => 2 * dataOf(size).value.middle;

/**
 * The volume of an edge: what it says, and a size by its estimated series where that is more than the part's. That doubles from step to step,
 * so that one node more seldom asks for a larger one: Kubernetes does not let a StatefulSet change its claims.
 */
export function volumeOf({ storage }: Edge, option: Collecting, size: EdgeSize): Edge['storage'] {
  const needed = roomOf(size);
  const least = defaultVolume[option];
  return {
    ...storage,
    ...(storage.size === undefined && needed > bytesOf(`${least}Gi`) ? { size: doubled(needed, least) } : {}),
  };
}

/** An edge that says a volume of its own which is too small: the data, the bytes that it says, and a size that is enough. */
export function tooSmall({ option, storage }: Edge, size: EdgeSize) {
  if (option === 'remote-scrape' || storage.size === undefined) return undefined;
  const [has, room] = [bytesOf(storage.size), roomOf(size)];
  return has >= room ? undefined : { data: dataOf(size), has, enough: volumeSize(room, 1) };
}

/** `least` Gi, twice that, and so on: the first that has so many bytes. */
function doubled(bytes: number, least: number): string {
  let size = least;
  while (bytesOf(`${size}Gi`) < bytes) size *= 2;
  return `${size}Gi`;
}
