import { identity, type Resource } from '../kubernetes/resource.ts';
import type { Renderer } from '../kustomize/render.ts';
import type { Change } from '../tree/plan.ts';
import type { FileTree } from '../tree/tree.ts';
import { type ArgocdObjects, argocd, argocdObjects } from './argocd-objects.ts';
import { editFinder, type IsCommon } from './edits.ts';
import type { ObjectChange } from './object-change.ts';
import { replacesPods } from './pods.ts';

/** What happens to the objects of one cluster. */
export interface ClusterChange {
  readonly cluster: string;
  /** Of its overlay, where it has one. */
  readonly region: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The changed files that its objects are made of, in order; of a part the folder. */
  readonly files: readonly string[];
  readonly changes: readonly Omit<ObjectChange, 'findings'>[];
  /** All that was and will be rendered of it, for whoever looks at what surrounds a change. */
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  /** Why what was there cannot be rendered: then everything counts as added. */
  readonly unreadable?: string;
}

/** Both trees, rendered as far as a change reaches. */
export interface Compared {
  /** In the order of regions and names. */
  readonly clusters: Iterable<ClusterChange>;
  readonly isCommon: IsCommon;
}

/** The folder of a part instead of its files: they come and go together, and a thousand clusters have the same. */
const partOrFile = (path: string): string => /^base\/parts\/[^/]+\/[^/]+\//.exec(path)?.[0] ?? path;

/** What the changes do, cluster by cluster. Only clusters that a changed file takes part in are rendered. */
export function compared(
  changes: readonly Change[],
  before: FileTree,
  after: FileTree,
  rendererOf: (tree: FileTree) => Renderer,
): Compared {
  const changed = new Set(changes.map(({ path }) => path));
  const [then, now] = [sideOf(before, rendererOf), sideOf(after, rendererOf)];
  const common = new WeakSet<object>();
  for (const side of [then, now]) for (const part of side.parts()) mark(part, common);
  const isCommon: IsCommon = (part) => common.has(part);
  return { isCommon, clusters: clusterChanges(changes, changed, then, now, argocdObjects(before, after, changed), editFinder(isCommon)) };
}

