import type { PlanReport } from '../../../generated/types/plan.d.ts';

export type Risk = PlanReport['risks'][number];

/** Risks of one code that are alike grave, and of which the same is to be said. */
export interface RiskGroup extends Pick<Risk, 'code' | 'severity' | 'why' | 'check'> {
  readonly risks: readonly Risk[];
  /** Of all of them, each once. */
  readonly clusters: readonly string[];
}

const ranks = { high: 0, medium: 1, low: 2 } as const;

/** Every risk is in a group, the gravest groups first. With `byCode` a code of one severity is one group, whatever is said of it. */
export function riskGroups(risks: readonly Risk[], byCode = false): RiskGroup[] {
  const groups = new Map<string, [Risk, ...Risk[]]>();
  for (const risk of risks) {
    const key = [risk.severity, risk.code, ...(byCode ? [] : [risk.why, risk.check])].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [risk]);
    else group.push(risk);
  }
  return [...groups.values()]
    .map((group) => {
      const [{ code, severity, why, check }] = group;
      return { code, severity, why, check, risks: group, clusters: [...new Set(group.flatMap(({ clusters }) => clusters))] };
    })
    .sort((a, b) => ranks[a.severity] - ranks[b.severity]);
}

/** Such as `Object deleted` for `risk/object-deleted`, and `RBAC widened`. */
export function nameOfCode(code: string): string {
  const words = code
    .replace(/^risk\//, '')
    .replaceAll('-', ' ')
    .replace(/\b(crd|rbac)\b/g, (word) => word.toUpperCase());
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
