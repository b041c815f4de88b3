import type { Diagnostic } from '../diagnostic.ts';
import type { Change } from './plan.ts';
import { type FileTree, isMarked } from './tree.ts';

/** What the owned folders hold on disk. */
export interface Owned {
  readonly tree: FileTree;
  /** What is there beside readable files, in the order of paths. */
  readonly strays: readonly Stray[];
}

export interface Stray {
  readonly path: string;
  readonly kind: 'symlink' | 'special' | 'unreadable' | 'not-utf-8' | 'leftover' | 'empty-folder';
}

/** Temporary files end in this; one that is found is left by a run that was stopped. */
export const temporarySuffix = '.fleetc-tmp';

/** A path that differs from what a fresh compile writes, and why. */
export interface Drift {
  readonly path: string;
  readonly why: string;
}

/** How the disk differs from a fresh compile. An empty folder is no drift: git does not know it. */
export const driftOf = (changes: readonly Change[], strays: readonly Stray[]): Drift[] =>
  [
    ...changes.map((change) => ({ path: change.path, why: reasons[isForeign(change) ? 'foreign' : change.kind] })),
    ...strays.filter(({ kind }) => kind !== 'empty-folder').map(({ path, kind }) => ({ path, why: reasons[kind] })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));

const reasons = {
  create: 'is missing',
  update: 'differs from what fleetc compiles',
  delete: 'is no longer compiled from the inventory',
  foreign: 'was not written by fleetc',
  symlink: 'is a symbolic link',
  special: 'is no regular file',
  unreadable: 'cannot be read',
  'not-utf-8': 'is not UTF-8 text',
  leftover: 'is left by a compile that was stopped',
  'empty-folder': 'is an empty folder',
} as const;

const isForeign = (change: Change): boolean => change.kind !== 'create' && !isMarked(change.before);

/** The changes that touch nothing but what fleetc wrote. A file of somebody else that is merely in the folder stays, with a warning; what is
 *  in the way of the output is an error, and then nothing may be written. */
export function admit(
  changes: readonly Change[],
  { tree, strays }: Owned,
): { readonly changes: Change[]; readonly diagnostics: Diagnostic[] } {
  const writes = new Set(changes.filter(({ kind }) => kind !== 'delete').map(({ path }) => path));
  const folders = new Set([...writes].flatMap(foldersOf));
  const isFileForFolder = (path: string) => folders.has(path);
  const isFolderForFile = (path: string) => foldersOf(path).some((folder) => writes.has(folder));

  const foreign = new Map<string, string>();
  for (const { path, kind } of strays) if (kind !== 'leftover' && kind !== 'empty-folder') foreign.set(path, reasons[kind]);
  for (const [path, text] of tree) {
    if (!isMarked(text)) foreign.set(path, reasons.foreign);
    else if (isFileForFolder(path)) foreign.set(path, 'is a file where a folder has to be');
    else if (isFolderForFile(path)) foreign.set(path, 'is in a folder where a file has to be');
  }
  return {
    changes: changes.filter((change) => change.kind !== 'delete' || !isForeign(change)),
    diagnostics: [...foreign].map(([path, why]) => ({
      code: 'tree/foreign-file',
      severity: writes.has(path) || isFileForFolder(path) || isFolderForFile(path) ? 'error' : 'warning',
      message: `${path} ${why}`,
      hint: `move it out of ${path.includes('/') ? `${path.split('/')[0]}/` : 'the way'} or delete it`,
      span: { file: path, line: 1, column: 1, length: 1 },
    })),
  };
}

/** The folders that a path is in, outermost first. */
export const foldersOf = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
