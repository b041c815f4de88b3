/** How a hashring's file looks to Thanos Receive. https://thanos.io/tip/components/receive.md/#hashring-management */
interface Hashring {
  readonly hashring: string;
  readonly endpoints: readonly string[];
}

/** Pods of the ingestors' StatefulSet, as routers reach them through its governing Service. */
interface Ingestors {
  /** Name of the StatefulSet and of its governing Service. */
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
}

/**
 * One hashring for all tenants. A pod's place on the ring is the hash of its address, so an address is never written in
 * another way: with any other text every series would move.
 */
export const hashrings = ({ name, namespace, replicas }: Ingestors): readonly Hashring[] => [
  {
    hashring: 'default',
    endpoints: Array.from({ length: replicas }, (_, i) => `${name}-${i}.${name}.${namespace}.svc.cluster.local:10901`),
  },
];
