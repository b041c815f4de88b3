// [IO]
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { formatMarkdown } from '../plan/formats/markdown.ts';
import { Refusal } from './failure.ts';
import type { Pull, PullRequests } from './pull-request.ts';

export interface Commented {
  readonly status: 'commented' | 'outdated';
  readonly pull: Pick<Pull, 'number' | 'url'>;
}

/** Below the pull request whose head is `branch`, its commit `sha`: one comment, however often. A pull request that has moved on since is left
 *  to the plan of its newer commit. */
export async function commentOn(
  pulls: Pick<PullRequests, 'say'>,
  open: readonly (Pull & { readonly sha: string })[],
  { head, sha }: { readonly head: string; readonly sha: string },
  report: PlanReport,
): Promise<readonly Commented[]> {
  if (open.length === 0) throw new Refusal(`There is no open pull request from ${head}.`);
  const done: Commented[] = [];
  for (const { number, url, sha: newest } of open) {
    if (newest === sha) await pulls.say(number, 'plan', formatMarkdown(report));
    done.push({ status: newest === sha ? 'commented' : 'outdated', pull: { number, url } });
  }
  return done;
}
