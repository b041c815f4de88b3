import { type Coefficient, type CoefficientId, coefficients } from '../coefficients.ts';
import * as source from '../source-tables.ts';
import type { EmittedPart, Sums } from './emitted.ts';
import { type Figure, formulaOf, ingredientsOf } from './figure.ts';
import type { Range } from './range.ts';
import { figuresOfReport, type NamedFigure, type SizeReport } from './report.ts';

interface FigureJson extends Range {
  readonly unit: string;
  readonly meaning: string;
  readonly formula: string;
  readonly coefficients: readonly CoefficientId[];
  readonly inputs: Readonly<Record<string, number>>;
  /** Other figures that the formula is made of, as `scope name`. */
  readonly of: readonly string[];
}

/** Figures and all that they are made of, each once, by scope and name; and the coefficients in them. */
/** `more` are coefficients that are asked for by their own names. */
export function figuresJson(named: readonly NamedFigure[], more: readonly CoefficientId[] = []) {
  const figures: Record<string, FigureJson> = {};
  const used = new Set<CoefficientId>(more);
  const add = (figure: Figure): string => {
    const id = idOf(figure);
    if (figures[id] !== undefined) return id;
    const ingredients = ingredientsOf(figure.term);
    for (const one of ingredients) if (one.kind === 'coefficient') used.add(one.id);
    figures[id] = {
      ...figure.value,
      unit: figure.unit,
      meaning: figure.meaning,
      formula: formulaOf(figure),
      coefficients: ingredients.flatMap((one) => (one.kind === 'coefficient' ? [one.id] : [])),
      inputs: Object.fromEntries(ingredients.flatMap((one) => (one.kind === 'input' ? [[one.name, one.value.middle]] : []))),
      of: ingredients.flatMap((one) => (one.kind === 'figure' ? [add(one)] : [])),
    };
    return id;
  };
  for (const { figure } of named) add(figure);
  return { figures, coefficients: Object.fromEntries([...used].sort().map((id): [string, Coefficient] => [id, coefficients[id]])) };
}

const idOf = ({ scope, name }: Figure): string => `${scope} ${name}`;

const partJson = ({ part: { name, copies }, resources, volume }: EmittedPart) => ({ name, copies, resources, volume });

/** Cores and bytes. */
export const sumsJson = ({ cpu, memory, memoryLimit, volume }: Sums) => ({
  requests: { cpu: cpu.value.middle, memory: memory.value.middle },
  limits: { memory: memoryLimit.value.middle },
  volume: volume.value.middle,
});

export const limitsJson = ({ size }: SizeReport) =>
  size.limits.map(({ state, figure, warnAbove, most, from, change }) => ({
    state,
    figure: idOf(figure),
    warnAbove,
    most,
    from,
    ...(state !== 'ok' && { change }),
  }));

/** The report for tools: who has which figures, and all figures. */
export function reportJson(report: SizeReport) {
  const { size, emitted, today, assumed } = report;
  return {
    assumed,
    edges: size.groups.flatMap(({ edges, size: edge }) =>
      edges.map(({ name, region }) => ({
        name,
        region,
        option: edge.workload.option,
        nodes: edge.workload.nodes,
        scope: edge.series.scope,
        source: source.sourceSum(edge.workload.option, edge.workload.nodes),
      })),
    ),
    parts: emitted.edges.map(({ scope, edges, parts, sums }) => ({
      scope,
      edges: edges.map(({ name }) => name),
      parts: parts.map(partJson),
      sums: sumsJson(sums),
    })),
    totals: [...size.rings, ...size.regions, size.fleet].map(({ scope, edges, nodes }) => ({ scope, edges, nodes })),
    emitted: { allEdges: sumsJson(emitted.allEdges), centre: sumsJson(emitted.centre.sums) },
    centre: emitted.centre.parts.map(partJson),
    today: today !== undefined,
    limits: limitsJson(report),
    ...figuresJson(figuresOfReport(report)),
    source: {
      edgeResources: source.edgeResources,
      threeNodes: source.threeNodes,
      centre: source.centre,
      fourEdges: source.fourEdges,
      overview: source.overview,
      advice: source.advice,
      fleet: source.sourceFleet,
      contradictions: source.contradictions,
    },
  };
}
