import type { Counts, PlanReport } from '../../../generated/types/plan.d.ts';
import { count, number } from './counting.ts';

export type ChangeClass = PlanReport['classes'][number];
export type ObjectChange = ChangeClass['changes'][number];

export const signs = { added: '+', changed: '~', removed: '-' } as const;

/** Such as `+2 −1`. */
export const signed = (counts: Counts): string =>
  (['added', 'changed', 'removed'] as const)
    .filter((change) => counts[change] > 0)
    .map((change) => signs[change].replace('-', '−') + number(counts[change]))
    .join(' ') || 'no change';

/** Such as `edge-metrics/prometheus-agent`. */
export const nameOf = ({ namespace, name }: ObjectChange['object']): string => (namespace === undefined ? name : `${namespace}/${name}`);

/** Such as `and 4,998 more, such as edge-0002 and edge-0003`: objects to which the same happens. */
export const alsoOf = ({ also = [] }: ObjectChange): string =>
  also.length === 0 ? '' : also.length <= 2 ? `and ${also.join(' and ')}` : `and ${number(also.length)} more, such as ${also[0]}`;

/** Few are named, many are counted. */
export const whoOf = ({ clusters }: ChangeClass): string =>
  clusters.length <= 3 ? clusters.join(', ') : count(clusters.length, 'cluster');

/** The first lines of a diff, and how many were left out. */
export function firstLines(diff: string, most: number): { readonly lines: readonly string[]; readonly left: number } {
  const lines = diff.replace(/\n$/, '').split('\n');
  // A note of one line in place of one line saves nothing.
  return diff === ''
    ? { lines: [], left: 0 }
    : lines.length <= most + 1
      ? { lines, left: 0 }
      : { lines: lines.slice(0, most), left: lines.length - most };
}
