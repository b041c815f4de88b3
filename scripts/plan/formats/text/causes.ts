import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { alsoText, type CauseRow, causeRows } from '../cause-rows.ts';
import { someOf, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { rest, type Screen, title, wrapped } from './screen.ts';

const most = { rows: 40, names: 8 };

export function causeLines(screen: Screen, causes: PlanReport['causes']): string[] {
  if (causes.length === 0) return [];
  const rows = causeRows(causes, most.rows);
  const left = sum(rows.slice(most.rows).map((row) => row.causes));
  return [...title(screen, 'Why'), ...rows.slice(0, most.rows).flatMap((row) => rowLines(screen, row)), ...rest(left, 'cause')];
}

function rowLines(screen: Screen, row: CauseRow): string[] {
  const { what, file, line, cluster, field, before, after, also } = row;
  const place = file === undefined ? '' : `${line === undefined ? file : `${file}:${line}`}  `;
  const whose = cluster === undefined ? '' : `${cluster} `;
  const change = field === undefined ? what : `${whose}${screen.paint.bold(field)}: ${value(before)} → ${value(after)}`;
  const more = also.length === 0 ? alsoText(row) : `${alsoText(row)}: ${someOf(also, most.names)}`;
  return [`  ${place}${change}`, ...wrapped(screen, more, '    ')];
}

const value = (json: string | undefined): string => (json === undefined ? '(not set)' : clip(json, 200));
