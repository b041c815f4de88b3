import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Edge, type Inventory, ringOf } from '../inventory/inventory.ts';
import type { FileTree } from '../tree/tree.ts';
import type { Delta } from './delta.ts';
import { deletionsOf, neededOf } from './shared-files.ts';

/** What one pull request brings. */
export interface Group {
  /** Such as `fleet`, `centre`, `ring_canary`, `ring_canary_kr`, `ring_canary_kr_3`: `_` is in no name of a ring or region. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** In the order of paths. */
  readonly deltas: readonly Delta[];
}

export interface Grouping {
  readonly groups: readonly Group[];
  /** Old parts that a ring still runs: deleted by the last pull request that makes them useless. */
  readonly postponed: readonly string[];
}

export interface Fleets {
  readonly after: Inventory;
  /** The base branch's; absent where it cannot be read. */
  readonly before: Inventory | undefined;
}

/** Which part of its ring an edge goes with; empty: the ring is whole. */
type Split = (edge: Edge, ring: string) => string;

/** All of it in one. */
export const oneGroup = (deltas: readonly Delta[]): Grouping => ({
  groups: deltas.length === 0 ? [] : [{ name: 'fleet', title: 'the fleet', deltas }],
  postponed: [],
});

/**
 * The centre first, then each ring in its order. A part is brought by each group that needs it, and deleted by a group after which nothing
 * refers to it, so that the groups may be merged in any order. `split` says which clusters of a ring go together.
 */
export function groupsByRing(
  deltas: readonly Delta[],
  { after, before }: Fleets,
  { baseTree, output }: { readonly baseTree: FileTree; readonly output: FileTree },
  split: Split = () => '',
): Grouping {
  const edges = new Map([...(before?.edges ?? []), ...after.edges].map((edge) => [edge.name, edge]));
  const current = new Set(after.edges);
  const fleetOf = (edge: Edge) => (current.has(edge) || before === undefined ? after.fleet : before.fleet);
  const wanted = new Set([...output.keys()].map((path) => posix.dirname(path)));
  const { rings } = after.fleet;
  const pieces = new Map<string, Delta[]>([['centre', []], ...rings.map((ring): [string, Delta[]] => [`ring_${ring}`, []])]);
  const shared: Delta[] = [];

  for (const delta of deltas) {
    const place = placeOf(delta.path);
    const edge = place.cluster === undefined ? undefined : edges.get(place.cluster);
    const ring = edge === undefined ? place.ring : ringOf(fleetOf(edge), edge);
    if (isShared(delta, wanted)) shared.push(delta);
    else if (ring === undefined || !rings.includes(ring)) pieces.get('centre')?.push(delta);
    else {
      const name = [`ring_${ring}`, edge === undefined ? '' : split(edge, ring)].filter((word) => word !== '').join('_');
      const piece = pieces.get(name) ?? [];
      piece.push(delta);
      pieces.set(name, piece);
    }
  }
  return withShared(inOrder(pieces, rings), shared, deltas, baseTree);
}

/** A part, and the last of a folder that nothing wanted refers to. A single file that is too much in a folder is a repair, as others are. */
const isShared = ({ path, after }: Delta, wanted: ReadonlySet<string>): boolean =>
  after === undefined ? /^base\/(?:parts|rings)\//.test(path) && !wanted.has(posix.dirname(path)) : path.startsWith('base/parts/');

const inOrder = (pieces: ReadonlyMap<string, Delta[]>, rings: readonly string[]) => {
  const rank = (name: string) => rings.indexOf(name.split('_')[1] ?? '');
  return [...pieces].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
};

/** Gives every group what it needs below `base/`, and deletes what nobody will. */
function withShared(
  pieces: readonly (readonly [string, readonly Delta[]])[],
  shared: readonly Delta[],
  all: readonly Delta[],
  baseTree: FileTree,
): Grouping {
  const brought = shared.filter(({ after }) => after !== undefined);
  const pointers = all.filter(({ path, before, after }) => path.startsWith('base/rings/') && before === undefined && after !== undefined);
  const filled = pieces.map(([name, own]) => ({ name, own: [...own, ...neededOf(own, [...brought, ...pointers])] }));
  // What somebody took out of a part while all that refers to it stays.
  const placed = new Set(filled.flatMap(({ own }) => own));
  filled[0]?.own.push(...brought.filter((delta) => !placed.has(delta)));

  const gone = shared.filter(({ after }) => after === undefined);
  const { byGroup, postponed } = deletionsOf(
    gone,
    filled.map(({ own }) => own),
    baseTree,
  );
  const groups = filled.flatMap(({ name, own }, i) => {
    const deltas = [...own, ...(byGroup[i] ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
    return deltas.length === 0 ? [] : [{ name, title: titleOf(name), deltas }];
  });
  return { groups, postponed };
}

function titleOf(name: string): string {
  const [, ring, region, shard] = name.split('_');
  if (ring === undefined) return 'the centre';
  return [`ring ${ring}`, ...(region === undefined ? [] : [region]), ...(shard === undefined ? [] : [`part ${shard}`])].join(', ');
}

/** Whose file it is, by its path. */
function placeOf(path: string): { readonly cluster?: string; readonly ring?: string } {
  const cluster =
    /^overlays\/[^/]+\/([^/]+)\//.exec(path)?.[1] ??
    /^generated\/argocd\/(?:params\/edge-[^/]+|autonomous)\/([^/]+)\.yaml$/.exec(path)?.[1];
  if (cluster !== undefined) return { cluster };
  const ring = /^base\/rings\/([^/]+)\//.exec(path)?.[1];
  return ring === undefined ? {} : { ring };
}

/** Splits rings of more than so many files by region, and regions by the hash of the cluster's name into 2, 4, 8 … shards: a new cluster
 *  moves no other until the number doubles. */
export function splitOf(grouping: Grouping, fleets: Fleets, maxFiles: number): Split | undefined {
  const large = grouping.groups.filter(({ name, deltas }) => name.startsWith('ring_') && deltas.length > maxFiles);
  if (large.length === 0) return undefined;
  const shards = new Map<string, number>();
  for (const { name, deltas } of large) {
    const files = new Map<string, string[]>();
    const regions = new Map([...(fleets.before?.edges ?? []), ...fleets.after.edges].map((edge) => [edge.name, edge.region]));
    for (const { path } of deltas) {
      const { cluster } = placeOf(path);
      const region = cluster === undefined ? undefined : regions.get(cluster);
      if (cluster === undefined || region === undefined) continue;
      const key = `${name}_${region}`;
      const clusters = files.get(key) ?? [];
      clusters.push(cluster);
      files.set(key, clusters);
    }
    for (const [key, clusters] of files) shards.set(key, shardCount(clusters, maxFiles));
  }
  return ({ name, region }, ring) => {
    const count = shards.get(`ring_${ring}_${region}`);
    if (count === undefined) return '';
    return count === 1 ? region : `${region}_${hash(name) % count}`;
  };
}

function shardCount(clusters: readonly string[], maxFiles: number): number {
  for (let count = 1; count < 4096; count *= 2) {
    const sizes = new Map<number, number>();
    for (const cluster of clusters) sizes.set(hash(cluster) % count, (sizes.get(hash(cluster) % count) ?? 0) + 1);
    if ([...sizes.values()].every((size) => size <= maxFiles)) return count;
  }
  return 4096;
}

const hash = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE(0);
