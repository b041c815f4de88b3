// [IO]

import { block, foreignOf } from './blocked.ts';
import type { Delta } from './delta.ts';
import { type Marker, othersLength, ourPart, textDigest, wantsRegeneration, withOurPart } from './marker.ts';
import { Overtaken, type Place } from './place.ts';
import { named, type Pull, type PullRequests } from './pull-request.ts';
import type { GroupResult } from './result.ts';
import { trailersOf } from './trailers.ts';

/** A group with all that its branch has to be. */
export interface Wish {
  readonly group: string;
  readonly branch: string;
  readonly deltas: readonly Delta[];
  readonly tree: string;
  readonly changeDigest: string;
  /** Of the commit, with trailers. */
  readonly message: string;
  /** What the body says of the groups before this one. */
  readonly order: string;
  /** Of the pull request; made only when it is needed, in at most so many characters. */
  text(order: string, budget: number): { readonly title: string; readonly text: string };
}

/** Brings one branch and its pull request to where they have to be; what is there already stays. */
export async function converge(place: Place, wish: Wish, head: string | undefined): Promise<GroupResult> {
  const { remote, pulls, base } = place;
  const all = (await pulls?.of(wish.branch)) ?? [];
  const open = all.find(({ state }) => state === 'open');
  const result = { group: wish.group, branch: wish.branch, tree: wish.tree, files: wish.deltas.length };

  const commits = head === undefined ? [] : await remote.commitsBetween(base.commit, head);
  const mayDiscard = place.discardForeign || wantsRegeneration(open?.body);
  const foreign = head === undefined ? [] : await foreignOf(remote, commits);
  if (foreign.length > 0 && !mayDiscard) return { ...result, ...(await block(place, open, foreign)), ...(head && { head }) };

  const closed = all.find(({ state }) => state === 'closed');
  const before = closed === undefined || closed.isMerged ? undefined : ourPart(closed.body)?.marker;
  if (open === undefined && closed !== undefined && before?.change === wish.changeDigest && before.retired !== true)
    return {
      ...result,
      status: 'declined',
      pull: named(closed),
      warnings: [],
      reason: `#${closed.number} with this very change was closed: reopen it, or change the inventory`,
    };

  const current =
    commits?.length === 1 && trailersOf(commits[0]?.message ?? '')?.['Change-Digest'] === wish.changeDigest && foreign.length === 0;
  let newHead = head;
  if (!current) {
    if (open !== undefined && (await pulls?.isQueued(open)))
      return {
        ...result,
        status: 'deferred',
        pull: named(open),
        warnings: [],
        reason: 'its pull request is in the merge queue',
        ...(head && { head }),
      };
    const { sha, staging } = await remote.writeCommit({ base, deltas: wish.deltas, tree: wish.tree, message: wish.message });
    const moved = await remote.moveBranches([{ ref: `refs/heads/${wish.branch}`, ...(head && { before: head }), after: sha }, ...staging]);
    if (moved === 'lost') throw new Overtaken(wish.branch);
    newHead = sha;
  }
  const discarded =
    foreign.length > 0 && head ? [`discarded ${foreign.length} commits of others: git fetch origin ${head} has them for a while`] : [];
  const done = { ...result, ...(newHead && { head: newHead }) };
  if (pulls === undefined)
    return { ...done, status: current ? 'unchanged' : head === undefined ? 'created' : 'updated', warnings: discarded };

  const ensured = await ensurePull(place, pulls, wish, open, closed);
  const warnings = [...discarded, ...ensured.warnings, ...(await pulls.dress(ensured.pull))];
  const status = ensured.status !== 'unchanged' ? ensured.status : current ? 'unchanged' : 'updated';
  return { ...done, status, pull: named(ensured.pull), warnings };
}

type Ensured = {
  readonly pull: Pull;
  readonly status: 'created' | 'updated' | 'adopted' | 'unchanged';
  readonly warnings: readonly string[];
};

async function ensurePull(
  place: Place,
  pulls: PullRequests,
  wish: Wish,
  open: Pull | undefined,
  closed: Pull | undefined,
): Promise<Ensured> {
  if (open !== undefined) return refresh(place, pulls, wish, open);
  const order = closed === undefined || closed.isMerged ? wish.order : `${wish.order}\nAfter #${closed.number}, which was closed.`;
  const { title, body } = compose(place, wish, '', order);
  const { pull, isAdopted, warnings } = await pulls.create({ branch: wish.branch, title, body });
  if (!isAdopted) return { pull, status: 'created', warnings };
  await refresh(place, pulls, wish, pull);
  return { pull, status: 'adopted', warnings };
}

/** Writes title and body anew only where they say something else now, or where somebody changed our part. */
async function refresh(place: Place, pulls: PullRequests, wish: Wish, pull: Pull): Promise<Ensured> {
  const part = ourPart(pull.body);
  const isCurrent =
    part !== undefined &&
    part.marker.change === wish.changeDigest &&
    part.marker.order === textDigest(wish.order) &&
    part.marker.text === textDigest(part.text) &&
    part.marker.retired === undefined;
  if (isCurrent) return { pull, status: 'unchanged', warnings: [] };
  const { title, body } = compose(place, wish, pull.body, wish.order);
  // A title that somebody changed stays.
  const isOurTitle = part !== undefined && part.marker.title === textDigest(pull.title);
  await pulls.update(pull.number, { body, ...(isOurTitle && title !== pull.title && { title }) });
  return { pull, status: part === undefined ? 'adopted' : 'updated', warnings: [] };
}

/** GitHub takes 65,536 characters; what others wrote needs some of them. */
export const longestBody = 60_000;

function compose({ baseBranch }: Place, wish: Wish, old: string, order: string): { readonly title: string; readonly body: string } {
  const { title, text } = wish.text(order, Math.min(longestBody, 65_000 - othersLength(old)) - 1_000);
  const marker: Marker = {
    v: 1,
    group: wish.group,
    base: baseBranch,
    tree: wish.tree,
    change: wish.changeDigest,
    order: textDigest(wish.order),
    title: textDigest(title),
    text: textDigest(text),
  };
  return { title, body: withOurPart(old, { marker, text }) };
}
