import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { count, numberOrDash } from '../counting.ts';
import { kinds } from '../kinds.ts';
import { clip } from '../legible.ts';
import { rowsWithin } from './budget.ts';
import { prose } from './escape.ts';

const mostRows = 20;

/** What happens to the objects of the fleet, by kind. */
export function objectsBlock(plan: PlanReport, room: number): string | undefined {
  const all = kinds(plan);
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, mostRows)
    .map(
      ([kind, { added, changed, removed, restarted }]) =>
        `| ${[prose(clip(kind, 80)), ...[added, changed, removed, restarted].map(numberOrDash)].join(' | ')} |`,
    );
  const shown = rowsWithin(rows, room - 200);
  const left = all.length - shown.length;
  return [
    '### Objects by kind\n\n| Kind | Added | Changed | Removed | Restarted |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...shown,
    ...(left > 0 ? ['', `_… and ${count(left, 'further kind')}_`] : []),
  ].join('\n');
}
