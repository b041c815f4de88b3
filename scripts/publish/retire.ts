// [IO]
import { block, foreignOf } from './blocked.ts';
import { ourPart, withOurPart } from './marker.ts';
import { isOurs } from './ownership.ts';
import { Overtaken, type Place } from './place.ts';
import { named } from './pull-request.ts';
import type { GroupResult } from './result.ts';

/** Closes and deletes what has nothing to change any more. Undefined: the branch is none of ours, or somebody else's too. */
export async function retire(place: Place, branch: string, group: string, head: string): Promise<GroupResult | undefined> {
  const { remote, pulls, base, baseBranch } = place;
  const all = (await pulls?.of(branch)) ?? [];
  const marked = all.filter(({ body }) => ourPart(body)?.marker.base === baseBranch);
  const commits = await remote.commitsBetween(base.commit, head);
  // A branch that was merged as it is has no commit of its own any more.
  const own = commits?.length === 0 ? [await remote.readCommit(head)] : (commits ?? []);
  if (marked.length === 0 && !own.some(isOurs)) return undefined;

  const open = marked.find(({ state }) => state === 'open');
  const result = { group, branch, files: 0, head };
  const foreign = await foreignOf(remote, commits);
  if (foreign.length > 0 && !place.discardForeign) return { ...result, ...(await block(place, open, foreign)) };
  if (open !== undefined && pulls !== undefined) {
    if (await pulls.isQueued(open))
      return { ...result, status: 'deferred', pull: named(open), warnings: [], reason: 'its pull request is in the merge queue' };
    await pulls.say(
      open.number,
      'retired',
      `Nothing is left to change here: ${baseBranch} holds what the inventory compiles to, or another pull request brings it.`,
    );
    const part = ourPart(open.body);
    await pulls.update(open.number, {
      state: 'closed',
      ...(part !== undefined && { body: withOurPart(open.body, { text: part.text, marker: { ...part.marker, retired: true } }) }),
    });
  }
  const moved = await remote.moveBranches([{ ref: `refs/heads/${branch}`, before: head }]);
  if (moved === 'lost') throw new Overtaken(branch);
  return { ...result, status: 'retired', warnings: [], ...(open && { pull: named(open) }) };
}
