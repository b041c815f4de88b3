import type { Edge } from '../../inventory/inventory.ts';
import type { EdgeSize, PartSize } from './edge.ts';
import { type Figure, figuresOf, input, product, sum, type Term, type Unit } from './figure.ts';
import { scopeOf, times } from './groups.ts';
import type { Provision } from './provision.ts';
import { amountOf, type Resources } from './resources.ts';

/** A part as the manifests have it, each pod of it. */
export interface EmittedPart {
  readonly part: PartSize;
  readonly resources: Resources;
  /** Such as `20Gi`; undefined where it has none. */
  readonly volume: string | undefined;
}

/** What has to exist for some parts, whatever of it is used. */
export interface Sums {
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly memoryLimit: Figure;
  readonly volume: Figure;
}

export interface Emitted {
  readonly parts: readonly EmittedPart[];
  readonly sums: Sums;
}

/** Edges whose manifests ask for the same. */
export interface EmittedEdges extends Emitted {
  /** What they are called in derivations. */
  readonly scope: string;
  readonly edges: readonly Edge[];
  readonly size: EdgeSize;
}

export interface EmittedFleet {
  readonly edges: readonly EmittedEdges[];
  readonly allEdges: Sums;
  readonly centre: Emitted;
}

/** What the manifests of a fleet ask for. `prefix` tells its scopes from those of another fleet. */
export function emittedFor(provision: Provision, prefix = ''): EmittedFleet {
  const { size } = provision;
  const edges = size.groups.flatMap((group) => alike(group.edges, group.size, provision, prefix));
  const figures = sumsOf(`${prefix}fleet`, 'all edges');
  const all = (what: keyof Sums): Term => sum(...edges.map((one) => times(one.edges.length, one.sums[what])));
  const inCentre = size.centre.parts.map((part) => ({
    part,
    resources: provision.inCentre(part.name),
    volume: provision.volumeInCentre(part.name),
  }));
  return {
    edges,
    allEdges: figures(all),
    centre: { parts: inCentre, sums: sumsOf(`${prefix}centre`, 'the centre')(summed(inCentre)) },
  };
}

/** Edges of one size differ in their manifests where one of them says more of its resources or its volume. */
function alike(edges: readonly Edge[], size: EdgeSize, provision: Provision, prefix: string): readonly EmittedEdges[] {
  const kinds = new Map<string, { readonly parts: readonly EmittedPart[]; readonly edges: Edge[] }>();
  for (const edge of edges) {
    const parts = size.parts.map((part) => ({
      part,
      resources: provision.onEdge(edge, part.name),
      volume: provision.volumeOnEdge(edge, part.name),
    }));
    const key = JSON.stringify(parts.map(({ resources, volume }) => [resources, volume]));
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { parts, edges: [edge] });
    else kind.edges.push(edge);
  }
  return [...kinds.values()].map(({ parts, edges: members }) => {
    const scope = `${prefix}${scopeOf(members)}`;
    return { scope, edges: members, size, parts, sums: sumsOf(scope, 'the edge')(summed(parts)) };
  });
}

const sumsOf =
  (scope: string, whose: string) =>
  (of: (what: keyof Sums) => Term): Sums => {
    const figure = figuresOf(scope);
    const one = (name: string, unit: Unit, what: keyof Sums, called: string): Figure =>
      figure(`emitted/${name}`, unit, `${called} of all pods of ${whose}, as the manifests ask for it.`, of(what));
    return {
      cpu: one('cpu', 'cores', 'cpu', 'CPU requests'),
      memory: one('memory', 'bytes of memory', 'memory', 'Memory requests'),
      memoryLimit: one('memory-limit', 'bytes of memory', 'memoryLimit', 'Memory limits'),
      volume: one('volume', 'bytes of volume', 'volume', 'Volumes'),
    };
  };

const summed =
  (parts: readonly EmittedPart[]) =>
  (what: keyof Sums): Term =>
    sum(
      ...parts.flatMap((emitted) => {
        const { part } = emitted;
        const one = askedFor[what](emitted);
        if (one === undefined) return [];
        return part.copies === 1 ? [one] : [product(input(`${part.name} pods`, part.copies), one)];
      }),
    );

const askedFor: Readonly<Record<keyof Sums, (emitted: EmittedPart) => Term | undefined>> = {
  cpu: ({ part, resources }) => input(`request of ${part.name}`, amountOf.cpu(resources.requests.cpu), 'cores asked for', 'emitted'),
  memory: ({ part, resources }) =>
    input(`request of ${part.name}`, amountOf.memory(resources.requests.memory), 'bytes asked for', 'emitted'),
  memoryLimit: ({ part, resources }) =>
    input(`limit of ${part.name}`, amountOf.memory(resources.limits.memory), 'bytes asked for', 'emitted'),
  volume: ({ part, volume }) =>
    volume === undefined ? undefined : input(`volume of ${part.name}`, amountOf.memory(volume), 'bytes asked for', 'emitted'),
};
