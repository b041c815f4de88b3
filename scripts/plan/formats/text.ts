import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { count, someOf } from './counting.ts';
import { legible } from './legible.ts';
import { causeLines } from './text/causes.ts';
import { classLines } from './text/classes.ts';
import { fleetLines } from './text/fleet.ts';
import { riskLines } from './text/risks.ts';
import { rest, type Screen, screenOf, severityText, title, wrapped } from './text/screen.ts';
import { baseText, filesText, headline, isEmpty, objectsText, riskText, unreadable, withoutClass } from './verdict.ts';

const most = { names: 8, files: 20 };

/** For a terminal or a log. Sentences are wrapped at `width` columns; diffs are not. */
export function formatText(report: PlanReport, { colour, width = 100 }: { readonly colour: boolean; readonly width?: number }): string {
  const plan = legible(report);
  if (isEmpty(plan)) return `${headline(plan)}\n`;
  const screen = screenOf(width, colour);
  const { summary } = plan;
  return `${[
    screen.paint.bold(headline(plan)),
    `Risk: ${severityText(screen, summary.risk, riskText(plan))} · ${objectsText(summary.objects)}`,
    `Against ${baseText(plan.base)} · ${filesText(summary.files)}`,
    ...causeLines(screen, plan.causes),
    ...riskLines(screen, plan),
    ...fleetLines(screen, plan),
    ...classLines(screen, plan.classes),
    ...otherLines(screen, plan),
    ...fileLines(screen, plan),
  ].join('\n')}\n`;
}

/** Clusters that no class speaks of. */
function otherLines(screen: Screen, plan: PlanReport): string[] {
  const names = withoutClass(plan).map(({ name }) => name);
  const lost = unreadable(plan);
  const same = `${count(names.length, 'cluster')} with changed files and unchanged objects: ${someOf(names, most.names)}`;
  return [
    ...(names.length === 0 ? [] : ['', ...wrapped(screen, same, '')]),
    ...lost.slice(0, most.files).flatMap(({ name, unreadable: why }) => {
      const text = `${name}: what is there now cannot be rendered, so all its objects count as added: ${why}`;
      return ['', ...wrapped(screen, text, '')];
    }),
    ...rest(lost.length - most.files, 'cluster that cannot be rendered', '', 'clusters that cannot be rendered'),
  ];
}

function fileLines(screen: Screen, { files, summary }: PlanReport): string[] {
  if (files.length === 0) return [];
  const { green, yellow, red } = screen.paint;
  const signs = { create: green('+'), update: yellow('~'), delete: red('-') };
  return [
    ...title(screen, filesText(summary.files)),
    ...files.slice(0, most.files).map(({ path, change }) => `  ${signs[change]} ${path}`),
    ...rest(files.length - most.files, 'file'),
  ];
}
