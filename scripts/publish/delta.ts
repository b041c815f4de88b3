import { createHash } from 'node:crypto';
import type { FileTree } from '../tree/tree.ts';
import { type Entry, type Folder, withEntries } from './git-objects.ts';

/** What a commit does to one path. */
export interface Delta {
  readonly path: string;
  /** What the base branch holds; absent: nothing. */
  readonly before?: Entry;
  /** Absent: the file is deleted. */
  readonly after?: Entry;
  /** The bytes of `after`. */
  readonly text?: string;
}

/** Says what changes from what to what. Where the base branch moves on one of these paths, the digest is another. */
export function changeDigest(deltas: readonly Delta[]): string {
  const hash = createHash('sha256');
  const words = (entry: Entry | undefined) => (entry === undefined ? '-' : `${entry.mode} ${entry.sha}`);
  for (const { path, before, after } of deltas) hash.update(`${path}\0${words(before)}\0${words(after)}\0`);
  return hash.digest('hex');
}

export const applied = (folder: Folder, deltas: readonly Delta[]): Folder =>
  withEntries(
    folder,
    deltas.map(({ path, after }) => [path, after]),
  );

/** Texts with the changes made to them, as far as they are of one kind. */
export function withDeltas(tree: FileTree, deltas: readonly Delta[], which: (path: string) => boolean): FileTree {
  const next = new Map(tree);
  for (const { path, text } of deltas)
    if (which(path)) {
      if (text === undefined) next.delete(path);
      else next.set(path, text);
    }
  return new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
}
