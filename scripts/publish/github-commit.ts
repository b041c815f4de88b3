// [IO]

import { applied, type Delta } from './delta.ts';
import { ForgeFailure } from './failure.ts';
import { GitFailure } from './git.ts';
import { commitSha, commitText, treeSha } from './git-objects.ts';
import { push, writeTree } from './git-remote.ts';
import { type GitHub, isStatus } from './github.ts';
import type { CommitLimits } from './github-remote.ts';
import type { LocalObjects } from './local-objects.ts';
import type { Move, NewCommit, WrittenCommit } from './remote.ts';

/** Where pushed objects wait. Not a branch: no workflow starts. */
export const stagingRefs = 'refs/fleetc/staging/';

/** A request above so many bytes of content is not tried. */
const mostBytes = 1_000_000;

/** Objects that nothing refers to yet: a run that ends here leaves no trace. GitHub signs the commit if it names neither author nor committer. */
export async function writeGitHubCommit(
  github: GitHub,
  objects: LocalObjects,
  limits: CommitLimits,
  commit: NewCommit,
): Promise<WrittenCommit> {
  const staging = commit.deltas.length > limits.push ? await pushTree(github, objects, commit) : [];
  const pushed = staging.length === 0 ? undefined : await createCommit(github, commit).catch(unlessUnknownTree);
  if (pushed !== undefined) return { sha: pushed, staging };
  await createTrees(github, limits.chunk, commit);
  return { sha: await createCommit(github, commit), staging };
}

async function createCommit({ octokit, repository }: GitHub, { base, tree, message }: NewCommit): Promise<string> {
  const { data } = await octokit.rest.git.createCommit({ ...repository, message, tree, parents: [base.commit] });
  if (data.tree.sha !== tree) throw new Error(`GitHub made a commit of the tree ${data.tree.sha}, not ${tree}`);
  return data.sha;
}

/** Where GitHub does not take a tree that was pushed, it is made there. */
function unlessUnknownTree(error: unknown): undefined {
  if (isStatus(error, 422) && /tree/i.test(error.said)) return undefined;
  throw error;
}

/** One tree on top of the other, each checked; smaller steps where GitHub takes too long. */
async function createTrees(github: GitHub, chunk: number, { base, deltas }: NewCommit): Promise<void> {
  const { octokit, repository, clock } = github;
  let folder = base.tree;
  let size = chunk;
  for (let at = 0; at < deltas.length; ) {
    const step = stepFrom(deltas, at, size);
    try {
      const { data } = await octokit.rest.git.createTree({
        ...repository,
        base_tree: treeSha(folder),
        tree: step.map(rowOf),
        // The policy's own word: halving is better than trying the same again.
        request: { giveUpOn: step.length > 1 ? [502, 504] : [] },
      });
      folder = applied(folder, step);
      if (data.sha !== treeSha(folder)) throw new Error(`GitHub made the tree ${data.sha}, not ${treeSha(folder)}`);
      at += step.length;
    } catch (error) {
      if (step.length === 1 || !isTooMuch(error)) throw error;
      size = Math.ceil(step.length / 2);
      await clock.sleep(1_000);
    }
  }
}

const isTooMuch = (error: unknown): boolean =>
  error instanceof ForgeFailure &&
  ([502, 504].includes(error.status) || (error.status === 422 && /timed? ?out|too (?:large|many|long)|increment/i.test(error.said)));

function stepFrom(deltas: readonly Delta[], at: number, size: number): readonly Delta[] {
  let bytes = 0;
  const step: Delta[] = [];
  for (const delta of deltas.slice(at, at + size)) {
    bytes += Buffer.byteLength(delta.text ?? '');
    if (step.length > 0 && bytes > mostBytes) break;
    step.push(delta);
  }
  return step;
}

/** `sha: null` deletes. Deltas delete only what the base has: GitHub refuses the rest. */
const rowOf = ({ path, after, text }: Delta) =>
  after === undefined
    ? { path, mode: '100644' as const, type: 'blob' as const, sha: null }
    : { path, mode: after.mode as '100644' | '100755', type: 'blob' as const, content: text ?? '' };

/** One push instead of hundreds of requests; to a ref that starts no workflow and is deleted with the branch's move. Without a way to push,
 *  such as a clone that lacks the base: nothing. */
async function pushTree(github: GitHub, { git }: LocalObjects, commit: NewCommit): Promise<readonly Move[]> {
  const { address, token } = github;
  const url = `${address.server}/${address.owner}/${address.repo}.git`;
  const ref = `${stagingRefs}${commit.tree.slice(0, 16)}`;
  const text = commitText({
    tree: commit.tree,
    parents: [commit.base.commit],
    author: 'fleetc <fleetc@localhost> 0 +0000',
    message: 'Objects on their way to a branch.\n',
  });
  const sha = commitSha(text);
  try {
    writeTree(git, commit);
    git.run(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text });
    await git.reach([...push, '--force', url, `${sha}:${ref}`], { env: withToken(url, token) });
    return [{ ref, before: sha }];
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}

/** Not in the arguments, which every process can read; and first without what a checkout left in the configuration. */
function withToken(url: string, token: string): Readonly<Record<string, string>> {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const settings = [
    ['credential.helper', ''],
    [`http.${url}.extraHeader`, ''],
    [`http.${url}.extraHeader`, `Authorization: Basic ${basic}`],
  ];
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]),
  ]);
}
