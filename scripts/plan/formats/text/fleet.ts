import type { Counts, PlanReport } from '../../../../generated/types/plan.d.ts';
import { count, number, numberOrDash } from '../counting.ts';
import { outside } from '../verdict.ts';
import { rest, type Screen, title } from './screen.ts';

const mostGroups = 60;

const head = ['region', 'ring', 'clusters', 'added', 'changed', 'removed', 'restarted'];

/** What changes, by region and ring. */
export function fleetLines(screen: Screen, plan: PlanReport): string[] {
  const touched = plan.groups.filter(({ clusters }) => clusters.touched > 0);
  const rows = [
    ...touched
      .slice(0, mostGroups)
      .map(({ region, ring, clusters, objects }) => [
        region,
        ring === '' ? 'centre' : ring,
        `${number(clusters.touched)} of ${number(clusters.total)}`,
        ...cells(objects),
      ]),
    ...outside(plan).map(({ name, objects }) => [name, '', '', ...cells(objects)]),
  ];
  if (rows.length === 0) return [];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`;
  const same = plan.groups.length - touched.length;
  return [
    ...title(screen, 'Fleet'),
    screen.paint.dim(line(head)),
    ...rows.map(line),
    ...rest(touched.length - mostGroups, 'group'),
    ...(same === 0 ? [] : [screen.paint.dim(`  without a change: ${count(same, 'group')} of region and ring`)]),
  ];
}

const cells = ({ added, changed, removed, restarted }: Counts): string[] => [added, changed, removed, restarted].map(numberOrDash);
