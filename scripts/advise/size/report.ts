import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { type Added, addedToCentre, othersOf } from './added.ts';
import { type EmittedFleet, type EmittedPart, emittedFor, type Sums } from './emitted.ts';
import type { Figure } from './figure.ts';
import type { FleetSize } from './fleet.ts';
import type { Limit } from './limits.ts';
import { provisioned } from './provision.ts';
import { type SourceCase, sourceCases } from './source-case.ts';
import { sourceFigures } from './source-figures.ts';
import { type Addition, withAdditions } from './what-if.ts';

/** What a fleet uses by the model, and what its manifests ask for. */
export interface Sized {
  readonly size: FleetSize;
  readonly emitted: EmittedFleet;
}

/** All that `size` has to say, before it is text or JSON. */
export interface SizeReport extends Sized {
  readonly inventory: Inventory;
  /** With additions: the fleet without them. */
  readonly today?: Sized;
  readonly assumed: readonly string[];
  readonly source: readonly SourceCase[];
}

export function sizeReport(inventory: Inventory, additions: readonly Addition[] = []): SizeReport {
  const imagined = withAdditions(inventory, additions);
  return {
    ...sized(imagined.inventory),
    inventory: imagined.inventory,
    ...(additions.length > 0 && { today: sized(inventory, 'today ') }),
    assumed: imagined.assumed,
    source: sourceCases(inventory),
  };
}

function sized(inventory: Inventory, prefix = ''): Sized {
  const { provision } = provisioned(inventory, prefix);
  return { size: provision.size, emitted: emittedFor(provision, prefix) };
}

/** What an edge of a report adds to its centre. */
export const addedBy = (edge: Edge, report: SizeReport): Added =>
  addedToCentre(edge.name, report.size.centre, othersOf(edge, report).centre);

const figuresOfAdded = ({ memory, cpu, bucketADay }: Added): readonly Figure[] => [memory, cpu, bucketADay];

/** A figure under the name by which it can be asked for, such as `cluster-03/memory`. */
export interface NamedFigure {
  readonly path: string;
  readonly figure: Figure;
  /** What the manifests ask for because of it, in words. */
  readonly emitted?: string;
  /** What it must not grow past. */
  readonly limit?: Limit;
}

/**
 * Every figure of a report that is shown: of edges, sums, the centre, limits, and the cases of the source. What an edge adds to the centre is
 * shown of those that somebody names, and found for them alone: each needs a fleet of its own.
 */
export function figuresOfReport(report: SizeReport, named: readonly Edge[] = []): readonly NamedFigure[] {
  const { size, emitted, today, source } = report;
  const limits = new Map(size.limits.map((limit) => [`${limit.figure.scope}/${limit.figure.name}`, limit]));
  return [
    ...emitted.edges.flatMap(({ edges, size: of, parts, sums, scope }) => {
      const [first] = edges.filter((edge) => named.includes(edge));
      const ofEach = [
        ...figuresOfEdge(of),
        ...Object.values(sums),
        ...Object.values(sourceFigures(of.workload.option, of.workload.nodes, scope)),
      ];
      const added = first === undefined ? [] : figuresOfAdded(addedBy(first, report));
      return edges.flatMap((edge) => [
        ...under(edge.name, named.includes(edge) ? [...ofEach, ...added] : ofEach),
        ...parts.flatMap((part) => figuresOfPart(edge.name, part, 'the likeliest twice, in steps, or what `storage.size` says')),
      ]);
    }),
    ...figuresOfFleet({ size, emitted }, ''),
    ...(today === undefined ? [] : figuresOfFleet(today, 'today ')),
    ...source.flatMap(({ option, edge, centre, fourEdges }) => [
      ...under(`source-case ${option}/edge`, [edge.cpu, edge.memory, edge.volume]),
      ...under(`source-case ${option}`, [centre.cpu, centre.memory]),
      ...under(`source-case ${option}/four-edges`, [fourEdges.cpu, fourEdges.memory, fourEdges.sent]),
    ]),
  ].map((one) => {
    const limit = limits.get(one.path);
    return limit === undefined ? one : { ...one, limit };
  });
}

const under = (prefix: string, figures: readonly Figure[]): readonly NamedFigure[] =>
  figures.map((figure) => ({ path: `${prefix}/${figure.name}`, figure }));

export const figuresOfEdge = ({ series, samples, exposed, cpu, memory, volume, sent, received }: FleetSize['groups'][number]['size']) => [
  series,
  samples,
  exposed,
  cpu,
  memory,
  volume,
  sent,
  received,
];

/** `volumes` says where the size of a volume is from. */
function figuresOfPart(prefix: string, { part, resources, volume }: EmittedPart, volumes: string): readonly NamedFigure[] {
  const { requests, limits } = resources;
  const { cpu, memory, volume: used } = part;
  return [
    {
      path: `${prefix}/${cpu.name}`,
      figure: cpu,
      emitted: `request ${requests.cpu}, ${limits.cpu === undefined ? 'no limit' : `limit ${limits.cpu}`}: the likeliest, in steps, or what \`resources\` says`,
    },
    {
      path: `${prefix}/${memory.name}`,
      figure: memory,
      emitted: `request ${requests.memory}, limit ${limits.memory}: the likeliest and the highest, in steps, or what \`resources\` says`,
    },
    ...(used === undefined
      ? []
      : [{ path: `${prefix}/${used.name}`, figure: used, ...(volume !== undefined && { emitted: `${volume}: ${volumes}` }) }]),
  ];
}

function figuresOfFleet({ size, emitted }: Sized, prefix: string): readonly NamedFigure[] {
  const { rings, regions, fleet, centre } = size;
  const { prometheus, receive, query, storage, bucket } = centre;
  const ofScope = (figures: readonly Figure[]): readonly NamedFigure[] =>
    figures.map((figure) => ({ path: `${figure.scope}/${figure.name}`, figure }));
  const sums = (of: Sums): readonly NamedFigure[] => ofScope(Object.values(of));
  return [
    ...[...rings, ...regions, fleet].flatMap(({ series, samples, cpu, memory, volume, sent, received }) =>
      ofScope([series, samples, cpu, memory, volume, sent, received]),
    ),
    ...sums(emitted.allEdges),
    ...ofScope([
      centre.cpu,
      centre.memory,
      centre.volume,
      ...Object.values(prometheus),
      ...(receive === undefined ? [] : Object.values(receive)),
      ...Object.values(query),
      ...Object.values(storage),
      ...Object.values(bucket),
    ]),
    ...sums(emitted.centre.sums),
    ...emitted.centre.parts.flatMap((part) => figuresOfPart(`${prefix}centre`, part, `see ${prefix}centre/${part.part.name}/storage`)),
  ];
}

/** Edges in a few words: `cluster-02`, or `cluster-02 and 4 like it`. */
export const namesOf = ([first, ...others]: readonly Edge[]): string =>
  others.length === 0 ? (first as Edge).name : `${(first as Edge).name} and ${others.length} like it`;
