// [IO]
import { foreignCommits } from './foreign-commits.ts';
import type { Commit } from './ownership.ts';
import type { Place } from './place.ts';
import { named, type Pull } from './pull-request.ts';
import type { Remote } from './remote.ts';
import type { GroupResult } from './result.ts';

/** More commits than anybody reads are not ours. */
export async function foreignOf(
  remote: Remote,
  commits: readonly Commit[] | undefined,
): Promise<readonly { readonly sha: string; readonly author: string }[]> {
  return commits === undefined ? [{ sha: '', author: 'more than 100 commits' }] : foreignCommits(remote, commits);
}

/** Says once that the branch is left as it is. */
export async function block(
  { pulls }: Place,
  open: Pull | undefined,
  foreign: readonly { readonly sha: string; readonly author: string }[],
): Promise<Pick<GroupResult, 'status' | 'reason' | 'warnings' | 'pull'>> {
  const list = foreign.map(({ sha, author }) =>
    [sha.slice(0, 12), author.replace(/[^\p{L}\p{N} .-]/gu, '')].filter((word) => word !== '').join(' '),
  );
  const reason = `commits of others are on the branch: ${list.slice(0, 10).join(', ')}${list.length > 10 ? `, and ${list.length - 10} more` : ''}`;
  if (open === undefined || pulls === undefined) return { status: 'blocked', reason, warnings: [] };
  await pulls.say(
    open.number,
    'blocked',
    `fleetc leaves this branch as it is, since ${reason}.\n\nTake them over into the inventory on the base branch and remove them here; or tick the box "Regenerate this branch" above, or run \`fleetc publish --discard-foreign\`, to throw them away.`,
  );
  return { status: 'blocked', reason, warnings: await pulls.label(open, 'fleetc-blocked'), pull: named(open) };
}
