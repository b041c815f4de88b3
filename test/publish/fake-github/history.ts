import { type Commit, readCommit } from './commits.ts';
import type { Objects } from './objects.ts';
import { editTree, folderMode, readTree, type TreeEdits, type TreeEntry } from './trees.ts';

/** A commit and everything before it. */
export async function ancestors(objects: Objects, sha: string): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const waiting = [sha];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    const commit = await readCommit(objects, next);
    if (commit === undefined) continue;
    seen.add(next);
    waiting.push(...commit.parents);
  }
  return seen;
}

export async function isAncestor(objects: Objects, older: string, newer: string): Promise<boolean> {
  return older === newer || (await ancestors(objects, newer)).has(older);
}

/** The commits of `head` that `base` lacks, parents before children. */
export async function commitsBetween(objects: Objects, base: string, head: string): Promise<readonly Commit[]> {
  const known = await ancestors(objects, base);
  const ordered: Commit[] = [];
  const seen = new Set<string>();
  const waiting: { readonly sha: string; readonly parentsDone: boolean }[] = [{ sha: head, parentsDone: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { sha, parentsDone } = next;
    if (known.has(sha) || (seen.has(sha) && !parentsDone)) continue;
    seen.add(sha);
    const commit = await readCommit(objects, sha);
    if (commit === undefined) continue;
    if (parentsDone) ordered.push(commit);
    else waiting.push({ sha, parentsDone: true }, ...commit.parents.toReversed().map((parent) => ({ sha: parent, parentsDone: false })));
  }
  return ordered;
}

export async function mergeBase(objects: Objects, one: string, other: string): Promise<string | undefined> {
  const ofOne = await ancestors(objects, one);
  const common = [...(await ancestors(objects, other))].filter((sha) => ofOne.has(sha));
  const older = new Set<string>();
  for (const sha of common) for (const ancestor of await ancestors(objects, sha)) if (ancestor !== sha) older.add(ancestor);
  return common.find((sha) => !older.has(sha));
}

export interface TreeChange {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** Files that two trees do not have alike, by path. */
export async function treeChanges(
  objects: Objects,
  before: string | undefined,
  after: string | undefined,
  prefix = '',
): Promise<TreeChange[]> {
  if (before === after) return [];
  const old = before === undefined ? new Map<string, TreeEntry>() : ((await readTree(objects, before)) ?? new Map());
  const now = after === undefined ? new Map<string, TreeEntry>() : ((await readTree(objects, after)) ?? new Map());
  const changes: TreeChange[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(name), now.get(name)];
    if (a?.sha === b?.sha && a?.mode === b?.mode) continue;
    const path = `${prefix}${name}`;
    const folder = (entry: TreeEntry | undefined): string | undefined => (entry?.mode === folderMode ? entry.sha : undefined);
    const file = (entry: TreeEntry | undefined): TreeEntry | undefined => (entry?.mode === folderMode ? undefined : entry);
    if (file(a) !== undefined || file(b) !== undefined) changes.push({ path, before: file(a), after: file(b) });
    if (folder(a) !== undefined || folder(b) !== undefined) changes.push(...(await treeChanges(objects, folder(a), folder(b), `${path}/`)));
  }
  return changes;
}

/** Three-way, by whole files: the same file changed on both sides is a conflict, where git would look at its lines. */
export async function mergeTrees(
  objects: Objects,
  base: string | undefined,
  ours: string,
  theirs: string,
): Promise<{ readonly tree: string } | 'conflict'> {
  const mine = new Map((await treeChanges(objects, base, ours)).map((change) => [change.path, change.after?.sha]));
  const edits = new Map<string, TreeEntry | null>();
  for (const { path, after } of await treeChanges(objects, base, theirs)) {
    if (mine.has(path) && mine.get(path) !== after?.sha) return 'conflict';
    edits.set(path, after ?? null);
  }
  return { tree: await editTree(objects, ours, edits as TreeEdits) };
}
