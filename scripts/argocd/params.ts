import { posix } from 'node:path';
import { parse } from 'yaml';
import { type Edge, type Inventory, ringOf } from '../inventory/inventory.ts';
import { overlayDir, overlaysOf } from '../overlays/overlay.ts';
import type { FileTree } from '../tree/tree.ts';

/**
 * What an ApplicationSet has to know of one cluster. Strings only: a template yields nothing else. There is no `path`, since the
 * generator puts the parameter file's own path under that name.
 */
export interface Params extends Readonly<Record<string, string>> {
  readonly cluster: string;
  readonly region: string;
  /** Folder of the cluster's overlay. */
  readonly overlay: string;
  /** Folders whose changes concern the cluster, `;` between them. */
  readonly generatePaths: string;
}

export interface EdgeParams extends Params {
  readonly ring: string;
  readonly option: string;
}

export interface CentralParams extends Params {
  /** Tells the centre's Applications apart: a large fleet's has several. */
  readonly application: string;
}

export function edgeParams({ fleet }: Inventory, edge: Edge, tree: FileTree): EdgeParams {
  const overlay = overlayDir(edge);
  const { name, region, option } = edge;
  return { cluster: name, region, ring: ringOf(fleet, edge), option, overlay, generatePaths: generatePaths(tree, overlay) };
}

/** One for each overlay of the centre. */
export function centralParams({ central }: Inventory, tree: FileTree): readonly CentralParams[] {
  const own = overlayDir(central);
  const overlays = overlaysOf(tree, central);
  return overlays.map((overlay) => ({
    application: `${central.name}${overlay.slice(own.length).replaceAll('/', '-')}`,
    cluster: central.name,
    region: central.region,
    overlay,
    // Its folder also holds the others, which are no concern of its own.
    generatePaths: overlay === own && overlays.length > 1 ? `/${own}/*.yaml` : generatePaths(tree, overlay),
  }));
}

/**
 * The folders from which the overlay is rendered and in which something can change: itself, and the rings' pointers that it names.
 * The parts are left out: they never change. A new digest always comes with a changed pointer, so a promotion rewrites no parameter file.
 */
export function generatePaths(tree: FileTree, overlay: string): string {
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    if (folders.has(folder) || folder.startsWith('base/parts/')) return;
    folders.add(folder);
    for (const resource of resourcesOf(tree, folder)) if (!/\.ya?ml$/.test(resource)) visit(posix.join(folder, resource));
  };
  visit(overlay);
  return [...folders].map((folder) => `/${folder}`).join(';');
}

/** A cluster's overlay can be long with patches, so only its list of resources is parsed. */
function resourcesOf(tree: FileTree, folder: string): readonly string[] {
  const text = tree.get(`${folder}/kustomization.yaml`);
  if (text === undefined) throw new Error(`bug: ${folder} has no kustomization.yaml`);
  const list = /^resources:\n(?:[ -].*\n)+/m.exec(text);
  return list === null ? [] : (parse(list[0]) as { resources: string[] }).resources;
}
