// [IO]
import { ForgeFailure } from './failure.ts';
import { type GitHub, isStatus } from './github.ts';
import type { Move } from './remote.ts';

const nothing = '0'.repeat(40);

/** All refs at once, each only where it still is where it was read: REST's `force` would overwrite what somebody pushed in between. */
export async function moveBranches(github: GitHub, moves: readonly Move[]): Promise<'moved' | 'lost'> {
  const refUpdates = moves.map(({ ref, before, after }) => ({
    name: ref,
    beforeOid: before ?? nothing,
    afterOid: after ?? nothing,
    force: true,
  }));
  for (let tries = 1; ; tries++)
    try {
      await github.graphql('mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }', {
        input: { repositoryId: github.id, refUpdates },
      });
      return 'moved';
    } catch (error) {
      if (!(error instanceof ForgeFailure)) throw error;
      // Whatever it says: the refs say what became of it.
      const now = new Map<Move, string | undefined>();
      for (const move of moves) now.set(move, await currentOf(github, move.ref));
      if (moves.every((move) => now.get(move) === move.after)) return 'moved';
      if (moves.some((move) => now.get(move) !== move.before)) return 'lost';
      const heads = moves.filter(({ ref }) => ref.startsWith('refs/heads/'));
      if (!error.isLost && heads.length < moves.length) return moveApart(github, heads, moves);
      if (tries >= (error.isLost ? 4 : 2)) throw error.isLost ? error : await withRules(github, error, moves);
      await github.clock.sleep(1_000 * 2 ** (tries - 1));
    }
}

/** Where `updateRefs` takes branches only: the branches, and then what held their objects. */
async function moveApart(github: GitHub, heads: readonly Move[], moves: readonly Move[]): Promise<'moved' | 'lost'> {
  const result = heads.length === 0 ? 'moved' : await moveBranches(github, heads);
  const { octokit, repository } = github;
  for (const { ref } of moves.filter((move) => !heads.includes(move)))
    await octokit.rest.git.deleteRef({ ...repository, ref: ref.slice('refs/'.length) }).catch((error: unknown) => {
      // Gone, or not ours to delete: it is a ref that nobody looks at.
      if (!isStatus(error, 422) && !isStatus(error, 404) && !isStatus(error, 403)) throw error;
    });
  return result;
}

async function currentOf({ octokit, repository }: GitHub, ref: string): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.git.getRef({ ...repository, ref: ref.slice('refs/'.length) });
    return data.object.sha;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** GitHub says that a rule forbids it, and not which. */
async function withRules({ octokit, repository }: GitHub, failure: ForgeFailure, moves: readonly Move[]): Promise<ForgeFailure> {
  const branches = moves.filter(({ ref }) => ref.startsWith('refs/heads/')).map(({ ref }) => ref.slice('refs/heads/'.length));
  const rules = new Set<string>();
  for (const branch of branches) {
    const { data } = await octokit.rest.repos.getBranchRules({ ...repository, branch }).catch(() => ({ data: [] }));
    for (const rule of data) rules.add(`${rule.type}${rule.ruleset_id === undefined ? '' : ` (ruleset ${rule.ruleset_id})`}`);
  }
  const advice =
    rules.size === 0 ? undefined : `Rules for ${branches.join(', ')}: ${[...rules].join(', ')}. Let the publisher bypass them.`;
  const { status, method, route, requestId, said } = failure;
  return new ForgeFailure({ status, method, route, requestId, isLost: false, said, advice });
}
