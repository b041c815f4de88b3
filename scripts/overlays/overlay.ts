import type { Cluster } from '../inventory/inventory.ts';
import type { FileTree } from '../tree/tree.ts';

/** Where a cluster's overlay is: the folder that Argo CD builds. */
export const overlayDir = ({ region, name }: Pick<Cluster, 'region' | 'name'>): string => `overlays/${region}/${name}`;

/** Labels on the metadata of every object of a cluster, the inventory's own among them. */
export const clusterLabels = ({ name, region, labels }: Cluster): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
  'fleetc.dev/cluster': name,
  'fleetc.dev/region': region,
});

/** The overlay of each cluster in a tree, by the cluster's name. */
export function overlayDirs(tree: FileTree): ReadonlyMap<string, string> {
  const dirs = new Map<string, string>();
  for (const path of tree.keys()) {
    const [dir, name] = /^overlays\/[^/]+\/([^/]+)(?=\/kustomization\.yaml$)/.exec(path) ?? [];
    if (dir !== undefined && name !== undefined) dirs.set(name, dir);
  }
  return dirs;
}
