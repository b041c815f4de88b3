import type { Edge, Inventory } from '../../inventory/inventory.ts';
import type { PartSize } from './edge.ts';
import type { Figure } from './figure.ts';
import { type FleetSize, sizeOfFleet } from './fleet.ts';
import { type Provision, provisioned } from './provision.ts';
import type { Resources } from './resources.ts';
import { type SourceCase, sourceCases } from './source-case.ts';
import { type Addition, withAdditions } from './what-if.ts';

/** All that `size` has to say, before it is text or JSON. */
export interface SizeReport {
  readonly inventory: Inventory;
  readonly size: FleetSize;
  readonly provision: Provision;
  /** With additions: the fleet without them. */
  readonly today?: FleetSize;
  readonly assumed: readonly string[];
  readonly source: readonly SourceCase[];
}

export function sizeReport(inventory: Inventory, additions: readonly Addition[] = []): SizeReport {
  const imagined = withAdditions(inventory, additions);
  const { provision } = provisioned(imagined.inventory);
  return {
    inventory: imagined.inventory,
    size: provision.size,
    provision,
    ...(additions.length > 0 && { today: sizeOfFleet(inventory, 'today ') }),
    assumed: imagined.assumed,
    source: sourceCases(inventory),
  };
}

/** A figure under the name by which it can be asked for, such as `cluster-03/memory`. */
export interface NamedFigure {
  readonly path: string;
  readonly figure: Figure;
  /** What the manifests ask for because of it. */
  readonly emitted?: Resources;
}

/** Every figure of a report that is shown: of edges, sums, the centre, limits, and the cases of the source. */
export function figuresOfReport({ size, provision, today, source }: SizeReport): readonly NamedFigure[] {
  const named = (prefix: string, figures: readonly Figure[]) => figures.map((figure) => ({ path: `${prefix}/${figure.name}`, figure }));
  return [
    ...size.groups.flatMap(({ edges, size: of }) =>
      edges.flatMap((edge) => [
        ...named(edge.name, figuresOfEdge(of)),
        ...of.parts.flatMap((part) => figuresOfPart(edge.name, part, provision.onEdge(edge, part.name))),
      ]),
    ),
    ...figuresOfFleet(size, ''),
    ...size.centre.parts.flatMap((part) => figuresOfPart('centre', part, provision.inCentre(part.name))),
    ...(today === undefined
      ? []
      : [...figuresOfFleet(today, 'today '), ...today.centre.parts.flatMap((part) => figuresOfPart('today centre', part))]),
    ...size.limits.map(({ figure }) => ({ path: `${figure.scope}/${figure.name}`, figure })),
    ...source.flatMap(({ option, edge, centre, fourEdges }) => [
      ...named(`source-case ${option}/edge`, [edge.cpu, edge.memory, edge.volume]),
      ...named(`source-case ${option}`, [centre.cpu, centre.memory]),
      ...named(`source-case ${option}/four-edges`, [fourEdges.cpu, fourEdges.memory, fourEdges.sent]),
    ]),
  ];
}

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

const figuresOfPart = (prefix: string, { cpu, memory, volume }: PartSize, emitted?: Resources): readonly NamedFigure[] => [
  ...[cpu, memory].map((figure) => ({ path: `${prefix}/${figure.name}`, figure, ...(emitted !== undefined && { emitted }) })),
  ...(volume === undefined ? [] : [{ path: `${prefix}/${volume.name}`, figure: volume }]),
];

function figuresOfFleet({ rings, regions, fleet, centre }: FleetSize, prefix: string): readonly NamedFigure[] {
  const { prometheus, receive, query, storage, bucket } = centre;
  return [
    ...[...rings, ...regions, fleet].flatMap(({ scope, series, samples, cpu, memory, volume, sent, received }) =>
      [series, samples, cpu, memory, volume, sent, received].map((figure) => ({ path: `${scope}/${figure.name}`, figure })),
    ),
    ...[
      centre.cpu,
      centre.memory,
      centre.volume,
      ...Object.values(prometheus),
      ...(receive === undefined ? [] : Object.values(receive)),
      ...Object.values(query),
      ...Object.values(storage),
      ...Object.values(bucket),
    ].map((figure) => ({ path: `${prefix}centre/${figure.name}`, figure })),
  ];
}

/** Edges in a few words: `cluster-02`, or `cluster-02 and 4 like it`. */
export const namesOf = ([first, ...others]: readonly Edge[]): string =>
  others.length === 0 ? (first as Edge).name : `${(first as Edge).name} and ${others.length} like it`;
