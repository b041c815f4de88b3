import { type CoefficientId, coefficients } from '../coefficients.ts';
import { formatRange } from './format.ts';
import { combine, divide, exactly, type Range } from './range.ts';

/** How a figure is counted, and so how it is printed: memory and volumes in binary units, traffic and the bucket in decimal ones. */
export type Unit =
  | 'cores'
  | 'bytes of memory'
  | 'bytes of volume'
  | 'bytes an hour'
  | 'bytes'
  | 'bytes a day'
  | 'series'
  | 'samples a second'
  | 'seconds'
  | 'count'
  // What manifests ask for, never rounded: a quota or a disk that is a little smaller is too small.
  | 'cores asked for'
  | 'bytes asked for'
  // As the source writes its figures.
  | 'thousandths of a core'
  | 'mebibytes'
  | 'gibibytes';

/** What a formula is made of. The formula that is printed and the value are made from the same term, so they cannot differ. */
export type Term =
  | { readonly kind: 'coefficient'; readonly id: CoefficientId; readonly value: Range }
  | Input
  | { readonly kind: 'constant'; readonly value: Range; readonly unit: Unit | undefined }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly of: readonly Term[]; readonly value: Range }
  | Figure;

interface Input {
  readonly kind: 'input';
  readonly name: string;
  readonly value: Range;
  /** Undefined of a bare number. */
  readonly unit: Unit | undefined;
  /** Who says it. */
  readonly from: 'input' | 'emitted' | 'source';
}

type Operator = '+' | '−' | '×' | '÷' | 'greatest of' | 'rounded up' | 'likeliest' | 'next power of two';

/** A result with its derivation. */
export interface Figure {
  readonly kind: 'figure';
  /** Whose figure it is: a cluster, a group of clusters, the centre. */
  readonly scope: string;
  /** Such as `prometheus-agent/memory`; one in its scope. */
  readonly name: string;
  readonly unit: Unit;
  /** One sentence. */
  readonly meaning: string;
  readonly value: Range;
  readonly term: Term;
}

export const coefficient = (id: CoefficientId): Term => ({ kind: 'coefficient', id, value: coefficients[id] });

/** What the inventory says, or whoever asks; what the manifests say; what the comparison says. */
export const input = (name: string, value: number, unit?: Unit, from: Input['from'] = 'input'): Term => ({
  kind: 'input',
  name,
  value: exactly(value),
  unit,
  from,
});

export const constant = (value: number, unit?: Unit): Term => ({ kind: 'constant', value: exactly(value), unit });

export const sum = (...of: readonly Term[]): Term => operation('+', of, (values) => values.reduce((total, value) => total + value, 0));

/** Of two results with the same coefficients: both are lowest, and highest, at once. Where it shrinks as they grow, its ends change places. */
export const difference = (of: Term, less: Term): Term => {
  const ends = [of.value.low - less.value.low, of.value.high - less.value.high];
  const middle = of.value.middle - less.value.middle;
  return {
    kind: 'operation',
    operator: '−',
    of: [of, less],
    value: { low: Math.min(middle, ...ends), middle, high: Math.max(middle, ...ends) },
  };
};

export const product = (...of: readonly Term[]): Term => operation('×', of, (values) => values.reduce((total, value) => total * value, 1));

export const quotient = (of: Term, by: Term): Term => ({
  kind: 'operation',
  operator: '÷',
  of: [of, by],
  value: divide(of.value, by.value),
});

export const greatest = (...of: readonly Term[]): Term => operation('greatest of', of, (values) => Math.max(...values));

export const roundedUp = (of: Term): Term => operation('rounded up', [of], ([value]) => Math.ceil(value as number));

/** What is decided by a figure is one number: its likeliest. */
export const likeliest = (of: Term): Term => ({ kind: 'operation', operator: 'likeliest', of: [of], value: exactly(of.value.middle) });

/** In steps so coarse that one more edge hardly ever takes the next. */
export const nextPowerOfTwo = (of: Term): Term =>
  operation('next power of two', [of], ([value]) => 2 ** Math.ceil(Math.log2(value as number)));

const operation = (operator: Operator, of: readonly Term[], apply: (values: readonly number[]) => number): Term => ({
  kind: 'operation',
  operator,
  of,
  value: combine(
    of.map(({ value }) => value),
    apply,
  ),
});

/** Names a result of `scope`. */
export const figuresOf =
  (scope: string) =>
  (name: string, unit: Unit, meaning: string, term: Term): Figure => ({
    kind: 'figure',
    scope,
    name,
    unit,
    meaning,
    value: term.value,
    term,
  });

/** The formula of a figure: coefficients by their ids, inputs and other results by their names. */
export const formulaOf = ({ scope, term }: Figure): string => written(term, scope, '+');

function written(term: Term, scope: string, within: '+' | '×' | '÷'): string {
  switch (term.kind) {
    case 'coefficient':
      return term.id;
    case 'input':
      return term.name;
    case 'constant':
      return term.unit === undefined ? String(term.value.middle) : formatRange(term.unit, term.value);
    case 'figure':
      return term.scope === scope ? `[${term.name}]` : `[${term.scope} ${term.name}]`;
    case 'operation':
      return writtenOperation(term, scope, within);
  }
}

function writtenOperation({ operator, of }: Extract<Term, { kind: 'operation' }>, scope: string, within: '+' | '×' | '÷'): string {
  switch (operator) {
    case 'greatest of':
    case 'rounded up':
    case 'likeliest':
    case 'next power of two':
      return `${operator} (${of.map((one) => written(one, scope, '+')).join(', ')})`;
    case '+': {
      if (of.length === 0) return '0';
      const text = of.map((one) => written(one, scope, '+')).join(' + ');
      return within === '+' || of.length === 1 ? text : `(${text})`;
    }
    case '−': {
      const text = of.map((one) => written(one, scope, '×')).join(' − ');
      return within === '+' ? text : `(${text})`;
    }
    case '×': {
      const text = of.map((one) => written(one, scope, '×')).join(' × ');
      return within === '÷' ? `(${text})` : text;
    }
    case '÷': {
      const [dividend, divisor] = of.map((one) => written(one, scope, '÷'));
      return within === '÷' ? `(${dividend} ÷ ${divisor})` : `${dividend} ÷ ${divisor}`;
    }
  }
}

export type Ingredient = Exclude<Term, { kind: 'operation' | 'constant' }>;

/** What a term is made of at last, each once in the order of the formula: coefficients, inputs, and other results. */
export function ingredientsOf(term: Term): readonly Ingredient[] {
  const found = new Set<Ingredient>();
  const seen = new Set<string>();
  const visit = (one: Term): void => {
    if (one.kind === 'operation') for (const part of one.of) visit(part);
    else if (one.kind !== 'constant') {
      const key = one.kind === 'figure' ? `figure ${one.scope} ${one.name}` : one.kind === 'input' ? `input ${one.name}` : one.id;
      if (seen.has(key)) return;
      seen.add(key);
      found.add(one);
    }
  };
  visit(term);
  return [...found];
}
