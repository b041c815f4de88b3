import type { Edge, Inventory } from '../../inventory/inventory.ts';
import type { CentreSize } from './centre.ts';
import { type EdgeSize, type PartSize, sizeOf } from './edge.ts';
import { defaultVolume, volumeOf } from './edge-volume.ts';
import type { Figure } from './figure.ts';
import { type FleetSize, sizeOfFleet } from './fleet.ts';
import { formatFigure } from './format.ts';
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
  /** Size of the volume of each pod of a part of the centre; undefined where it has none. */
  volumeInCentre(part: string): string | undefined;
  /** Size of the volume of each pod of a part on an edge; undefined where it has none. */
  volumeOnEdge(edge: Edge, part: string): string | undefined;
}

/** An inventory with nothing left open: what becomes manifests. */
export interface Provisioned extends Inventory {
  readonly provision: Provision;
}

/** `prefix` tells the scopes of its figures from those of another fleet. */
export function provisioned(inventory: Inventory, prefix = ''): Provisioned {
  const { fleet, central } = inventory;
  const size = sizeOfFleet(inventory, prefix);
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
      volumeInCentre: (part) => {
        const volume = volumesOf(size.centre)[part];
        return volume === undefined ? undefined : formatFigure(volume);
      },
      volumeOnEdge: (edge, part) => {
        const { option } = edge;
        const of = sized(edge, size);
        if (option === 'remote-scrape' || partOf(of, part).volume === undefined) return undefined;
        return volumeOf(edge, option, of).size ?? `${defaultVolume[option]}Gi`;
      },
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

/** Volumes of the parts of the centre, by part. */
const volumesOf = ({ prometheus, receive, storage }: CentreSize): Readonly<Record<string, Figure>> => ({
  prometheus: prometheus.storage,
  ...(receive !== undefined && { 'receive-ingestor': receive.storage }),
  'store-gateway': storage.storeGateway,
  compactor: storage.compactor,
  ruler: storage.ruler,
  alertmanager: storage.alertmanager,
});

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
export const inside = (fleet: WrittenResources | undefined, edge: WrittenResources | undefined): WrittenResources => ({
  requests: { ...fleet?.requests, ...edge?.requests },
  limits: { ...fleet?.limits, ...edge?.limits },
});
