// [IO]
import { Refusal } from './failure.ts';
import { type Git, GitFailure } from './git.ts';
import type { LocalObjects } from './local-objects.ts';
import type { Move, NewCommit, Remote } from './remote.ts';

/** A plain git remote: its name in the clone, an address, or a path. */
export function gitRemote(objects: LocalObjects, name: string): Remote {
  const { git } = objects;
  // By its address: with its name git would note its new branches in the clone, which has none of their objects.
  const remote = git.ask(['remote', 'get-url', '--push', '--', name]) ?? name;
  const tips: Tips = async (pattern) =>
    new Map(
      (await git.reach(['ls-remote', '--refs', '--', remote, pattern]))
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t'))
        .map(([sha = '', ref = '']) => [ref.slice('refs/heads/'.length), sha]),
    );
  const fetched = async (shas: readonly string[]) => {
    const missing = shas.filter((sha) => !objects.has(sha));
    // No refspec with a target, and no FETCH_HEAD: what comes goes to our own folder.
    if (missing.length > 0)
      await git.reach([
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--refmap=',
        '--no-auto-gc',
        '--recurse-submodules=no',
        remote,
        ...missing,
      ]);
  };
  return {
    async readBranch(branch) {
      const all = await tips('refs/heads/*');
      const sha = all.get(branch);
      if (sha === undefined) throw new Refusal(missingBranch(name, branch, [...all.keys()]));
      await fetched([sha]);
      return objects.snapshot(sha);
    },
    readBlobs: async (shas) => objects.blobs(shas),
    async readHeads(prefix) {
      const heads = await tips(`refs/heads/${prefix}*`);
      await fetched([...heads.values()]);
      return heads;
    },
    commitsBetween: async (base, head) => objects.commitsBetween(base, head),
    sweep: async () => {},
    readCommit: async (sha) => objects.commit(sha),
    readTree: async (sha) => objects.tree(sha),
    writeCommit: async (commit) => ({ sha: writeCommit(git, commit), staging: [] }),
    moveBranches: (moves) => move(git, remote, moves, tips),
  };
}

/** Branches that match, with their newest commits. */
type Tips = (pattern: string) => Promise<ReadonlyMap<string, string>>;

function missingBranch(remote: string, branch: string, there: readonly string[]): string {
  if (there.length === 0) return `${remote} has no commit yet. Push the first one yourself: git push ${remote} HEAD:refs/heads/${branch}`;
  return `${remote} has no branch ${branch}. It has ${there.slice(0, 5).join(', ')}${there.length > 5 ? ', …' : ''}: name the base with --base.`;
}

/** Only what is named: no tags, no hooks of the user. */
export const push = ['push', '--quiet', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'] as const;

/** Blobs by one fast-import, the tree by an index of our own. */
export function writeTree(git: Git, { base, deltas, tree }: Pick<NewCommit, 'base' | 'deltas' | 'tree'>): void {
  const blobs = deltas.flatMap(({ text }) => (text === undefined ? [] : [Buffer.from(text)]));
  if (blobs.length > 0)
    git.run(['fast-import', '--quiet', '--done'], {
      input: Buffer.concat([
        ...blobs.flatMap((blob) => [Buffer.from(`blob\ndata ${blob.length}\n`), blob, Buffer.from('\n')]),
        Buffer.from('done\n'),
      ]),
    });
  git.run(['read-tree', base.commit]);
  const nothing = '0'.repeat(40);
  const rows = deltas.map(({ path, after }) => `${after?.mode ?? '0'} ${after?.sha ?? nothing}\t${path}\0`);
  git.run(['update-index', '-z', '--index-info'], { input: rows.join('') });
  const written = git.run(['write-tree']).toString('utf8').trim();
  if (written !== tree) throw new Error(`bug: git wrote the tree ${written}, not ${tree}`);
}

function writeCommit(git: Git, commit: NewCommit): string {
  writeTree(git, commit);
  const isNamed = git.ask(['var', 'GIT_COMMITTER_IDENT']) !== undefined;
  const [name, address] = ['fleetc', 'fleetc@localhost'];
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: address, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: address };
  const sign = git.ask(['config', '--bool', 'commit.gpgSign']) === 'true' ? ['-S'] : [];
  const args = ['commit-tree', ...sign, commit.tree, '-p', commit.base.commit, '-F', '-'];
  const written = git.run(args, { input: commit.message, ...(!isNamed && { env }) });
  return written.toString('utf8').trim();
}

/** `--force-with-lease` with the id that was read: without it, it is no lease. */
async function move(git: Git, remote: string, moves: readonly Move[], tips: Tips): Promise<'moved' | 'lost'> {
  const leases = moves.map(({ ref, before }) => `--force-with-lease=${ref}:${before ?? ''}`);
  try {
    await git.reach([
      'push',
      '--quiet',
      '--no-verify',
      '--atomic',
      ...leases,
      remote,
      ...moves.map(({ ref, after }) => `${after ?? ''}:${ref}`),
    ]);
    return 'moved';
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const there = await tips('refs/heads/*');
    const now = ({ ref }: Move) => there.get(ref.slice('refs/heads/'.length));
    if (moves.every((each) => now(each) === each.after)) return 'moved';
    if (moves.some((each) => now(each) !== each.before)) return 'lost';
    throw error;
  }
}
