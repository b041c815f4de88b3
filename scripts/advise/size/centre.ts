import type { Inventory } from '../../inventory/inventory.ts';
import { type Bucket, bucketOfCentre } from './centre-bucket.ts';
import { type CentralPrometheus, centralPrometheus } from './centre-prometheus.ts';
import { type Readers, readersOf } from './centre-readers.ts';
import { type CentralReceive, centralReceive } from './centre-receive.ts';
import type { PartSize } from './edge.ts';
import { type Figure, figuresOf, input, product, sum, type Term } from './figure.ts';
import type { Group } from './groups.ts';

/** What the centre costs, and what it has to have for its edges: what the inventory leaves open follows from them. */
export interface CentreSize extends Readers {
  readonly parts: readonly PartSize[];
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume: Figure;
  readonly prometheus: CentralPrometheus;
  /** Where edges write to it. */
  readonly receive?: CentralReceive;
  readonly bucket: Bucket;
}

export function sizeOfCentre(inventory: Inventory, groups: readonly Group[], scope = 'centre'): CentreSize {
  const figure = figuresOf(scope);
  const { prometheus, parts: scraping } = centralPrometheus(inventory, groups, figure);
  const written = centralReceive(inventory, groups, figure);
  const bucket = bucketOfCentre(inventory, groups, prometheus, written?.receive, figure);
  const { readers, parts: reading } = readersOf(inventory, bucket, figure);
  const parts = [...scraping, ...(written?.parts ?? []), ...reading];
  const all = (what: 'cpu' | 'memory' | 'volume'): Term =>
    sum(
      ...parts.flatMap((part) => {
        const one = part[what];
        if (one === undefined) return [];
        return part.copies === 1 ? [one] : [product(input(`${part.name} pods`, part.copies), one)];
      }),
    );
  return {
    parts,
    cpu: figure('cpu', 'cores', 'CPU of all parts of the centre.', all('cpu')),
    memory: figure('memory', 'bytes of memory', 'Memory of all parts of the centre.', all('memory')),
    volume: figure('volume', 'bytes of volume', 'Volumes of the centre.', all('volume')),
    prometheus,
    ...(written !== undefined && { receive: written.receive }),
    bucket,
    ...readers,
  };
}
