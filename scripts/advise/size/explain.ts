import { coefficients } from '../coefficients.ts';
import { type Figure, formulaOf, ingredientsOf } from './figure.ts';
import { formatFigure, formatNumber } from './format.ts';
import { isExact, type Range } from './range.ts';
import type { NamedFigure } from './report.ts';
import type { Resources } from './resources.ts';

/** How each of the figures was reached: formula, coefficients with their sources, inputs, and the results that it is made of. */
export function explain(figures: readonly NamedFigure[]): string {
  const told = new Set<Figure>();
  return figures
    .flatMap(({ path, figure, emitted }) => [...explained(path, figure, told, ''), ...inManifests(figure, emitted), ''])
    .join('\n');
}

/** How what the manifests say follows from a figure. */
function inManifests({ unit }: Figure, emitted: Resources | undefined): readonly string[] {
  if (emitted === undefined) return [];
  const { requests, limits } = emitted;
  if (unit === 'cores')
    return [
      `  emitted: request ${requests.cpu}${limits.cpu === undefined ? ', no limit' : `, limit ${limits.cpu}`}: the likeliest, in steps, or what \`resources\` says`,
    ];
  return [
    `  emitted: request ${requests.memory}, limit ${limits.memory}: the likeliest and the highest, in steps, or what \`resources\` says`,
  ];
}

function explained(title: string, figure: Figure, told: Set<Figure>, indent: string): readonly string[] {
  const head = `${indent}${title} = ${formatFigure(figure)} ${noun(figure)}`.trimEnd();
  if (told.has(figure)) return [`${head}: see above`];
  told.add(figure);
  const inner = `${indent}  `;
  return [
    head,
    `${inner}${figure.meaning}`,
    `${inner}= ${formulaOf(figure)}`,
    ...ingredientsOf(figure.term).flatMap((one): readonly string[] => {
      if (one.kind === 'input') return [`${inner}${one.name} = ${formatNumber(one.value.middle)} (input)`];
      if (one.kind === 'figure') return explained(`[${one.scope === figure.scope ? '' : `${one.scope} `}${one.name}]`, one, told, inner);
      const { unit, kind, source, meaning } = coefficients[one.id];
      return [`${inner}${one.id} = ${numbers(one.value)} ${unit} (${kind}: ${source}). ${meaning}`];
    }),
  ];
}

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

const numbers = (range: Range): string =>
  isExact(range) ? formatNumber(range.middle) : `${formatNumber(range.middle)} (${formatNumber(range.low)}-${formatNumber(range.high)})`;

/** The figures that are asked for: `cluster-03/memory`, all of `centre`, or all below `centre/bucket`. */
export const matching = (figures: readonly NamedFigure[], what: string): readonly NamedFigure[] =>
  figures.filter(({ path }) => path === what || path.startsWith(`${what}/`));
