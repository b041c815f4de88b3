import type { Diagnostic } from '../diagnostic.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { FileTree } from '../tree/tree.ts';
import { clusterProject, type Delivery, rootAppProject } from './app-project.ts';
import { centralApplicationSet, edgeApplicationSet } from './application-set.ts';
import { autonomous } from './autonomous.ts';
import { everInCentre, everOnEdges } from './ever-run.ts';
import { centralParams, edgeParams } from './params.ts';
import { registrationApplications, registrations } from './registration.ts';
import { rootApplication } from './root.ts';
import { endpointSlicesExcluded, exclusions, needsEndpointSlices, settingsFile } from './settings.ts';
import { fromHub, shardSizes, shards } from './shards.ts';

export interface ArgocdInput {
  readonly inventory: Inventory;
  /** Final manifests by the name of the cluster, for each of its overlays. */
  readonly overlays: ReadonlyMap<string, readonly (readonly Resource[])[]>;
  /** Holds at least `base` and `overlays`. */
  readonly tree: FileTree;
}

/**
 * What Argo CD reads, as documents by path. The root Application syncs the files in generated/argocd itself; the folders in it are
 * for others: `params` for the ApplicationSets, `clusters` for Applications of their own, `autonomous` and `settings` for people.
 */
export function argocdFiles({ inventory, overlays, tree }: ArgocdInput): ReadonlyMap<string, readonly object[]> {
  const { fleet, central, edges } = inventory;
  const delivery = (cluster: string): Delivery => {
    const resources = overlays.get(cluster)?.flat();
    if (resources === undefined) throw new Error(`bug: ${cluster} was not rendered`);
    return { cluster, resources };
  };
  const files = new Map<string, readonly object[]>();
  // What the root Application syncs, which its project has to allow.
  const synced: Resource[] = [];
  const sync = (name: string, ...resources: readonly Resource[]): void => {
    files.set(`generated/argocd/${name}.yaml`, resources);
    synced.push(...resources);
  };

  sync(
    'central',
    clusterProject(fleet, 'central', `What ${fleet.name} runs in its centre.`, everInCentre, [delivery(central.name)]),
    centralApplicationSet(fleet, central.namespace),
  );
  for (const params of centralParams(inventory, tree)) files.set(`generated/argocd/params/central/${params.application}.yaml`, [params]);

  for (const shard of shards(inventory)) {
    const description = `What ${fleet.name} runs on the edges of ${shard.name}.`;
    const deliveries = shard.edges.map(({ name }) => delivery(name));
    sync(shard.name, clusterProject(fleet, shard.name, description, everOnEdges, deliveries), edgeApplicationSet(fleet, shard.name));
    for (const edge of shard.edges)
      files.set(`generated/argocd/params/${shard.name}/${edge.name}.yaml`, [edgeParams(inventory, edge, tree)]);
  }

  const secrets = registrations(inventory);
  for (const [path, resources] of secrets) files.set(path, resources);
  const applications = registrationApplications(inventory);
  if (applications.length > 0) sync('clusters', ...applications);

  const root = rootApplication(fleet);
  const allowed = [...synced, root, ...[...secrets.values()].flat()];
  files.set('generated/argocd/root.yaml', [rootAppProject(fleet, allowed), root]);

  for (const edge of edges)
    if (!fromHub(edge))
      files.set(`generated/argocd/autonomous/${edge.name}.yaml`, autonomous(inventory, edge, delivery(edge.name).resources, tree));

  if (needsEndpointSlices(inventory)) files.set(settingsFile, [exclusions(inventory)]);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the user has to change, or to know, before this is delivered. */
export function* argocdDiagnostics(inventory: Inventory): Iterable<Diagnostic> {
  yield* shardSizes(inventory);
  yield* endpointSlicesExcluded(inventory);
}