function* clusterChanges(
  changes: readonly Change[],
  changed: ReadonlySet<string>,
  then: Side,
  now: Side,
  inArgocd: ArgocdObjects,
  editsOf: ReturnType<typeof editFinder>,
): Iterable<ClusterChange> {
  const ownChanges = new Map<string, string[]>();
  for (const path of changed) {
    const [, region, cluster] = /^overlays\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
    if (region !== undefined && cluster !== undefined) append(ownChanges, cluster, path);
  }
  // Without a change in a base, an overlay depends on nothing but its own files.
  const reachesAll = changes.some(({ path }) => path.startsWith('base/'));
  const names = new Set([...ownChanges.keys(), ...inArgocd.files.keys(), ...inArgocd.before.keys(), ...inArgocd.after.keys()]);
  if (reachesAll) for (const side of [then, now]) for (const cluster of side.overlays.keys()) names.add(cluster);
  const regionOf = (cluster: string): string => now.regions.get(cluster) ?? then.regions.get(cluster) ?? '';
  const ordered = [...names]
    .map((cluster) => ({ cluster, region: regionOf(cluster) }))
    .sort((a, b) => (a.region === b.region ? compare(a.cluster, b.cluster) : compare(a.region, b.region)));

  for (const { cluster, region } of ordered) {
    const inputs = reachesAll
      ? [
          ...now.filesOf(cluster),
          ...attempt(
            () => then.filesOf(cluster),
            () => [],
          ),
        ].filter((path) => changed.has(path))
      : [];
    const own = ownChanges.get(cluster) ?? [];
    const argocdFiles = inArgocd.files.get(cluster) ?? [];
    const files = [...new Set([...own, ...inputs.map(partOrFile), ...argocdFiles])].sort();
    const isRendered = own.length > 0 || inputs.length > 0;
    const argocdThen = inArgocd.before.get(cluster) ?? [];
    const argocdNow = inArgocd.after.get(cluster) ?? [];
    if (files.length === 0 && argocdThen.length === 0 && argocdNow.length === 0) continue;

    let unreadable = argocdFiles.length > 0 && cluster === argocd ? inArgocd.unreadable : undefined;
    const renderedThen = isRendered
      ? attempt(
          () => then.render(cluster),
          (problem) => {
            unreadable = problem;
            return [];
          },
        )
      : [];
    const before = [...renderedThen, ...argocdThen];
    const after = [...(isRendered ? now.render(cluster) : []), ...argocdNow];
    const objects = objectChanges(before, after, editsOf);
    if (files.length === 0 && objects.length === 0) continue;
    yield {
      cluster,
      region,
      change: changeOf(cluster, then, now, before, after),
      files,
      changes: objects,
      before,
      after,
      ...(unreadable !== undefined && { unreadable }),
    };
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function append(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** One tree and the overlays of its clusters. A cluster that a tree does not have has no files and no objects there. */
interface Side {
  readonly overlays: ReadonlyMap<string, readonly string[]>;
  readonly regions: ReadonlyMap<string, string>;
  filesOf(cluster: string): readonly string[];
  render(cluster: string): readonly Resource[];
  /** What clusters share: the objects of every part. */
  parts(): readonly Resource[];
}

function sideOf(tree: FileTree, rendererOf: (tree: FileTree) => Renderer): Side {
  const renderer = rendererOf(tree);
  const folders = new Map<string, Set<string>>();
  const regions = new Map<string, string>();
  const parts = new Set<string>();
  for (const path of tree.keys()) {
    const [folder, region, cluster] = /^overlays\/([^/]+)\/([^/]+)(?:\/edges\/[^/]+)?(?=\/)/.exec(path) ?? [];
    if (folder !== undefined && region !== undefined && cluster !== undefined) {
      folders.set(cluster, (folders.get(cluster) ?? new Set()).add(folder));
      regions.set(cluster, region);
    }
    const part = /^base\/parts\/[^/]+\/[^/]+(?=\/kustomization\.yaml$)/.exec(path)?.[0];
    if (part !== undefined) parts.add(part);
  }
  const overlays = new Map([...folders].map(([cluster, found]) => [cluster, [...found].sort()]));
  return {
    overlays,
    regions,
    filesOf: (cluster) => (overlays.get(cluster) ?? []).flatMap((folder) => renderer.filesOf(folder)),
    render: (cluster) => (overlays.get(cluster) ?? []).flatMap((folder) => renderer.render(folder)),
    parts: () =>
      [...parts].flatMap((folder) =>
        attempt(
          () => renderer.render(folder),
          () => [],
        ),
      ),
  };
}

/** Marks a value and all that is in it. */
function mark(value: unknown, marked: WeakSet<object>): void {
  if (typeof value !== 'object' || value === null || marked.has(value)) return;
  marked.add(value);
  for (const inner of Object.values(value)) mark(inner, marked);
}

/** Somebody may have broken the files that were there: that is told, and no reason to stop. */
function attempt<T>(read: () => T, otherwise: (problem: string) => T): T {
  try {
    return read();
  } catch (error) {
    return otherwise((error as Error).message.replace(/^bug: /, ''));
  }
}

function changeOf(
  cluster: string,
  then: Side,
  now: Side,
  before: readonly Resource[],
  after: readonly Resource[],
): ClusterChange['change'] {
  if (cluster === argocd) return 'changed';
  const was = then.overlays.has(cluster) || (!now.overlays.has(cluster) && before.length > 0);
  const is = now.overlays.has(cluster) || (!then.overlays.has(cluster) && after.length > 0);
  return was === is ? 'changed' : was ? 'removed' : 'added';
}

function objectChanges(
  before: readonly Resource[],
  after: readonly Resource[],
  editsOf: ReturnType<typeof editFinder>,
): ClusterChange['changes'] {
  const [then, now] = [byIdentity(before), byIdentity(after)];
  const found: Omit<ObjectChange, 'findings'>[] = [];
  for (const [id, resource] of now) {
    const old = then.get(id);
    if (old === undefined) found.push({ change: 'added', identity: id, after: resource, edits: [], restarts: false });
    else {
      const edits = editsOf(old, resource);
      if (edits.length === 0) continue;
      const restarts = replacesPods(
        old,
        resource,
        edits.map(({ path }) => path),
      );
      found.push({ change: 'changed', identity: id, before: old, after: resource, edits, restarts });
    }
  }
  for (const [id, resource] of then)
    if (!now.has(id)) found.push({ change: 'removed', identity: id, before: resource, edits: [], restarts: false });
  return found;
}

const byIdentity = (resources: readonly Resource[]): ReadonlyMap<string, Resource> =>
  new Map(resources.map((resource) => [identity(resource), resource]));
