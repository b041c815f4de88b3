// [IO]
import { Refusal } from './failure.ts';
import { type Entry, type Folder, modeOf, treeSha, withEntries } from './git-objects.ts';
import { type GitHub, isStatus } from './github.ts';
import { stagingRefs, writeGitHubCommit } from './github-commit.ts';
import { moveBranches } from './github-refs.ts';
import type { LocalObjects } from './local-objects.ts';
import type { Commit } from './ownership.ts';
import type { Remote } from './remote.ts';
import { managedRoots, type Snapshot } from './wanted.ts';

/** GitHub's repository. What the clone has is read there: it costs no request. */
export function gitHubRemote(github: GitHub, objects: LocalObjects, limits: CommitLimits): Remote {
  const { octokit, repository } = github;
  const entries = async (sha: string) => (await listTree(github, sha, false)).map(({ path, entry }): [string, Entry] => [path, entry]);
  return {
    async readBranch(branch) {
      const sha = await headOf(github, branch);
      return objects.has(sha) ? objects.snapshot(sha) : readSnapshot(github, sha);
    },
    async readBlobs(shas) {
      const found = new Map(objects.blobs(shas));
      for (const sha of shas)
        if (!found.has(sha)) {
          const { data } = await octokit.rest.git.getBlob({ ...repository, file_sha: sha });
          found.set(sha, Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8'));
        }
      return found;
    },
    async readHeads(prefix) {
      const refs = await octokit.paginate(octokit.rest.git.listMatchingRefs, { ...repository, ref: `heads/${prefix}` });
      return new Map(refs.map(({ ref, object }) => [ref.slice('refs/heads/'.length), object.sha]));
    },
    async commitsBetween(base, head) {
      const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
        ...repository,
        basehead: `${base}...${head}`,
        per_page: onePage,
      });
      if (data.total_commits > onePage) return undefined;
      return data.commits.map(
        (each): Commit => ({
          sha: each.sha,
          tree: each.commit.tree.sha,
          parents: each.parents.map(({ sha }) => sha),
          author: each.author?.login ?? each.commit.author?.name ?? '',
          message: each.commit.message,
        }),
      );
    },
    async sweep() {
      const { data } = await octokit.rest.git.listMatchingRefs({ ...repository, ref: stagingRefs.slice('refs/'.length) });
      if (data.length > 0)
        await moveBranches(
          github,
          data.map(({ ref, object }) => ({ ref, before: object.sha })),
        );
    },
    async readCommit(sha) {
      const { data } = await octokit.rest.git.getCommit({ ...repository, commit_sha: sha });
      return {
        sha,
        tree: data.tree.sha,
        parents: data.parents.map((parent) => parent.sha),
        author: data.author.name,
        message: data.message,
      };
    },
    readTree: async (sha) => (objects.has(sha) ? objects.tree(sha) : new Map(await entries(sha))),
    writeCommit: (commit) => writeGitHubCommit(github, objects, limits, commit),
    moveBranches: (moves) => moveBranches(github, moves),
  };
}

/** Our branches have one commit, and a merge for each time that somebody updated them. */
const onePage = 100;

export interface CommitLimits {
  /** Entries in one tree request. */
  readonly chunk: number;
  /** Above so many changed files the objects are pushed with git. */
  readonly push: number;
}

async function headOf(github: GitHub, branch: string): Promise<string> {
  const { octokit, repository, defaultBranch, address } = github;
  try {
    const { data } = await octokit.rest.git.getRef({ ...repository, ref: `heads/${branch}` });
    return data.object.sha;
  } catch (error) {
    const name = `${address.owner}/${address.repo}`;
    if (isStatus(error, 409))
      throw new Refusal(
        `${name} has no commit yet. Push the first one yourself: git push ${address.server}/${name}.git HEAD:refs/heads/${branch}`,
      );
    if (!isStatus(error, 404)) throw error;
    throw new Refusal(
      `${name} has no branch ${branch}; its default branch is ${defaultBranch}. Name the base with --base, or in repository.branch of clusters/fleet.ts.`,
    );
  }
}

async function readSnapshot(github: GitHub, commit: string): Promise<Snapshot> {
  const { data } = await github.octokit.rest.git.getCommit({ ...github.repository, commit_sha: commit });
  const top = new Map<string, Entry | Folder>();
  for (const { path, entry } of await listTree(github, data.tree.sha, false))
    top.set(path, entry.mode === '40000' && managedRoots.some((root) => root === path) ? await readFolder(github, entry.sha) : entry);
  return { commit, tree: verified(top, data.tree.sha) };
}

/** A folder with all below. A listing that GitHub cut is never taken for the whole: then folder by folder. */
async function readFolder(github: GitHub, sha: string): Promise<Folder> {
  const rows = await listTree(github, sha, true);
  if (rows !== undefined)
    return verified(
      withEntries(
        new Map(),
        rows.filter(({ entry }) => entry.mode !== '40000').map(({ path, entry }) => [path, entry]),
      ),
      sha,
    );
  const folder = new Map<string, Entry | Folder>();
  for (const { path, entry } of await listTree(github, sha, false))
    folder.set(path, entry.mode === '40000' ? await readFolder(github, entry.sha) : entry);
  return verified(folder, sha);
}

const verified = (folder: Folder, sha: string): Folder => {
  if (treeSha(folder) !== sha) throw new Error(`GitHub's listing of the tree ${sha} is not the whole of it`);
  return folder;
};

interface Row {
  readonly path: string;
  readonly entry: Entry;
}

function listTree(github: GitHub, sha: string, recursive: false): Promise<readonly Row[]>;
function listTree(github: GitHub, sha: string, recursive: true): Promise<readonly Row[] | undefined>;
async function listTree(github: GitHub, sha: string, recursive: boolean): Promise<readonly Row[] | undefined> {
  const { data } = await github.octokit.rest.git.getTree({ ...github.repository, tree_sha: sha, ...(recursive && { recursive: '1' }) });
  if (data.truncated) {
    if (recursive) return undefined;
    throw new Error(`GitHub lists only a part of the tree ${sha}: a folder has too many files`);
  }
  return data.tree.map(({ path, mode, sha: id }) => ({ path, entry: { mode: modeOf(mode), sha: id } }));
}
