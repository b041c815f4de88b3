import type { Edge, Inventory } from '../../inventory/inventory.ts';
import type { CentreSize } from './centre.ts';
import { type EdgeSize, type PartSize, sizeOf } from './edge.ts';
import { type FleetSize, sizeOfFleet } from './fleet.ts';
import { centreSteps, edgeSteps, overridden, type Resources, resourcesOf, type WrittenResources } from './resources.ts';
import { smallestWorkload } from './workload.ts';

/** How much of everything there is: what the inventory leaves open, decided by the size model. */
export interface Provision {
  readonly size: FleetSize;
  /** Requests and limits of a part of the centre. */
  inCentre(part: string): Resources;
  /** Requests and limits of a part on an edge with one node of which nothing more is known: what edges share. */
  shared(part: string): Resources;
  /** Requests and limits of a part on an edge. */
  onEdge(edge: Edge, part: string): Resources;
}

/** An inventory with nothing left open: what becomes manifests. */
export interface Provisioned extends Inventory {
  readonly provision: Provision;
}

export function provisioned(inventory: Inventory): Provisioned {
  const { fleet, central } = inventory;
  const size = sizeOfFleet(inventory);
  // Every edge asks for the same few.
  const shared = new Map<string, Resources>();
  const sharedBy = (part: string): Resources => {
    const small = sizeOf(smallestWorkload(optionOf[part] ?? 'remote-scrape', inventory));
    return overridden(resourcesOf(partOf(small, part), edgeSteps), fleet.resources[part]);
  };
  return {
    ...inventory,
    provision: {
      size,
      inCentre: (part) => overridden(resourcesOf(partOf(size.centre, part), centreSteps), central.resources[part]),
      shared: (part) => {
        const known = shared.get(part) ?? sharedBy(part);
        shared.set(part, known);
        return known;
      },
      onEdge: (edge, part) =>
        overridden(resourcesOf(partOf(sized(edge, size), part), edgeSteps), inside(fleet.resources[part], edge.resources[part])),
    },
  };
}

/** The size of an edge of the inventory. */
export const sizeOn = (edge: Edge, { provision }: Provisioned): EdgeSize => sized(edge, provision.size);

function sized(edge: Edge, { sizes }: FleetSize): EdgeSize {
  const size = sizes.get(edge);
  if (size === undefined) throw new Error(`bug: "${edge.name}" was not sized`);
  return size;
}

/** The option that alone has a part; the others are on every edge. */
const optionOf: Readonly<Record<string, Edge['option']>> = {
  'prometheus-agent': 'prometheus-agent',
  'edge-prometheus': 'thanos-sidecar',
  'thanos-sidecar': 'thanos-sidecar',
};

function partOf({ parts }: Pick<CentreSize, 'parts'>, name: string): PartSize {
  const found = parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`bug: the model has no part ${name}`);
  return found;
}

/** What an edge writes goes before what the fleet writes. */
const inside = (fleet: WrittenResources | undefined, edge: WrittenResources | undefined): WrittenResources => ({
  requests: { ...fleet?.requests, ...edge?.requests },
  limits: { ...fleet?.limits, ...edge?.limits },
});
