import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { number } from './counting.ts';

type Cause = PlanReport['causes'][number];

/** One or more causes: changes of the same field. */
export interface CauseRow extends Cause {
  /** How many it stands for; the rest of it is the first one's. */
  readonly causes: number;
  readonly also: readonly string[];
}

/** Every cause is in a row. Where they are more than `most`, those of one field become one row, the most frequent field first. */
export function causeRows(causes: readonly Cause[], most = Number.POSITIVE_INFINITY): CauseRow[] {
  const fields = new Map<string, Cause[]>();
  for (const cause of causes) {
    const same = fields.get(fieldOf(cause)) ?? [];
    same.push(cause);
    fields.set(fieldOf(cause), same);
  }
  const folded = new Set<string>();
  let rows = causes.length;
  for (const [field, same] of [...fields].sort(([, a], [, b]) => b.length - a.length)) {
    if (rows <= most || same.length === 1) break;
    folded.add(field);
    rows -= same.length - 1;
  }
  return causes.flatMap((cause) => {
    if (!folded.has(fieldOf(cause))) return [{ ...cause, causes: 1, also: cause.also ?? [] }];
    const same = fields.get(fieldOf(cause)) as [Cause, ...Cause[]];
    if (same[0] !== cause) return [];
    const clusters = new Set(same.flatMap(({ cluster, also = [] }) => (cluster === undefined ? also : [cluster, ...also])));
    if (cause.cluster !== undefined) clusters.delete(cause.cluster);
    return [{ ...cause, causes: same.length, also: [...clusters] }];
  });
}

/** Elements of a list are one field. */
const fieldOf = ({ kind, field, cluster }: Cause): string =>
  `${kind} ${cluster === undefined ? 'fleet' : 'cluster'} ${field?.replace(/\[\d+\]/g, '[]') ?? ''}`;

/** Such as `the like in 4,999 more places, 9,998 more clusters`. */
export function alsoText({ causes, also }: CauseRow): string {
  const clusters = also.length === 0 ? '' : `${number(also.length)} more ${also.length === 1 ? 'cluster' : 'clusters'}`;
  if (causes === 1) return clusters === '' ? '' : `the same in ${clusters}`;
  return `and ${number(causes - 1)} more like it${clusters === '' ? '' : `, in ${clusters}`}`;
}
