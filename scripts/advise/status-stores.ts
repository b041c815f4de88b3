import type { Edge } from '../inventory/inventory.ts';

/** A store as Thanos Query lists it. */
export interface Store {
  /** `sidecar`, `receive`, `store` of a bucket, `rule`, or another `query`. */
  readonly kind: string;
  readonly address: string;
  /** Why Query could not reach it when it last tried: it then answers without that store, and without a warning. */
  readonly error: string | undefined;
  /** External labels of what it has; those of before where it cannot be reached. */
  readonly labelSets: readonly Readonly<Record<string, string>>[];
}

/** By kind. https://github.com/thanos-io/thanos/blob/main/pkg/query/endpointset.go */
export type ListedStores = Readonly<
  Record<
    string,
    readonly { readonly name: string; readonly lastError?: string | null; readonly labelSets?: Store['labelSets'] | null }[] | null
  >
>;

export const storesOf = (listed: ListedStores): readonly Store[] =>
  Object.entries(listed).flatMap(([kind, all]) =>
    (all ?? []).map(({ name, lastError, labelSets }) => ({
      kind,
      address: name,
      error: lastError ?? undefined,
      labelSets: labelSets ?? [],
    })),
  );

/**
 * Why nobody can know what an edge reports now: no store answers that could have it. Undefined where one does. What is in the bucket is
 * hours old. `endpoints` are the addresses of the edge's own stores.
 */
export function whyUnseen(edge: Edge, endpoints: readonly string[], stores: readonly Store[]): string | undefined {
  const able = stores.filter((store) => couldHave[edge.option](store, edge.name, endpoints));
  if (able.some(({ error }) => error === undefined)) return undefined;
  const [lost] = able;
  return lost?.error === undefined
    ? `Query knows no ${storeFor[edge.option]}`
    : `Query cannot reach ${lost.kind} ${lost.address}: ${cause(lost.error)}`;
}

const storeFor: Readonly<Record<Edge['option'], string>> = {
  'thanos-sidecar': 'store of the edge',
  'prometheus-agent': 'Receive ingestor',
  'remote-scrape': 'sidecar of the central Prometheus',
};

/** Whether recent series of an edge may be in a store. A Query may stand between, as a leaf for some edges or above the centre's own. */
const couldHave: Readonly<Record<Edge['option'], (store: Store, edge: string, endpoints: readonly string[]) => boolean>> = {
  // One that has just started has no labels yet.
  'thanos-sidecar': ({ kind, address, labelSets }, edge, endpoints) =>
    ((kind === 'sidecar' || kind === 'query') && labelSets.some(({ cluster }) => cluster === edge)) ||
    (labelSets.length === 0 && endpoints.includes(address)),
  // Of a tenant that never wrote there are no labels.
  'prometheus-agent': (store) => store.kind === 'receive' || (store.kind === 'query' && hasCentral(store)),
  'remote-scrape': (store) => (store.kind === 'sidecar' || store.kind === 'query') && hasCentral(store),
};

/** `cluster` is an external label of edges and of tenants, never of the centre: there it comes with the series. */
const hasCentral = ({ labelSets }: Store): boolean => labelSets.some(({ cluster }) => cluster === undefined);

/** The innermost reason of an error of gRPC. */
const cause = (error: string): string =>
  (error.split(' desc = ').at(-1) ?? error)
    .replace(/^["\\]+|["\\]+$/g, '')
    .replace(/^transport: Error while dialing: /, '')
    .slice(0, 200);
