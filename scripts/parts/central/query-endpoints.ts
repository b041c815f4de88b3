import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { directSidecars } from '../../advise/size/workload.ts';
import type { Inventory, ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, ports } from '../../kubernetes/network.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { bucketOf } from '../../rollout/buckets.ts';
import { needsReceive, sidecarEdges } from './needs.ts';

/** Where Query finds the client certificate that it shows to sidecars. */
export const clientTls = '/etc/thanos/client-tls';

/** A store outside the centre that Query asks over mutual TLS. */
export interface Endpoint {
  /** The edge that it is on. */
  readonly cluster: string;
  /** `host:port`, an IPv6 host in brackets. */
  readonly address: string;
  /** Name that the certificate must bear. */
  readonly serverName: string;
}

/** The leaf that asks the sidecars of a bucket of edges. A bucket depends on nothing but names, so that one more edge moves no other. */
const leafName = (bucket: string): string => `query-leaf-${bucket}`;

/** Leaves that have an edge, in the order of their names; none where Query asks the sidecars itself. */
export function leaves(inventory: Inventory): readonly string[] {
  const edges = sidecarEdges(inventory);
  return edges.length > directSidecars ? [...new Set(edges.map(({ name }) => leafName(bucketOf(name))))].sort() : [];
}

/** Query's endpoint file, which Thanos reads anew every minute, and the way to the edges. With leaves it lists them, not the edges. */
export const queryEndpoints = (inventory: Inventory, edges: readonly Endpoint[]) => [
  endpointFile(inventory, 'query', [...inCluster(inventory), ...(leaves(inventory).length > 0 ? [] : edges.map(overMutualTls))]),
  ...(edges.length > 0 ? [queryToEdges(inventory)] : []),
];

/** The endpoint file of the leaf for one bucket of edges: none where Query asks them itself, or where none of them has a sidecar. */
export const leafEndpoints = (inventory: Inventory, bucket: string, edges: readonly Endpoint[]) =>
  edges.length > 0 && leaves(inventory).length > 0 ? [endpointFile(inventory, leafName(bucket), edges.map(overMutualTls))] : [];

const endpointFile = ({ central }: Inventory, query: string, endpoints: readonly object[]) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${query}-endpoints`, namespace: central.namespace, labels: labels('query'), annotations: wave.config },
    data: { 'endpoints.yaml': toYaml({ default_client_config: { tls_config: { enabled: false } }, endpoints }) },
  }) satisfies IConfigMap;

/** Every store of the centre, one entry a headless Service. Entries that DNS discovers take the default client configuration: plain gRPC, which only the network policies guard. */
const inCluster = (inventory: Inventory) =>
  [
    'prometheus-operated',
    ...(needsReceive(inventory) ? ['receive-ingestor'] : []),
    'store-gateway',
    'thanos-ruler-operated',
    ...(leaves(inventory).length > 0 ? ['query-leaf'] : []),
  ].map((service) => ({ address: `dnssrv+_grpc._tcp.${service}.${inventory.central.namespace}.svc` }));

const overMutualTls = ({ address, serverName }: Endpoint) => ({
  address,
  client_config: {
    tls_config: {
      enabled: true,
      ca_file: `${clientTls}/ca.crt`,
      cert_file: `${clientTls}/tls.crt`,
      key_file: `${clientTls}/tls.key`,
    },
    server_name: serverName,
  },
});

/** The way from Query, or its leaves, to the sidecars. With the endpoints, not in the part: an edge's endpoint may have any port. */
const queryToEdges = (inventory: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'query-to-edges', namespace: inventory.central.namespace, labels: labels('query'), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(leaves(inventory).length > 0 ? 'query-leaf' : 'query') },
      policyTypes: ['Egress'],
      egress: sidecarEgress(inventory),
    },
  }) satisfies INetworkPolicy;

/** Node ports of the edges; an endpoint that an edge names itself may be a load balancer anywhere, so only its port is known. */
const sidecarEgress = (inventory: Inventory) => {
  const named = sidecarEdges(inventory).flatMap(({ settings }) => settings.endpoints ?? []);
  const namedPorts = [...new Set(named.map((endpoint) => Number(endpoint.slice(endpoint.lastIndexOf(':') + 1))))].sort((a, b) => a - b);
  return [
    ...(sidecarEdges(inventory).some(onNodePorts)
      ? [{ to: addresses(inventory.fleet.network.edgeCidrs), ports: ports(30901, 30902) }]
      : []),
    ...(namedPorts.length > 0 ? [{ ports: ports(...namedPorts) }] : []),
  ];
};

const onNodePorts = ({ settings }: ThanosSidecarEdge): boolean => settings.endpoints === undefined;
