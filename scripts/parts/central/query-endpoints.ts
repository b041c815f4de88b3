import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Inventory, ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, ports } from '../../kubernetes/network.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { bucketOf } from '../../rollout/buckets.ts';
import { needsReceive, sidecarEdges } from './needs.ts';

/** Sidecars that one Query asks directly; each is asked for its labels every five seconds. Beyond, leaves stand in between. */
const directSidecars = 100;

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

/** The leaf that asks the sidecars of `cluster`. It depends on nothing but the name, so that one more edge moves no other. */
const leafOf = (cluster: string): string => `query-leaf-${bucketOf(cluster)}`;

/** Leaves that have an edge, in the order of their names; none where Query asks the sidecars itself. */
export function leaves(inventory: Inventory): readonly string[] {
  const edges = sidecarEdges(inventory);
  return edges.length > directSidecars ? [...new Set(edges.map(({ name }) => leafOf(name)))].sort() : [];
}

/** The endpoint files of Query and its leaves, one ConfigMap each, which Thanos reads anew every minute; and the way to what is in them. */
export function queryEndpoints(inventory: Inventory, edges: readonly Endpoint[]) {
  const files = new Map<string, object[]>([
    ['query', inCluster(inventory)],
    ...leaves(inventory).map((leaf) => [leaf, []] as [string, object[]]),
  ]);
  const throughLeaves = files.size > 1;
  for (const endpoint of edges) files.get(throughLeaves ? leafOf(endpoint.cluster) : 'query')?.push(overMutualTls(endpoint));
  return [
    ...[...files].map(([query, endpoints]) => endpointFile(inventory, query, endpoints)),
    ...(edges.length > 0 ? [queryToEdges(inventory)] : []),
  ];
}

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
