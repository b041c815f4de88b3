import { type Cluster, type Fleet, ringOf } from '../inventory/inventory.ts';
import type { KnownCluster } from './own-values.ts';
import type { Side } from './side.ts';

/** A cluster as the inventory lists it, before or after. */
export interface Listed {
  readonly name: string;
  readonly region: string;
  /** Empty for the centre. */
  readonly ring: string;
  /** Empty for the centre. */
  readonly option: string;
  readonly before: KnownCluster | undefined;
  readonly after: KnownCluster | undefined;
}

/** Every cluster of both inventories. */
export interface Directory {
  readonly clusters: readonly Listed[];
  /** In the order in which a change reaches them. */
  readonly rings: readonly string[];
  /** A cluster; one that no inventory knows, as when only its files are there, in its region. */
  find(name: string, region: string): Listed;
  known(name: string): Listed | undefined;
}

export function directoryOf(before: Side, after: Side): Directory {
  const [then, now] = [before, after].map(knownClusters) as [ReadonlyMap<string, KnownCluster>, ReadonlyMap<string, KnownCluster>];
  const clusters = [...new Set([...then.keys(), ...now.keys()])].sort().map((name) => listed(name, then.get(name), now.get(name)));
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  return {
    clusters,
    rings: ['', ...((after.inventory ?? before.inventory)?.fleet.value.rings ?? [])],
    known: (name) => byName.get(name),
    find: (name, region) => byName.get(name) ?? { name, region, ring: '', option: '', before: undefined, after: undefined },
  };
}

function knownClusters({ inventory }: Side): ReadonlyMap<string, KnownCluster> {
  if (inventory === undefined) return new Map();
  const fleet: Fleet = inventory.fleet.value;
  return new Map(inventory.clusters.map(({ value }): [string, KnownCluster] => [value.name, { cluster: value, fleet }]));
}

function listed(name: string, before: KnownCluster | undefined, after: KnownCluster | undefined): Listed {
  const { cluster, fleet } = (after ?? before) as KnownCluster;
  return {
    name,
    region: cluster.region,
    ring: ringIn(fleet, cluster),
    option: cluster.role === 'edge' ? cluster.option : '',
    before,
    after,
  };
}

const ringIn = (fleet: Fleet, cluster: Cluster): string => (cluster.role === 'edge' ? ringOf(fleet, cluster) : '');
