import type { PlanReport } from '../../generated/types/plan.d.ts';
import { formatMarkdown } from '../plan/formats/markdown.ts';
import type { Group } from './groups.ts';
import { regenerateBox } from './marker.ts';
import type { Trailers } from './trailers.ts';

/** GitHub's longest title is 256 characters. */
const longestTitle = 200;

/** What a reviewer reads: how this pull request stands to the others, the plan, and what the robot is told. */
export function bodyOf(given: {
  readonly group: Group;
  readonly report: PlanReport;
  readonly trailers: Trailers;
  readonly order: string;
  readonly postponed: readonly string[];
  readonly budget: number;
  /** Where somebody reads the boxes of the text. */
  readonly hasBoxes: boolean;
}): { readonly title: string; readonly text: string } {
  const { group, report, trailers, order, postponed, budget, hasBoxes } = given;
  const { touched, total } = report.summary.clusters;
  const title = `fleetc: ${group.title}, ${touched} of ${total} ${total === 1 ? 'cluster' : 'clusters'}`.slice(0, longestTitle);
  const later =
    postponed.length === 0
      ? []
      : [
          `${postponed.length === 1 ? 'One old part that another pull request still needs is' : `${postponed.length} old parts that other pull requests still need are`} deleted once those are merged.`,
        ];
  const after = [
    `Made by fleetc ${trailers['Compiler-Version']} of the inventory \`${trailers['Inventory-Digest'].slice(0, 12)}\`; all that it compiles to is the tree \`${trailers['Output-Root'].slice(0, 12)}\`. \`fleetc check\` makes the same again.`,
    ...(hasBoxes ? [regenerateBox] : []),
  ];
  const text = formatMarkdown(report, { budget, before: [...(order === '' ? [] : [order]), ...later], after });
  // Nothing that is quoted from the fleet may look like a word to the next run.
  return { title, text: text.replace(/<!-- fleetc:(?!regenerate -->$)/gm, '<!-- fleetc&#58;').trimEnd() };
}

/** How the groups stand: each names those before it, and what became of them. */
export function orderText(
  groups: readonly Group[],
  index: number,
  states: readonly { readonly pull?: { readonly number: number } | undefined; readonly status: string; readonly branch: string }[],
): string {
  if (groups.length < 2) return '';
  const before = groups.slice(0, index).map(({ title }, i) => {
    const state = states[i];
    const where = state?.pull === undefined ? (state?.branch ?? '') : `#${state.pull.number}`;
    return `${title} (${where}${state?.status === 'blocked' || state?.status === 'declined' ? `, ${state.status}` : ''})`;
  });
  const place = `Pull request ${index + 1} of ${groups.length}.`;
  return before.length === 0
    ? `${place} The first: merge it before the others, and watch it.`
    : `${place} Merge it after ${before.join(', ')}.`;
}
