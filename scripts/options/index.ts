import { offlineTooLong } from '../advise/outage-check.ts';
import { unfitOption } from '../advise/recommend-edge.ts';
import { surroundingsOf } from '../advise/recommend-surroundings.ts';
import type { Provisioned } from '../advise/size/provision.ts';
import { about, type Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory, Sourced, SourcedInventory } from '../inventory/inventory.ts';
import type { JsonPatch } from '../kustomize/kustomization.ts';
import { commonParts } from '../parts/central/index.ts';
import type { PartBuilder } from '../parts/part.ts';
import type { Option } from './option.ts';
import { prometheusAgent } from './prometheus-agent/index.ts';
import { remoteScrape } from './remote-scrape/index.ts';
import { thanosSidecar } from './thanos-sidecar/index.ts';

/** Every way to collect metrics from an edge. A fourth is a folder, a type in the schema, and a line here. */
export const options: { readonly [Name in Edge['option']]: Option<Extract<Edge, { option: Name }>> } = {
  'remote-scrape': remoteScrape,
  'prometheus-agent': prometheusAgent,
  'thanos-sidecar': thanosSidecar,
};

/** The option of an edge, for an edge whose option is not known to the types. */
const optionOf = (edge: Edge): Option => options[edge.option] as Option;

/** What types and the fleet's rules cannot say of an edge. */
export function* checkOptions(sourced: SourcedInventory, inventory: Provisioned): Iterable<Diagnostic> {
  const surroundings = surroundingsOf(inventory);
  for (const cluster of sourced.clusters)
    if (cluster.value.role === 'edge') {
      const edge = cluster as Sourced<Edge>;
      for (const diagnostic of [
        ...optionOf(edge.value).check(edge, sourced, inventory),
        ...offlineTooLong(edge, surroundings),
        ...unfitOption(edge, surroundings),
      ])
        yield about(edge.value.name, diagnostic);
    }
}

/** What an edge runs, its parts as `emit` makes them. */
export function onEdge<P>(
  edge: Edge,
  inventory: Provisioned,
  emit: (part: PartBuilder) => P,
): { readonly parts: readonly P[]; readonly patches: readonly JsonPatch[] } {
  const { parts, patches } = optionOf(edge).onEdge(edge, inventory);
  return { parts: parts.map(emit), patches };
}

/** What the centre runs: what every centre does, and what the options of the edges ask for, each once. */
export const centralParts = (inventory: Inventory): readonly PartBuilder[] => [
  ...new Set([
    ...commonParts(inventory),
    ...Object.values(options).flatMap((option) =>
      inventory.edges.some((edge) => edge.option === option.name) ? option.centralParts(inventory) : [],
    ),
  ]),
];
