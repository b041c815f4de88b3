// [IO]
import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import { admit, foldersOf, type Owned, type Stray, temporarySuffix } from './ownership.ts';
import type { Change } from './plan.ts';
import { type FileTree, ownedRoots } from './tree.ts';

/** All that is in the owned folders. Symbolic links are named, never followed. */
export function readOwned(root: string): Owned {
  const tree = new Map<string, string>();
  const strays: Stray[] = [];

  const readFolder = (path: string) => {
    const entries = attempt(() => readdirSync(join(root, path), { withFileTypes: true }));
    if (entries === undefined) strays.push({ path, kind: 'unreadable' });
    else if (entries.length === 0) strays.push({ path, kind: 'empty-folder' });
    else for (const entry of entries) read(`${path}/${entry.name}`, entry);
  };
  const read = (path: string, entry: Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>) => {
    if (entry.isDirectory()) readFolder(path);
    else if (entry.isSymbolicLink()) strays.push({ path, kind: 'symlink' });
    else if (!entry.isFile()) strays.push({ path, kind: 'special' });
    else if (path.endsWith(temporarySuffix)) strays.push({ path, kind: 'leftover' });
    else {
      const bytes = attempt(() => readFileSync(join(root, path)));
      if (bytes === undefined) strays.push({ path, kind: 'unreadable' });
      else if (!isUtf8(bytes)) strays.push({ path, kind: 'not-utf-8' });
      else tree.set(path, bytes.toString('utf8'));
    }
  };
  for (const path of ownedRoots) {
    const entry = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (entry !== undefined) read(path, entry);
  }
  return { tree: inOrder(tree), strays: strays.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

const inOrder = (tree: FileTree): FileTree => new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));

/** What cannot be read is named in the answer, with all the others. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Makes the changes, each file at once or not at all, and clears up after a run that was stopped. What is referred to is written before what
 *  refers to it, and deleted after it: a kill at any moment leaves a tree that the next run completes. An error means that nothing was written. */
export function write(root: string, owned: Owned, planned: readonly Change[]): Diagnostic[] {
  const { changes, diagnostics } = admit(planned, owned);
  if (hasErrors(diagnostics)) return diagnostics;

  const writes = changes.filter((change) => change.kind !== 'delete').sort(byRank);
  const deletes = changes.filter((change) => change.kind === 'delete').sort((a, b) => byRank(b, a));
  // Where a disk takes a.yaml and A.yaml for one file, the old name has to go before the new one comes.
  const written = new Set(writes.map(({ path }) => path.toLowerCase()));
  const [renamed, gone] = [
    deletes.filter(({ path }) => written.has(path.toLowerCase())),
    deletes.filter(({ path }) => !written.has(path.toLowerCase())),
  ];
  const leftovers = owned.strays.filter(({ kind }) => kind === 'leftover');
  const emptyFolders = owned.strays.filter(({ kind }) => kind === 'empty-folder');

  const remove = (changed: readonly { readonly path: string }[]) => {
    for (const { path } of changed) rmSync(join(root, path), { force: true });
  };
  remove([...leftovers, ...renamed]);
  removeEmpty(root, [...leftovers, ...renamed, ...emptyFolders.map(({ path }) => ({ path: `${path}/` }))]);
  const folders = new Set<string>();
  for (const { path, after } of writes) {
    const file = join(root, path);
    const folder = dirname(file);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(file + temporarySuffix, after);
    renameSync(file + temporarySuffix, file);
  }
  remove(gone);
  removeEmpty(root, gone);
  return diagnostics;
}

/** Bases, then overlays, then what Argo CD finds them by. */
const ranks = ['base', 'overlays', 'generated'];
const rank = (path: string) => ranks.indexOf(path.slice(0, path.indexOf('/')));
const byRank = (a: Change, b: Change) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1);

/** Removes the folders of these paths that are empty now, innermost first. */
function removeEmpty(root: string, changed: readonly { readonly path: string }[]): void {
  const folders = [...new Set(changed.flatMap(({ path }) => foldersOf(path)))].sort((a, b) => b.length - a.length);
  for (const folder of folders) if (attempt(() => readdirSync(join(root, folder)))?.length === 0) rmdirSync(join(root, folder));
}
