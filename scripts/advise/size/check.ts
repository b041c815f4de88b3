import type { Diagnostic } from '../../diagnostic.ts';
import type { Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { didYouMean } from '../../inventory/suggest.ts';
import { formatFigure, formatValue } from './format.ts';
import type { Limit } from './limits.ts';
import type { Provisioned } from './provision.ts';
import { contradicts, type WrittenResources } from './resources.ts';

/** What the sizes of a fleet forbid, and what its people wrote about sizes that cannot be. */
export function* checkSizes(sourced: SourcedInventory, { provision }: Provisioned): Iterable<Diagnostic> {
  const { size } = provision;
  const onEdges = new Set([...size.sizes.values()].flatMap(({ parts }) => parts.map(({ name }) => name)));
  yield* checkResources(sourced.fleet, [...onEdges], 'an edge of the fleet');
  for (const cluster of sourced.clusters) {
    const { value } = cluster;
    if (value.role === 'edge') {
      if (Object.keys(value.resources).length === 0) continue;
      const parts = size.sizes.get(value)?.parts ?? [];
      yield* checkResources(cluster, partNames(parts), `"${value.name}"`);
    } else {
      yield* checkResources(cluster, partNames(size.centre.parts), 'the centre');
      for (const limit of size.limits) if (limit.figure.scope === 'centre' && limit.state !== 'ok') yield asDiagnostic(limit, cluster);
    }
  }
}

const partNames = (parts: readonly { readonly name: string }[]): readonly string[] => parts.map(({ name }) => name);

function* checkResources(
  { value, at }: Sourced<{ readonly resources: Readonly<Record<string, WrittenResources>> }>,
  parts: readonly string[],
  where: string,
): Iterable<Diagnostic> {
  for (const [part, written] of Object.entries(value.resources)) {
    if (!parts.includes(part))
      yield {
        code: 'resources/unknown-part',
        severity: 'error',
        message: `No part "${part}" runs on ${where}.`,
        hint: didYouMean(part, parts) ?? `Parts are ${parts.join(', ')}.`,
        span: at('resources', part),
      };
    if (contradicts(written))
      yield {
        code: 'resources/limit-below-request',
        severity: 'error',
        message: `"${part}" asks for more than its limit.`,
        hint: 'Raise the limit to the request or more, or leave one of them out: the other then gives way.',
        span: at('resources', part),
      };
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
