import { createHash } from 'node:crypto';

/** What git keeps of one path. Ids are computed here, so that a plan knows its tree before anything is written, and an answer can be checked. */
export interface Entry {
  /** `40000` is a folder, as git writes it in a tree. */
  readonly mode: Mode;
  /** 40 hexadecimal digits. */
  readonly sha: string;
}

export const modes = ['100644', '100755', '120000', '160000', '40000'] as const;
export type Mode = (typeof modes)[number];

/** GitHub writes a folder's mode with a leading zero. A mode that git does not know is refused: it would change the tree silently. */
export function modeOf(text: string): Mode {
  const mode = modes.find((known) => known === text.replace(/^0/, ''));
  if (mode === undefined) throw new Error(`git has no mode ${JSON.stringify(text)}`);
  return mode;
}

/** Never changed once made: a new tree shares what is the same. */
export type Folder = ReadonlyMap<string, Entry | Folder>;

export const blobSha = (text: string | Uint8Array): string => objectSha('blob', typeof text === 'string' ? Buffer.from(text) : text);

export const isFolder = (node: Entry | Folder | undefined): node is Folder => node instanceof Map;

/** The id that git gives to a folder and all below it. */
export function treeSha(folder: Folder): string {
  const known = ids.get(folder);
  if (known !== undefined) return known;
  const rows = [...folder].map(([name, node]) => ({ name, ...(isFolder(node) ? { mode: '40000' as const, sha: treeSha(node) } : node) }));
  rows.sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const sha = objectSha(
    'tree',
    Buffer.concat(rows.flatMap((row) => [Buffer.from(`${row.mode} ${row.name}\0`), Buffer.from(row.sha, 'hex')])),
  );
  ids.set(folder, sha);
  return sha;
}

/** A function of the key alone, so that it matters to nobody who asks first. */
const ids = new WeakMap<Folder, string>();

/** Git sorts by bytes, a folder as if its name ended in `/`. */
const sortKey = ({ name, mode }: { readonly name: string; readonly mode: Mode }): Buffer =>
  Buffer.from(mode === '40000' ? `${name}/` : name);

/** The text of a commit, as git hashes it. */
export const commitText = (commit: {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `Name <address> seconds +0000` */
  readonly author: string;
  readonly message: string;
}): string =>
  [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${commit.author}`,
    '',
    commit.message,
  ].join('\n');

export const commitSha = (text: string): string => objectSha('commit', Buffer.from(text));

function objectSha(kind: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** A folder with these paths set, or taken away where there is no entry; folders that become empty are gone, as in git. */
export function withEntries(folder: Folder, entries: Iterable<readonly [path: string, entry: Entry | undefined]>): Folder {
  const here = new Map(folder);
  const below = new Map<string, [string, Entry | undefined][]>();
  for (const [path, entry] of entries) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      if (entry === undefined) here.delete(path);
      else here.set(path, entry);
      continue;
    }
    const name = path.slice(0, slash);
    const inner = below.get(name) ?? [];
    inner.push([path.slice(slash + 1), entry]);
    below.set(name, inner);
  }
  for (const [name, inner] of below) {
    const node = here.get(name);
    if (node !== undefined && !isFolder(node) && node.mode === '40000') throw new Error(`bug: what is in the folder ${name} was not read`);
    const next = withEntries(isFolder(node) ? node : new Map(), inner);
    if (next.size === 0) here.delete(name);
    else here.set(name, next);
  }
  return here;
}

/** The files of a folder by path. A folder that was not read counts as one entry. */
export function* entriesOf(folder: Folder, prefix = ''): Generator<readonly [path: string, entry: Entry]> {
  for (const [name, node] of folder)
    if (isFolder(node)) yield* entriesOf(node, `${prefix}${name}/`);
    else yield [`${prefix}${name}`, node];
}
