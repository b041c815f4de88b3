import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { count, number, someOf } from '../counting.ts';
import { nameOfCode, type RiskGroup, riskGroups } from '../risk-groups.ts';
import { riskText } from '../verdict.ts';
import { type Screen, severityText, title, wrapped } from './screen.ts';

/** Of one code; the others are counted. */
const most = 20;

const indent = ' '.repeat(9);

/** All risks, each by itself or counted with its code. */
export const riskLines = (screen: Screen, plan: PlanReport): string[] =>
  plan.risks.length === 0
    ? []
    : [...title(screen, `Risks: ${riskText(plan)}`), ...riskGroups(plan.risks).flatMap((group) => groupLines(screen, group))];

function groupLines(screen: Screen, { severity, code, why, check, risks }: RiskGroup): string[] {
  const left = risks.length - most;
  return [
    `  ${severityText(screen, severity)}${' '.repeat(7 - severity.length)}${screen.paint.bold(nameOfCode(code))} ${screen.paint.dim(code)}`,
    ...risks.slice(0, most).flatMap(({ what, object, clusters }) => {
      const who = clusters.length <= 1 ? clusters.join('') : `${count(clusters.length, 'cluster')}: ${someOf(clusters, 5)}`;
      const [first = '', ...others] = wrapped(
        screen,
        `${object === undefined ? '' : `${object}: `}${what}${who === '' ? '' : ` (${who})`}`,
        `${indent}  `,
      );
      return [`${indent}- ${first.trimStart()}`, ...others];
    }),
    ...(left > 0 ? [`${indent}… and ${number(left)} more`] : []),
    ...wrapped(screen, why, indent),
    ...wrapped(screen, `Check: ${check}`, indent),
  ];
}
