import type { Objects } from './objects.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly sha: string;
}
export type Tree = ReadonlyMap<string, TreeEntry>;
/** `null` deletes. */
export type TreeEdits = ReadonlyMap<string, TreeEntry | null>;

export const folderMode = '40000';

export async function readTree(objects: Objects, sha: string): Promise<Tree | undefined> {
  const found = await objects.read(sha);
  if (found?.type !== 'tree') return undefined;
  const entries = new Map<string, TreeEntry>();
  const { body } = found;
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const end = body.indexOf(0, space);
    entries.set(body.toString('utf8', space + 1, end), {
      mode: body.toString('latin1', at, space),
      sha: body.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

export function writeTree(objects: Objects, tree: Tree): string {
  // Git orders a folder as if its name ended in a slash.
  const ordered = [...tree]
    .map(([name, entry]) => ({ ...entry, name: Buffer.from(name), key: Buffer.from(entry.mode === folderMode ? `${name}/` : name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  return objects.write(
    'tree',
    Buffer.concat(ordered.flatMap(({ mode, name, sha }) => [Buffer.from(`${mode} `), name, Buffer.from([0]), Buffer.from(sha, 'hex')])),
  );
}

export interface Listed extends TreeEntry {
  readonly path: string;
}

/** Everything below a tree, folders before what they hold. Stops one past the limit. */
export async function listTree(objects: Objects, sha: string, limit = Number.POSITIVE_INFINITY): Promise<Listed[]> {
  const listed: Listed[] = [];
  const walk = async (tree: string, prefix: string): Promise<void> => {
    for (const [name, entry] of (await readTree(objects, tree)) ?? []) {
      if (listed.length > limit) return;
      listed.push({ path: `${prefix}${name}`, ...entry });
      if (entry.mode === folderMode) await walk(entry.sha, `${prefix}${name}/`);
    }
  };
  await walk(sha, '');
  return listed;
}

/** The files of a tree, by path. */
export async function filesOfTree(objects: Objects, sha: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const listed = await listTree(objects, sha);
  return new Map(listed.filter(({ mode }) => mode !== folderMode).map(({ path, mode, sha: file }) => [path, { mode, sha: file }]));
}

/** A tree with other entries laid over it; folders that become empty go. */
export async function editTree(objects: Objects, base: string | undefined, edits: TreeEdits): Promise<string> {
  return (await editFolder(objects, base, edits)) ?? objects.write('tree', Buffer.alloc(0));
}

async function editFolder(objects: Objects, base: string | undefined, edits: TreeEdits): Promise<string | undefined> {
  const tree = new Map(base === undefined ? [] : await readTree(objects, base));
  const below = new Map<string, Map<string, TreeEntry | null>>();
  for (const [path, entry] of edits) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      if (entry === null) tree.delete(path);
      else tree.set(path, entry);
      continue;
    }
    const name = path.slice(0, slash);
    below.set(name, (below.get(name) ?? new Map()).set(path.slice(slash + 1), entry));
  }
  for (const [name, inner] of below) {
    const there = tree.get(name);
    const sha = await editFolder(objects, there?.mode === folderMode ? there.sha : undefined, inner);
    if (sha !== undefined) tree.set(name, { mode: folderMode, sha });
    else if (there?.mode === folderMode) tree.delete(name);
  }
  return tree.size === 0 ? undefined : writeTree(objects, tree);
}

/** Whether a path is there, as a file or a folder. */
export async function entryAt(objects: Objects, tree: string, path: string): Promise<TreeEntry | undefined> {
  let at: TreeEntry | undefined = { mode: folderMode, sha: tree };
  for (const name of path.split('/')) {
    if (at?.mode !== folderMode) return undefined;
    at = (await readTree(objects, at.sha))?.get(name);
  }
  return at;
}
