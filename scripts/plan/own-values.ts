import { type Cluster, type Fleet, ringOf } from '../inventory/inventory.ts';

/** What is a cluster's own, by what it is: `name`, `region`, `nodes[0].address`. What it was before and is no more begins with `old `. */
export type OwnValues = ReadonlyMap<string, string>;

/** A cluster in one version of the inventory. */
export interface KnownCluster {
  readonly cluster: Cluster;
  readonly fleet: Fleet;
}

/** The own values of a cluster in two versions of the inventory, either of which may lack it. */
export function ownValues(before: KnownCluster | undefined, after: KnownCluster | undefined): OwnValues {
  const [then, now] = [before, after].map((known) => known && valuesOf(known));
  const values = new Map(now ?? then);
  if (now !== undefined) for (const [what, value] of then ?? []) if (now.get(what) !== value) values.set(`old ${what}`, value);
  return values;
}

function valuesOf({ cluster, fleet }: KnownCluster): OwnValues {
  const { name, region, server } = cluster;
  const values = new Map([
    ['name', name],
    ['region', region],
  ]);
  if (cluster.role === 'edge') values.set('ring', ringOf(fleet, cluster));
  if (server !== undefined) values.set('server', server);
  if (cluster.role === 'edge')
    for (const [i, node] of cluster.nodes.entries()) {
      values.set(`nodes[${i}].name`, node.name);
      values.set(`nodes[${i}].address`, node.address);
    }
  return values;
}
