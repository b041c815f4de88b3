import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { alsoText, type CauseRow, causeRows } from '../cause-rows.ts';
import { count, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { rowsWithin } from './budget.ts';
import { code, prose } from './escape.ts';

const mostRows = 15;

/** What a reviewer approves: the fields that changed. */
export function causesBlock(causes: PlanReport['causes'], room: number): string | undefined {
  if (causes.length === 0) return undefined;
  const rows = causeRows(causes, mostRows);
  const shown = rowsWithin(rows.slice(0, mostRows).map(causeText), room - reserve);
  const left = sum(rows.slice(shown.length).map((row) => row.causes));
  return ['### Why', '', ...shown, ...(left > 0 ? [`- … and ${count(left, 'further cause')}`] : [])].join('\n');
}

/** For the heading and the count of the rest. */
const reserve = 80;

function causeText(row: CauseRow): string {
  const { what, file, line, cluster, field, before, after } = row;
  const place = file === undefined ? [] : [code(line === undefined ? clip(file, 120) : `${clip(file, 120)}:${line}`)];
  const change =
    field === undefined
      ? [prose(clip(what, 300))]
      : [
          ...(cluster === undefined ? [] : [prose(clip(cluster, 80))]),
          `**${prose(clip(field, 120))}**`,
          `${json(before)} → ${json(after)}`,
        ];
  const also = alsoText(row);
  return `- ${[...place, ...change].join(' · ')}${also === '' ? '' : ` _(${also})_`}`;
}

const json = (value: string | undefined): string => (value === undefined ? 'not set' : code(clip(value, 120)));
