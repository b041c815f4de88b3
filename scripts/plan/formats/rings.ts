import type { PlanReport } from '../../../generated/types/plan.d.ts';

/** Rings in the order of the rollout, as far as the regions show it: not every region has every ring. The centre's comes first. */
export function ringsOf(groups: Readonly<PlanReport['groups']>): string[] {
  const rings: string[] = [];
  let region: string | undefined;
  let at = 0;
  for (const group of groups) {
    if (group.ring === '') continue;
    if (group.region !== region) at = 0;
    region = group.region;
    if (!rings.includes(group.ring)) rings.splice(at, 0, group.ring);
    at = rings.indexOf(group.ring) + 1;
  }
  return groups.some(({ ring }) => ring === '') ? ['', ...rings] : rings;
}
