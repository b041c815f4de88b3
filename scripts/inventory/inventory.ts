import type {
  CentralCluster,
  Cluster,
  Fleet,
  PrometheusAgentEdge,
  RemoteScrapeEdge,
  ThanosSidecarEdge,
} from '../../generated/types/resolved.d.ts';
import type { Span } from '../diagnostic.ts';

export type { CentralCluster, Cluster, Fleet, PrometheusAgentEdge, RemoteScrapeEdge, ThanosSidecarEdge };
export type Edge = RemoteScrapeEdge | PrometheusAgentEdge | ThanosSidecarEdge;

/** A plain value and where each part of it was written. */
export interface Sourced<T> {
  readonly value: T;
  /** The place of the value at `path`, or of its nearest ancestor that was written: a missing field points at its object. */
  readonly at: (...path: readonly (string | number)[]) => Span;
}

/** The inventory as written: schema-valid, defaults filled in, every value with its place. Rules read this. */
export interface SourcedInventory {
  readonly fleet: Sourced<Fleet>;
  /** In the order of their names. */
  readonly clusters: readonly Sourced<Cluster>[];
}

/** The inventory as the compiler emits it: valid, complete, in the order of names. */
export interface Inventory {
  readonly fleet: Fleet;
  readonly central: CentralCluster;
  readonly edges: readonly Edge[];
}

/** The ring of an edge: the fleet's last one unless said, which a change reaches last. */
export const ringOf = (fleet: Fleet, edge: Edge): string => edge.ring ?? (fleet.rings.at(-1) as string);

/** What an edge is called in Argo CD's `destination.name`, in labels, and as a tenant: its name, everywhere. */
export const hostNamespace = (fleet: Fleet): string => `${fleet.namespace}-host`;
