// The size model's own formulas with what was measured in the place of what it estimates.
import type { CoefficientId } from '../../scripts/advise/coefficients.ts';
import {
  constant,
  difference,
  type Figure,
  greatest,
  likeliest,
  nextPowerOfTwo,
  product,
  quotient,
  roundedUp,
  sum,
  type Term,
} from '../../scripts/advise/size/figure.ts';
import type { Range } from '../../scripts/advise/size/range.ts';

export interface Measured {
  /** Results of the model that are known here, by their names, such as `series`. */
  readonly given: Readonly<Record<string, number>>;
  /** Coefficients of what does not happen here, such as queries. */
  readonly without?: readonly CoefficientId[];
}

/** What the formula of a figure gives. A name that it does not have is a mistake. */
export function modelled(figure: Figure, { given, without = [] }: Measured): Range {
  const used = new Set<string>();
  const replaced = (term: Term): Term => {
    switch (term.kind) {
      case 'constant':
      case 'input':
        return term;
      case 'coefficient':
        if (!without.includes(term.id)) return term;
        used.add(term.id);
        return constant(0);
      case 'figure': {
        const known = given[term.name];
        if (known === undefined) return replaced(term.term);
        used.add(term.name);
        return constant(known);
      }
      case 'operation':
        return operations[term.operator](term.of.map(replaced));
    }
  };
  const { value } = replaced(figure.term);
  const unused = [...Object.keys(given), ...without].filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`${figure.name} is not made of ${unused.join(', ')}`);
  return value;
}

const operations: Readonly<Record<Extract<Term, { kind: 'operation' }>['operator'], (of: readonly Term[]) => Term>> = {
  '+': (of) => sum(...of),
  '−': ([of = constant(0), less = constant(0)]) => difference(of, less),
  '×': (of) => product(...of),
  '÷': ([of = constant(0), by = constant(1)]) => quotient(of, by),
  'greatest of': (of) => greatest(...of),
  'rounded up': ([of = constant(0)]) => roundedUp(of),
  likeliest: ([of = constant(0)]) => likeliest(of),
  'next power of two': ([of = constant(1)]) => nextPowerOfTwo(of),
};
