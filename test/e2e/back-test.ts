// A figure that was measured beside the one that the size model has for the same case.
import type { Unit } from '../../scripts/advise/size/figure.ts';
import { formatRange, formatValue } from '../../scripts/advise/size/format.ts';
import type { Range } from '../../scripts/advise/size/range.ts';

export interface Compared {
  readonly measured: number;
  readonly modelled: Range;
  /** `count` where the name of the check says what is counted. */
  readonly unit: Unit;
}

/** How far a measured figure may be from the model's. */
export type Rule = 'half to twice the middle' | 'within the range';

/** Says both and their ratio; throws where the rule does not hold. */
export function judged({ measured, modelled, unit }: Compared, rule: Rule): string {
  const ratio = measured / modelled.middle;
  const said = `measured ${formatValue(unit, measured)}, modelled ${formatRange(unit, modelled)}, ratio ${ratio.toFixed(2)}`;
  const holds = rule === 'within the range' ? measured >= modelled.low && measured <= modelled.high : ratio >= 0.5 && ratio <= 2;
  if (!holds) throw new Error(`${said}: not ${rule}`);
  return said;
}
