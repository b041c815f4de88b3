import { type CoefficientId, coefficients } from '../coefficients.ts';
import { type Figure, formulaOf, type Ingredient, ingredientsOf, type Term } from './figure.ts';
import { formatCoefficient, formatFigure, formatNumber, formatRange, formatValue } from './format.ts';
import type { Limit } from './limits.ts';
import type { NamedFigure } from './report.ts';

type Input = Extract<Ingredient, { readonly kind: 'input' }>;

/** What whoever reads has before the eyes already. */
export class Told {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<Figure, number>();
  readonly #told = new Set<number>();

  /** Whether a figure was told before: it, or one of another fleet that is made of the same; or a coefficient. Now it is. */
  has(one: Exclude<Ingredient, Input>): boolean {
    const number = one.kind === 'figure' ? this.#figure(one) : this.#number(this.#term(one));
    if (this.#told.has(number)) return true;
    this.#told.add(number);
    return false;
  }

  knows(figure: Figure): boolean {
    return this.#told.has(this.#figure(figure));
  }

  #figure(figure: Figure): number {
    const known = this.#known.get(figure) ?? this.#number(`${figure.name} ${this.#term(figure.term)}`);
    this.#known.set(figure, known);
    return known;
  }

  #term(term: Term): string {
    switch (term.kind) {
      case 'coefficient':
        return term.id;
      case 'input':
        return `${term.name}=${term.value.middle}`;
      case 'constant':
        return String(term.value.middle);
      case 'figure':
        return `[${this.#figure(term)}]`;
      case 'operation':
        return `(${term.operator} ${term.of.map((one) => this.#term(one)).join(' ')})`;
    }
  }

  #number(content: string): number {
    const number = this.#numbers.get(content) ?? this.#numbers.size;
    this.#numbers.set(content, number);
    return number;
  }
}

/** How each of the figures was reached: formula, coefficients with their sources, inputs, and the results that it is made of. */
export const explain = (figures: readonly NamedFigure[], told = new Told()): string =>
  figures
    .flatMap(({ path, figure, emitted, limit }) => [
      ...explained(path, figure, told, ''),
      ...(emitted === undefined ? [] : [`  emitted: ${emitted}`]),
      ...(limit === undefined ? [] : [`  limit: ${formatBounds(limit)}`]),
      '',
    ])
    .join('\n');

function formatBounds({ figure, warnAbove, most, from }: Limit): string {
  const value = (bound: number): string => formatValue(figure.unit, bound);
  const bounds = `a warning above ${value(warnAbove)}${most === undefined ? '' : `, an error above ${value(most)}`}`;
  return `${bounds}: ${from === 'volume' ? 'four fifths of the volume that there is, and all of it' : formatSource(from)}`;
}

/** A coefficient with where it is from. */
export function formatSource(id: CoefficientId): string {
  const { kind, source, meaning } = coefficients[id];
  return `${id} = ${formatCoefficient(coefficients[id], coefficients[id])} (${kind}: ${source}). ${meaning}`;
}

function explained(title: string, figure: Figure, told: Told, indent: string): readonly string[] {
  const head = `${indent}${title} = ${formatFigure(figure)} ${noun(figure)}`.trimEnd();
  if (told.has(figure)) return [`${head}: see above`];
  const inner = `${indent}  `;
  const { term } = figure;
  if (term.kind === 'coefficient' && !told.has(term)) return [head, `${inner}${figure.meaning}`, `${inner}= ${formatSource(term.id)}`];
  const said = new Map<Input['from'], string[]>();
  const above: string[] = [];
  const others = ingredientsOf(term).flatMap((one): readonly string[] => {
    if (one.kind === 'figure') {
      const called = `[${one.scope === figure.scope ? '' : `${one.scope} `}${one.name}]`;
      if (!told.knows(one)) return explained(called, one, told, inner);
      above.push(`${called} = ${formatFigure(one)} ${noun(one)}`.trimEnd());
    } else if (one.kind === 'input') said.set(one.from, [...(said.get(one.from) ?? []), formatInput(one)]);
    else if (told.has(one)) above.push(`${one.id} = ${formatCoefficient(coefficients[one.id], coefficients[one.id])}`);
    else return [`${inner}${formatSource(one.id)}`];
    return [];
  });
  return [
    head,
    `${inner}${figure.meaning}`,
    `${inner}= ${formulaOf(figure)}`,
    ...[...said].map(([from, inputs]) => `${inner}${inputs.join(', ')} (${from})`),
    ...others,
    ...(above.length === 0 ? [] : [`${inner}see above: ${above.join(', ')}`]),
  ];
}

const formatInput = ({ name, unit, value }: Input): string =>
  `${name} = ${unit === undefined ? formatNumber(value.middle) : formatRange(unit, value)}`;

/** The unit of a figure whose number does not show it. */
function noun({ unit }: Figure): string {
  switch (unit) {
    case 'cores':
      return 'cores';
    case 'series':
      return 'series';
    case 'samples a second':
    case 'bytes a day':
    case 'bytes an hour':
      return unit.replace('bytes ', '');
    default:
      return '';
  }
}

/** The figures that are asked for: `cluster-03/memory`, all of `centre`, or all below `centre/bucket`. */
export const matching = (figures: readonly NamedFigure[], what: string): readonly NamedFigure[] =>
  figures.filter(({ path }) => path === what || path.startsWith(`${what}/`));
