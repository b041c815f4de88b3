import type { Counts, PlanReport } from '../../../generated/types/plan.d.ts';

/** Objects by kind over the whole fleet, the kind with the most first. */
export function kinds({ classes }: PlanReport): (readonly [kind: string, Counts])[] {
  const found = new Map<string, Counts>();
  for (const { clusters, changes } of classes)
    for (const { change, object, also = [], restarts } of changes) {
      const many = clusters.length * (1 + also.length);
      const counts = found.get(object.kind) ?? { added: 0, changed: 0, removed: 0, restarted: 0 };
      counts[change] += many;
      if (restarts) counts.restarted += many;
      found.set(object.kind, counts);
    }
  return [...found].sort(([a, left], [b, right]) => all(right) - all(left) || (a < b ? -1 : 1));
}

const all = ({ added, changed, removed }: Counts): number => added + changed + removed;
