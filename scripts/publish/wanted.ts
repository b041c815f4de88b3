import { isUtf8 } from 'node:buffer';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import type { Sources } from '../inventory/read.ts';
import { admit, type Owned, type Stray } from '../tree/ownership.ts';
import { type Change, plan } from '../tree/plan.ts';
import { type FileTree, ownedRoots } from '../tree/tree.ts';
import type { Delta } from './delta.ts';
import { blobSha, type Entry, entriesOf, type Folder, isFolder, treeSha, withEntries } from './git-objects.ts';
import { isSource } from './inventory-merge.ts';

/** A commit of the base branch, as far as publishing needs it. */
export interface Snapshot {
  readonly commit: string;
  /** All of the commit; folders that are none of ours as one entry each. */
  readonly tree: Folder;
}

/** The folders that publishing reads and writes. Nothing else is ever touched. */
export const managedRoots = ['clusters', ...ownedRoots] as const;

/** Paths of the snapshot in the folders of the output and of the inventory. */
export const managedFiles = ({ tree }: Snapshot): Map<string, Entry> =>
  new Map(
    managedRoots.flatMap((root) => {
      const node = tree.get(root);
      if (node === undefined) return [];
      return isFolder(node) ? [...entriesOf(node, `${root}/`)] : [[root, node] as const];
    }),
  );

/** Contents by their id. */
export type Blobs = ReadonlyMap<string, Uint8Array>;

export const blobsOf = (texts: Iterable<string>): Map<string, Uint8Array> =>
  new Map([...texts].map((text) => [blobSha(text), Buffer.from(text)]));

export const isOutput = (path: string): boolean => ownedRoots.some((root) => path === root || path.startsWith(`${root}/`));

/** What of these files has to be read before the change is known. */
export const unknownBlobs = (files: ReadonlyMap<string, Entry>, known: Blobs, which: (path: string) => boolean): string[] => [
  ...new Set([...files].flatMap(([path, { mode, sha }]) => (which(path) && isRegular(mode) && !known.has(sha) ? [sha] : []))),
];

const isRegular = (mode: Entry['mode']): boolean => mode === '100644' || mode === '100755';

/** The output as a commit has it, with what is there beside readable files, as a disk would show it. */
export function ownedOf(files: ReadonlyMap<string, Entry>, blobs: Blobs): Owned {
  const tree = new Map<string, string>();
  const strays: Stray[] = [];
  for (const [path, { mode, sha }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isOutput(path)) continue;
    const bytes = blobs.get(sha);
    if (!isRegular(mode)) strays.push({ path, kind: mode === '120000' ? 'symlink' : 'special' });
    else if (bytes === undefined) strays.push({ path, kind: 'unreadable' });
    else if (!isUtf8(bytes)) strays.push({ path, kind: 'not-utf-8' });
    else tree.set(path, Buffer.from(bytes).toString('utf8'));
  }
  return { tree, strays };
}

/** The inventory as a commit has it. A link is refused, as on disk. */
export function sourcesOf(
  files: ReadonlyMap<string, Entry>,
  blobs: Blobs,
): { readonly sources: Sources; readonly diagnostics: readonly Diagnostic[] } {
  const sources = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const [path, { mode, sha }] of files) {
    if (!isSource(path)) continue;
    const bytes = blobs.get(sha);
    if (isRegular(mode) && bytes !== undefined && isUtf8(bytes)) sources.set(path, Buffer.from(bytes).toString('utf8'));
    else
      diagnostics.push({
        code: 'publish/unreadable-source',
        severity: 'error',
        message: `${path} is no UTF-8 file on the base branch`,
        span: { file: path, line: 1, column: 1, length: 1 },
      });
  }
  return { sources, diagnostics };
}

export interface Wanted {
  /** In the order of paths; the inventory's first. */
  readonly deltas: readonly Delta[];
  readonly diagnostics: readonly Diagnostic[];
  /** Git tree of the compiled output alone. */
  readonly outputRoot: string;
}

/** What has to change on the base branch so that its inventory and its output are these. */
export function wanted(given: {
  readonly files: ReadonlyMap<string, Entry>;
  readonly owned: Owned;
  readonly output: FileTree;
  readonly sources: Sources;
  readonly baseSources: Sources;
}): Wanted {
  const { changes, diagnostics } = admit(plan(given.output, given.owned.tree), given.owned);
  const outputRoot = treeSha(
    withEntries(
      new Map(),
      [...given.output].map(([path, text]) => [path, regular(text)]),
    ),
  );
  if (hasErrors(diagnostics)) return { deltas: [], diagnostics, outputRoot };
  const all = [...plan(given.sources, given.baseSources), ...changes];
  return { deltas: all.map((change) => deltaOf(change, given.files.get(change.path))), diagnostics, outputRoot };
}

function deltaOf(change: Change, before: Entry | undefined): Delta {
  refuseOutside(change.path);
  return {
    path: change.path,
    ...(before && { before }),
    ...(change.kind !== 'delete' && { after: regular(change.after, before?.mode), text: change.after }),
  };
}

const regular = (text: string, mode?: Entry['mode']): Entry => ({ mode: mode === '100755' ? mode : '100644', sha: blobSha(text) });

/** Names are checked where they are read; this is the last door before somebody else's files. */
export function refuseOutside(path: string): void {
  const [root, ...names] = path.split('/');
  const isManaged = managedRoots.some((managed) => managed === root) && names.length > 0;
  if (!isManaged || names.some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git'))
    throw new Error(`bug: ${JSON.stringify(path)} is not in ${managedRoots.join(', ')}`);
}
