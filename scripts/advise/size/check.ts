import { about, type Diagnostic } from '../../diagnostic.ts';
import type { Edge, Fleet, Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { didYouMean } from '../../inventory/suggest.ts';
import { formatFigure, formatValue } from './format.ts';
import { limitsBelowUse } from './limit-below-use.ts';
import type { Limit } from './limits.ts';
import { inside, type Provisioned } from './provision.ts';
import { contradictions, type WrittenResources } from './resources.ts';

type WithResources = Sourced<{ readonly resources: Readonly<Record<string, WrittenResources>> }>;

/** What the sizes of a fleet forbid, and what its people wrote about sizes that cannot be, or hardly can. */
export function* checkSizes(sourced: SourcedInventory, { provision }: Provisioned): Iterable<Diagnostic> {
  const { size } = provision;
  const { fleet } = sourced;
  const onEdges = new Set([...size.sizes.values()].flatMap(({ parts }) => parts.map(({ name }) => name)));
  yield* checkResources(fleet, [...onEdges], 'an edge of the fleet');
  for (const cluster of sourced.clusters) {
    const { value } = cluster;
    if (value.role === 'edge') {
      if (Object.keys(value.resources).length === 0) continue;
      const parts = size.sizes.get(value)?.parts ?? [];
      for (const diagnostic of [
        ...checkResources(cluster, partNames(parts), `"${value.name}"`),
        ...limitBelowInherited(cluster as Sourced<Edge>, fleet),
      ])
        yield about(value.name, diagnostic);
    } else {
      yield* checkResources(cluster, partNames(size.centre.parts), 'the centre');
      for (const limit of size.limits) if (limit.figure.scope === 'centre' && limit.state !== 'ok') yield asDiagnostic(limit, cluster);
    }
  }
  yield* limitsBelowUse(sourced, size);
}

const partNames = (parts: readonly { readonly name: string }[]): readonly string[] => parts.map(({ name }) => name);

function* checkResources({ value, at }: WithResources, parts: readonly string[], where: string): Iterable<Diagnostic> {
  for (const [part, written] of Object.entries(value.resources)) {
    if (!parts.includes(part))
      yield {
        code: 'resources/unknown-part',
        severity: 'error',
        message: `No part "${part}" runs on ${where}.`,
        hint: didYouMean(part, parts) ?? `Parts are ${parts.join(', ')}.`,
        span: at('resources', part),
      };
    for (const { resource, request, limit } of contradictions(written))
      yield {
        code: 'resources/limit-below-request',
        severity: 'error',
        message: `"${part}" asks for ${request} of ${inWords[resource]}, more than its limit of ${limit}.`,
        hint: `Raise limits.${resource} to ${request} or more, or leave one of the two out: it then gives way.`,
        span: at('resources', part),
      };
  }
}

const inWords = { memory: 'memory', cpu: 'CPU' } as const;

/** An edge that writes one of request and limit, and has the other from the fleet: both stand, and Kubernetes refuses them. */
function* limitBelowInherited({ value, at }: Sourced<Edge>, fleet: Sourced<Fleet>): Iterable<Diagnostic> {
  for (const [part, written] of Object.entries(value.resources)) {
    const inherited = fleet.value.resources[part];
    for (const { resource, request, limit } of contradictions(inside(inherited, written))) {
      const own = { requests: written.requests?.[resource], limits: written.limits?.[resource] };
      if ((own.requests === undefined) === (own.limits === undefined)) continue;
      const [mine, theirs] = own.limits === undefined ? (['requests', 'limits'] as const) : (['limits', 'requests'] as const);
      yield {
        code: 'resources/limit-below-request',
        severity: 'error',
        message: `"${part}" on "${value.name}" asks for ${request} of ${inWords[resource]}, more than its limit of ${limit}.`,
        hint: `The fleet says one of them: write both for "${value.name}".`,
        span: at('resources', part, mine, resource),
        related: [{ message: 'the other, of the fleet', span: fleet.at('resources', part, theirs, resource) }],
      };
    }
  }
}

const asDiagnostic = (limit: Limit, central: Sourced<unknown>): Diagnostic => ({
  code: limit.state === 'error' ? 'centre/past-limit' : 'centre/near-limit',
  severity: limit.state === 'error' ? 'error' : 'warning',
  message: `${limit.figure.name} of the centre is ${formatFigure(limit.figure)}, ${against(limit)}.`,
  hint: limit.change,
  span: central.at(...limit.field),
});

function against({ state, figure, most, warnAbove }: Limit): string {
  const value = (bound: number): string => formatValue(figure.unit, bound);
  if (most === undefined) return `more than the ${value(warnAbove)} that are advised`;
  return `${state === 'error' ? 'past' : 'near'} the limit of ${value(most)}`;
}
