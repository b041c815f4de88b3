import type { Provisioned } from '../advise/size/provision.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory, Sourced, SourcedInventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { JsonPatch } from '../kustomize/kustomization.ts';
import type { Endpoint } from '../parts/central/query-endpoints.ts';
import type { PartBuilder, RequiredSecret } from '../parts/part.ts';

/** What an option puts on an edge. */
export interface OnEdge {
  /** Parts, shared with every edge of the same ring. */
  readonly parts: readonly PartBuilder[];
  /** Changes to objects of those parts that hold for this edge only. */
  readonly patches: readonly JsonPatch[];
}

/** What the centre has to know of some edges: those of one bucket. */
export interface InCentre {
  /** Objects of the centre, such as the ScrapeConfigs of remote-scrape edges. */
  readonly resources: readonly Resource[];
  readonly secrets: readonly RequiredSecret[];
  /** Addresses for Query's endpoint file, none for edges whose data is in the centre anyway. */
  readonly endpoints: readonly Endpoint[];
}

/** One way to collect metrics from an edge. A fourth is a folder beside these three and a line in index.ts. */
export interface Option<E extends Edge = Edge> {
  readonly name: E['option'];
  /** What types cannot say about one edge of this option. */
  check(edge: Sourced<E>, sourced: SourcedInventory, inventory: Provisioned): Iterable<Diagnostic>;
  onEdge(edge: E, inventory: Provisioned): OnEdge;
  /** `bucket` names the group of edges, for the names of objects that they share. */
  inCentre(edges: readonly E[], bucket: string, inventory: Inventory): InCentre;
  /** Parts that the centre runs because an edge of this option exists, beside those that every centre has. */
  centralParts(inventory: Inventory): readonly PartBuilder[];
}
