import { isEqual } from '../kubernetes/equal.ts';
import { identity, type Resource } from '../kubernetes/resource.ts';
import type { Change } from './plan.ts';
import type { FileTree } from './tree.ts';

/** Reads the folders of one tree as Kustomize does; throws where Kustomize would not build. */
export interface Renderer {
  render(folder: string): readonly Resource[];
  /** Every file that takes part in a folder. */
  filesOf(folder: string): readonly string[];
}

/** What a plan does to the fleet. This is also the JSON of `fleetc plan --format json`. */
export interface PlanReport {
  readonly summary: Readonly<Record<'created' | 'updated' | 'deleted' | 'clusters', number>>;
  /** In the order of paths. */
  readonly files: readonly { readonly path: string; readonly change: Change['kind'] }[];
  /** Clusters with a changed file in what they are made of, in the order of region and name. */
  readonly clusters: readonly ClusterReport[];
}

export interface ClusterReport {
  readonly region: string;
  readonly cluster: string;
  /** The changed files that the cluster's objects are made of, before or after. */
  readonly files: readonly string[];
  readonly added: readonly ObjectId[];
  readonly changed: readonly ObjectId[];
  readonly removed: readonly ObjectId[];
  /** Why the overlay on disk cannot be rendered: then every object counts as added. */
  readonly unreadable?: string;
}

export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What the changes do, cluster by cluster. Only clusters that a changed file takes part in are rendered. */
export function planReport(
  changes: readonly Change[],
  wanted: FileTree,
  found: FileTree,
  rendererOf: (tree: FileTree) => Renderer,
): PlanReport {
  const [after, before] = [sideOf(wanted, rendererOf), sideOf(found, rendererOf)];
  const changed = new Set(changes.map(({ path }) => path));
  const ownChanges = byOverlay(changed);
  // Without a change in a base, an overlay depends on nothing but its own files.
  const candidates = changes.some(({ path }) => path.startsWith('base/'))
    ? [...after.overlays, ...before.overlays]
    : [...ownChanges.keys()];

  const clusters: ClusterReport[] = [];
  for (const overlay of [...new Set(candidates)].sort()) {
    const inputs = [
      ...after.filesOf(overlay),
      ...attempt(
        () => before.filesOf(overlay),
        () => [],
      ),
    ];
    const files = [...new Set([...(ownChanges.get(overlay) ?? []), ...inputs.filter((path) => changed.has(path))])].sort();
    if (files.length === 0) continue;
    let unreadable: string | undefined;
    const then = attempt(
      () => before.render(overlay),
      (problem) => {
        unreadable = problem;
        return [];
      },
    );
    const [, region = '', cluster = ''] = overlay.split('/');
    clusters.push({ region, cluster, files, ...compare(then, after.render(overlay)), ...(unreadable !== undefined && { unreadable }) });
  }

  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  return {
    summary: { created: count('create'), updated: count('update'), deleted: count('delete'), clusters: clusters.length },
    files: changes.map(({ path, kind }) => ({ path, change: kind })),
    clusters,
  };
}

/** One tree and its overlays. An overlay that a tree does not have has no files and no objects there. */
function sideOf(tree: FileTree, rendererOf: (tree: FileTree) => Renderer) {
  const renderer = rendererOf(tree);
  const overlays = new Set(byOverlay(tree.keys()).keys());
  return {
    overlays,
    filesOf: (overlay: string) => (overlays.has(overlay) ? renderer.filesOf(overlay) : []),
    render: (overlay: string) => (overlays.has(overlay) ? renderer.render(overlay) : []),
  };
}

/** Paths by the overlay that they are in. */
function byOverlay(paths: Iterable<string>): Map<string, string[]> {
  const overlays = new Map<string, string[]>();
  for (const path of paths) {
    const overlay = /^overlays\/[^/]+\/[^/]+(?=\/)/.exec(path)?.[0];
    if (overlay !== undefined) overlays.set(overlay, [...(overlays.get(overlay) ?? []), path]);
  }
  return overlays;
}

/** Somebody may have broken the files on disk: that is told, and no reason to stop. */
function attempt<T>(read: () => T, otherwise: (problem: string) => T): T {
  try {
    return read();
  } catch (error) {
    return otherwise((error as Error).message.replace(/^bug: /, ''));
  }
}

function compare(before: readonly Resource[], after: readonly Resource[]): Pick<ClusterReport, 'added' | 'changed' | 'removed'> {
  const [then, now] = [before, after].map((resources) => new Map(resources.map((resource) => [identity(resource), resource])));
  return {
    added: after.filter((resource) => !then?.has(identity(resource))).map(idOf),
    changed: after.filter((resource) => then?.has(identity(resource)) && !isEqual(then.get(identity(resource)), resource)).map(idOf),
    removed: before.filter((resource) => !now?.has(identity(resource))).map(idOf),
  };
}

const idOf = ({ apiVersion, kind, metadata: { namespace, name } }: Resource): ObjectId => ({
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});

export const planJson = (report: PlanReport): string => `${JSON.stringify(report, null, 2)}\n`;

/** For a terminal or a log. Clusters whose objects change alike are told together. */
export function formatPlanText({ summary, files, clusters }: PlanReport): string {
  if (files.length === 0) return 'No changes.\n';
  const lines = [`${filesText(files.length)}: ${summary.created} to create, ${summary.updated} to update, ${summary.deleted} to delete`];
  for (const { path, change } of files) lines.push(`  ${signs[change]} ${path}`);

  const alike = new Map<string, string[]>();
  for (const cluster of clusters) {
    const text = objectLines(cluster).join('\n');
    alike.set(text, [...(alike.get(text) ?? []), `${cluster.region}/${cluster.cluster}`]);
  }
  for (const [text, names] of alike)
    lines.push('', `${names.length === 1 ? 'Cluster' : `${names.length} clusters`}: ${names.join(', ')}`, text);
  return `${lines.join('\n')}\n`;
}

const filesText = (count: number) => (count === 1 ? '1 file' : `${count} files`);
const signs = { create: '+', update: '~', delete: '-' } as const;

function objectLines({ added, changed, removed, unreadable }: ClusterReport): string[] {
  const lines = [
    ...added.map((id) => `  + ${idText(id)}`),
    ...changed.map((id) => `  ~ ${idText(id)}`),
    ...removed.map((id) => `  - ${idText(id)}`),
  ];
  if (unreadable !== undefined) lines.unshift(`  ! what is on disk cannot be rendered: ${unreadable}`);
  return lines.length === 0 ? ['  no object changes'] : lines;
}

const idText = ({ kind, namespace, name }: ObjectId) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
