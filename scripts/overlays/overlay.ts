import { posix } from 'node:path';
import type { Cluster, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { type RenderCache, renderKustomization } from '../kustomize/render.ts';
import type { FileTree } from '../tree/tree.ts';

/** Where a cluster's overlay is: the folder that Argo CD builds. */
export const overlayDir = ({ region, name }: Pick<Cluster, 'region' | 'name'>): string => `overlays/${region}/${name}`;

/** In the order of keys, whatever the inventory's. */
export const sortedLabels = (labels: Cluster['labels']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Labels on the metadata of every object of a cluster, the inventory's own among them. */
export const clusterLabels = ({ name, region, labels }: Cluster): Readonly<Record<string, string>> => ({
  ...sortedLabels(labels),
  'fleetc.dev/cluster': name,
  'fleetc.dev/region': region,
});

/** Every overlay of a cluster: its own, and those below it that a large fleet's centre has for its edges. */
export function overlaysOf(tree: FileTree, cluster: Pick<Cluster, 'region' | 'name' | 'role'>): readonly string[] {
  const dir = overlayDir(cluster);
  if (cluster.role === 'edge') return [dir];
  return [...tree.keys()]
    .filter((path) => path.startsWith(`${dir}/`) && path.endsWith('/kustomization.yaml'))
    .map((path) => posix.dirname(path))
    .sort();
}

/** The overlays of a tree by the cluster's name, those below a centre's own by `<cluster>/edges/<bucket>`. */
export function overlayDirs(tree: FileTree): ReadonlyMap<string, string> {
  const dirs = new Map<string, string>();
  for (const path of tree.keys()) {
    const [dir, name] = /^overlays\/[^/]+\/([^/]+(?:\/edges\/[^/]+)?)(?=\/kustomization\.yaml$)/.exec(path) ?? [];
    if (dir !== undefined && name !== undefined) dirs.set(name, dir);
  }
  return dirs;
}

/** The final manifests of every cluster by its name, for each of its overlays. */
export function renderAll({ central, edges }: Inventory, tree: FileTree): ReadonlyMap<string, readonly (readonly Resource[])[]> {
  const cache: RenderCache = new Map();
  return new Map(
    [central, ...edges].map((cluster) => [cluster.name, overlaysOf(tree, cluster).map((dir) => renderKustomization(tree, dir, cache))]),
  );
}
