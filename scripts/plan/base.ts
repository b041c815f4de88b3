// [IO]

import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import type { PlanReport } from '../../generated/types/plan.d.ts';
import type { Sources } from '../inventory/read.ts';
import { type FileTree, ownedRoots } from '../tree/tree.ts';

/** What a plan compares with: the files of a commit. */
export interface Base {
  readonly base: PlanReport['base'];
  readonly tree: FileTree;
  readonly sources: Sources;
}

/** What git may print. The output of ten thousand edges has some 200 MB. */
const mostBytes = 2 ** 30;

/**
 * The committed inventory and output of a commit, without a look at the files on disk: the commit that `ref` names, or else the one at which
 * the work left the default branch. Undefined where there is no git, no repository or no commit. Symbolic links are not followed.
 */
export function readBase(root: string, { ref, branch }: { readonly ref?: string; readonly branch?: string }): Base | undefined {
  const git = gitIn(root);
  if (!isRepository(git)) {
    if (ref === undefined) return undefined;
    throw new Error(`--base ${ref}: ${root} is not in a git repository`);
  }
  const base = ref === undefined ? mergeBase(git, branch) : { ref, commit: commitOf(git, ref) };
  if (base === undefined) return undefined;
  if (base.commit === undefined) throw new Error(`--base ${base.ref}: git knows no such commit`);
  const { ref: named, commit } = base;
  const files = filesOf(git, commit);
  const isInventory = (path: string): boolean => path.startsWith('clusters/');
  return {
    base: { kind: 'git', ref: named, commit },
    tree: new Map([...files].filter(([path]) => !isInventory(path))),
    sources: new Map([...files].filter(([path]) => isInventory(path))),
  };
}

type Git = (
  args: readonly string[],
  input?: string,
) => { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string };

/** Runs git without a shell, and without what the environment could make it do: another repository, a prompt, a download. */
function gitIn(root: string): Git {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
  return (args, input) => {
    const { status, stdout, stderr, error } = spawnSync('git', ['--no-pager', ...args], {
      cwd: root,
      env,
      maxBuffer: mostBytes,
      ...(input !== undefined && { input }),
    });
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(`git ${args[0]}: ${error.message}`, { cause: error });
    return error === undefined
      ? { status, stdout, stderr: stderr.toString('utf8') }
      : { status: 127, stdout: Buffer.alloc(0), stderr: 'git is not installed' };
  };
}

/** Whether there is a repository. One that git refuses to read, for another owner, is an error to tell. */
function isRepository(git: Git): boolean {
  const { status, stderr } = git(['rev-parse', '--git-dir']);
  if (status === 0) return true;
  if (status === 127 || stderr.includes('not a git repository')) return false;
  throw new Error(stderr.trim());
}

/** A ref is a name, never an option or a range. */
function commitOf(git: Git, ref: string): string | undefined {
  if (!/^[^-\s:^~?*[\\][^\s:?*[\\]*$/.test(ref) || ref.includes('..'))
    throw new Error(`--base: ${JSON.stringify(ref)} is no name of a commit`);
  const { status, stdout } = git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return status === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** Where HEAD left the default branch, as origin has it or, without a remote, as it is here; HEAD itself where nobody knows that branch. */
function mergeBase(git: Git, branch: string | undefined): { readonly ref: string; readonly commit: string | undefined } | undefined {
  const head = commitOf(git, 'HEAD');
  if (head === undefined) return undefined;
  const named = branch === undefined || !/^[^-]/.test(branch) ? [] : [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`];
  for (const ref of ['refs/remotes/origin/HEAD', ...named]) {
    const commit = commitOf(git, ref);
    if (commit === undefined) continue;
    const short = ref.replace(/^refs\/(?:remotes|heads)\//, '');
    const { status, stdout } = git(['merge-base', 'HEAD', commit]);
    if (status === 0) return { ref: short, commit: stdout.toString('utf8').trim() };
    const shallow = git(['rev-parse', '--is-shallow-repository']).stdout.toString('utf8').trim() === 'true';
    throw new Error(
      shallow
        ? `this clone is shallow and lacks the commit at which HEAD left ${short}: run git fetch --unshallow, or name a commit with --base`
        : `HEAD and ${short} have no commit in common: name the commit to compare with by --base`,
    );
  }
  return { ref: 'HEAD', commit: head };
}

/** Texts of the inventory and the output in a commit, by path below the root. */
function filesOf(git: Git, commit: string): ReadonlyMap<string, string> {
  const listed = git(['ls-tree', '-r', '-z', commit, '--', 'clusters', ...ownedRoots]);
  if (listed.status !== 0) throw new Error(`git ls-tree: ${listed.stderr.trim()}`);
  const entries = listed.stdout
    .toString('utf8')
    .split('\0')
    .map((line) => /^100(?:644|755) blob ([0-9a-f]{40,64})\t(.+)$/s.exec(line))
    .flatMap((match) => (match === null ? [] : [{ id: match[1] as string, path: match[2] as string }]))
    .filter(({ path }) => !path.startsWith('clusters/') || (path.endsWith('.ts') && !path.endsWith('.d.ts')));
  if (entries.length === 0) return new Map();
  const { status, stdout, stderr } = git(['cat-file', '--batch'], entries.map(({ id }) => `${id}\n`).join(''));
  if (status !== 0) throw new Error(`git cat-file: ${stderr.trim()}`);

  const files = new Map<string, string>();
  let offset = 0;
  for (const { id, path } of entries) {
    const end = stdout.indexOf(10, offset);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(stdout.subarray(offset, end).toString('latin1'))?.[1];
    if (size === undefined) throw new Error(`git cat-file: ${id} of ${path} is missing here: fetch it, or name another commit with --base`);
    const bytes = stdout.subarray(end + 1, end + 1 + Number(size));
    offset = end + 1 + Number(size) + 1;
    // Like on disk: what is no text was not written by fleetc.
    if (isUtf8(bytes)) files.set(path, bytes.toString('utf8'));
  }
  return files;
}
