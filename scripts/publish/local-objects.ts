// [IO]

import type { Git } from './git.ts';
import { type Entry, type Folder, modeOf, withEntries } from './git-objects.ts';
import type { Commit } from './ownership.ts';
import { type Blobs, managedRoots, type Snapshot } from './wanted.ts';

/** What the clone itself knows. */
export interface LocalObjects {
  readonly git: Git;
  has(sha: string): boolean;
  snapshot(commit: string): Snapshot;
  /** Those that are here. */
  blobs(shas: readonly string[]): Blobs;
  tree(sha: string): ReadonlyMap<string, Entry>;
  commitsBetween(base: string, head: string): readonly Commit[];
  commit(sha: string): Commit;
  /** Newest common commit of the work tree and a commit that may not be here; then of what the clone last saw of its branch. */
  mergeBase(commit: string, branch: string): string | undefined;
}

export function localObjects(git: Git): LocalObjects {
  const has = (sha: string) => git.ask(['cat-file', '-e', sha]) !== undefined;
  return {
    git,
    has,
    snapshot: (commit) => ({ commit, tree: folderOf(git, commit) }),
    blobs: (shas) => readBlobs(git, shas),
    tree: (sha) => new Map(rows(git.run(['ls-tree', '-z', sha]))),
    commitsBetween: (base, head) => readCommits(git, `${base}..${head}`),
    commit: (sha) => readCommits(git, '-1', sha)[0] ?? missing(sha),
    mergeBase(commit, branch) {
      const seen = git.ask(['for-each-ref', '--format=%(objectname)', `refs/remotes/*/${branch}`])?.split('\n') ?? [];
      for (const tip of [commit, ...seen]) {
        const found = tip !== '' && has(tip) ? git.ask(['merge-base', 'HEAD', tip]) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** The whole of a commit, folders that are none of ours unread. */
function folderOf(git: Git, commit: string): Folder {
  const roots = rows(git.run(['ls-tree', '-z', `${commit}^{tree}`]));
  const ours = roots.filter(([name, { mode }]) => mode === '40000' && managedRoots.some((root) => root === name)).map(([name]) => name);
  const top = new Map(roots.filter(([name]) => !ours.includes(name)));
  return ours.length === 0 ? top : withEntries(top, rows(git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...ours])));
}

const rows = (listing: Buffer): [string, Entry][] =>
  listing
    .toString('utf8')
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => {
      const [, mode = '', sha = '', path = ''] = /^(\d+) \w+ ([0-9a-f]{40})\t([\s\S]*)$/.exec(row) ?? [];
      return [path, { mode: modeOf(mode), sha }];
    });

function readBlobs(git: Git, shas: readonly string[]): Blobs {
  const found = new Map<string, Uint8Array>();
  if (shas.length === 0) return found;
  const out = git.run(['cat-file', '--batch'], { input: `${shas.join('\n')}\n` });
  for (let at = 0; at < out.length; ) {
    const line = out.indexOf(10, at);
    const [sha = '', kind, size] = out.toString('latin1', at, line).split(' ');
    at = line + 1;
    if (kind === 'missing' || size === undefined) continue;
    if (kind === 'blob') found.set(sha, out.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return found;
}

function missing(sha: string): never {
  throw new Error(`there is no commit ${sha}`);
}

function readCommits(git: Git, ...which: readonly string[]): Commit[] {
  const out = git
    .run(['log', '--encoding=UTF-8', '--topo-order', '--reverse', '-z', '--format=%H%n%T%n%P%n%an%n%B', ...which])
    .toString('utf8');
  return out
    .split('\0')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const [sha = '', tree = '', parents = '', author = '', ...message] = text.split('\n');
      return { sha, tree, parents: parents.split(' ').filter((parent) => parent !== ''), author, message: message.join('\n') };
    });
}
