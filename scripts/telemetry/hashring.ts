/** How a hashring's file looks to Thanos Receive. https://thanos.io/tip/components/receive.md/#hashring-management */
interface Hashring {
  readonly hashring: string;
  readonly endpoints: readonly string[];
  /** Each tenant on some of the endpoints only. https://thanos.io/tip/components/receive.md/#shuffle-sharding */
  readonly shuffle_sharding_config?: { readonly shard_size: number; readonly cache_size: number };
}

/** Pods of the ingestors' StatefulSet, as routers reach them through its governing Service. */
interface Ingestors {
  /** Name of the StatefulSet and of its governing Service. */
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** Where a tenant is on some of them only: on how many, and how many tenants there are. */
  readonly spread?: { readonly over: number; readonly tenants: number };
}

/**
 * One hashring for all tenants. A pod's place on the ring is the hash of its address, so an address is never written in
 * another way: with any other text every series would move.
 */
export const hashrings = ({ name, namespace, replicas, spread }: Ingestors): readonly Hashring[] => [
  {
    hashring: 'default',
    endpoints: Array.from({ length: replicas }, (_, i) => `${name}-${i}.${name}.${namespace}.svc.cluster.local:10901`),
    // A router that forgets a tenant's ring computes it anew for each write, so it remembers them all.
    ...(spread && { shuffle_sharding_config: { shard_size: spread.over, cache_size: 2 ** Math.ceil(Math.log2(spread.tenants)) } }),
  },
];
