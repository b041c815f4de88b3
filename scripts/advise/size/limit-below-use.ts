import type { Diagnostic, Span } from '../../diagnostic.ts';
import type { Edge, Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { type PartSize, sizeOf } from './edge.ts';
import type { FleetSize } from './fleet.ts';
import { formatFigure } from './format.ts';
import { amountOf, centreSteps, contradictions, edgeSteps, type Resource, resourcesOf, type WrittenResources } from './resources.ts';

/** A written limit that a part is likely to need more than. */
interface Low {
  readonly part: PartSize;
  readonly resource: Resource;
  readonly limit: string;
  readonly span: Span;
  /** Whose part it is; undefined for the centre. */
  readonly edge?: Edge;
}

/** Limits below the likeliest use, each place once, by the cluster that needs most. */
export function* limitsBelowUse(sourced: SourcedInventory, size: FleetSize): Iterable<Diagnostic> {
  const places = new Map<string, Low[]>();
  for (const low of lowLimits(sourced, size)) {
    const { part, resource, limit, span } = low;
    const key = JSON.stringify([part.name, resource, limit, span.file, span.line, span.column]);
    const lows = places.get(key);
    if (lows === undefined) places.set(key, [low]);
    else lows.push(low);
  }
  for (const lows of places.values())
    yield asDiagnostic(
      lows.reduce((most, low) => (need(low) > need(most) ? low : most)),
      lows.length - 1,
      size,
    );
}

const need = ({ part, resource }: Low): number => part[resource].value.middle;

function* lowLimits({ fleet, clusters }: SourcedInventory, size: FleetSize): Iterable<Low> {
  const ofFleet = fleet.value.resources;
  for (const cluster of clusters) {
    const { value, at } = cluster;
    if (value.role === 'central') yield* lowIn(size.centre.parts, value.resources, at);
    else {
      const inherited = Object.fromEntries(
        Object.entries(ofFleet).map(([part, written]) => [part, without(written, value.resources[part])]),
      );
      const parts = size.sizes.get(value)?.parts ?? [];
      for (const low of [...lowIn(parts, inherited, fleet.at), ...lowIn(parts, value.resources, at)]) yield { ...low, edge: value };
    }
  }
}

/** What the fleet writes and an edge does not write anew. */
const without = ({ requests, limits }: WrittenResources, own: WrittenResources | undefined): WrittenResources => ({
  ...(requests && { requests }),
  limits: Object.fromEntries(Object.entries(limits ?? {}).filter(([resource]) => own?.limits?.[resource as Resource] === undefined)),
});

function* lowIn(
  parts: readonly PartSize[],
  written: Readonly<Record<string, WrittenResources>>,
  at: Sourced<unknown>['at'],
): Iterable<Low> {
  for (const part of parts) {
    const resources = written[part.name];
    for (const resource of ['memory', 'cpu'] as const) {
      const limit = resources?.limits?.[resource];
      // A limit below its request is an error already.
      if (resources === undefined || limit === undefined || contradictions(resources).length > 0) continue;
      if (amountOf[resource](limit) < part[resource].value.middle)
        yield { part, resource, limit, span: at('resources', part.name, 'limits', resource) };
    }
  }
}

function asDiagnostic(low: Low, others: number, size: FleetSize): Diagnostic {
  const { part, resource, limit, span, edge } = low;
  const planned = resourcesOf(part, edge === undefined ? centreSteps : edgeSteps);
  const enough = resource === 'memory' ? planned.limits.memory : planned.requests.cpu;
  const where = edge === undefined ? 'in the centre' : `on "${edge.name}"${others > 0 ? ` and ${others} more` : ''}`;
  const fate = { memory: `is killed at ${limit} of memory`, cpu: `is held to ${limit} of CPU` }[resource];
  const pods = edge !== undefined && fewPodsFit(low, edge, size) ? ', or say how many pods it has in workload.pods' : '';
  return {
    code: 'resources/limit-below-likely',
    severity: 'warning',
    message: `"${part.name}" ${where} ${fate}, and is likely to need ${formatFigure(part[resource])}.`,
    hint: `Set it to ${enough} or more, or leave it out${pods}.`,
    span,
  };
}

/** Whether the limit could be enough, were it said that the edge has few pods. */
function fewPodsFit({ part, resource, limit }: Low, edge: Edge, { sizes }: FleetSize): boolean {
  const workload = sizes.get(edge)?.workload;
  if (workload === undefined || workload.pods !== undefined) return false;
  const small = sizeOf({ ...workload, pods: 1, containers: 1 }).parts.find(({ name }) => name === part.name);
  return small !== undefined && small[resource].value.middle <= amountOf[resource](limit);
}
