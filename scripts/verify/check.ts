import type { Resource } from '../kubernetes/resource.ts';
import type { RequiredSecret } from '../parts/part.ts';
import type { View } from './view.ts';

/** What is known of a cluster beside its manifests. */
export interface Context {
  readonly cluster: string;
  readonly role: 'edge' | 'central';
  /** Of an edge. */
  readonly option?: 'remote-scrape' | 'prometheus-agent' | 'thanos-sidecar';
  /** The inventory accepts kubelets that sign their own certificates, on this edge or, in the centre, on one of them. */
  readonly unsafeSkipVerify: boolean;
  /** Argo CD is told to sync EndpointSlices. */
  readonly endpointSlices: boolean;
  /** Where a prometheus-agent edge has to write to. */
  readonly remoteWriteUrl?: string;
  /** Objects in each of the cluster's overlays; one with all of them unless said. */
  readonly overlays?: readonly number[];
  /** Whether the inventory leaves it to the number of objects how many overlays the centre has. */
  readonly dividesBySize?: boolean;
  /** Secrets that somebody provides, beyond those that the manifests list or fetch themselves. */
  readonly secrets?: readonly RequiredSecret[];
  /** Parsed texts of ConfigMaps, shared between clusters: most of them run the same configuration. */
  readonly parsed?: Map<string, unknown>;
}

/** What is wrong with an object, or with the cluster when it is one that is missing. */
export interface Fault {
  readonly object?: Resource;
  readonly message: string;
}

export type Code = `verify/${string}` | `telemetry/${string}`;

/** One thing that must hold for the manifests of a cluster. */
export interface Check {
  readonly code: Code;
  readonly severity?: 'warning';
  readonly find: (view: View) => Iterable<Fault>;
}
