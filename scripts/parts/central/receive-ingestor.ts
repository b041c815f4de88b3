import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { objectStorageEgress, podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { hashrings } from '../../telemetry/hashring.ts';
import { estimatedSeries, headMemory } from '../../telemetry/sizing.ts';
import { image, supports, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { agentEdges, receiveOf } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import {
  grpcPort,
  httpPort,
  listenGrpc,
  listenHttp,
  metricsIngress,
  objectStorage,
  objectStorageSecret,
  thanosPorts,
  thanosProbes,
  thanosUser,
  volumeClaim,
} from './thanos.ts';

const name = 'receive-ingestor';
const data = '/var/thanos/receive';

/**
 * The ingesting half of Thanos Receive: a TSDB per tenant, that is per edge, so that an edge which was offline for hours can still
 * write what it kept. Blocks go to the bucket with the tenant as their `cluster` label, whatever the edge said.
 */
export const receiveIngestor = (inventory: Inventory, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      hashringFile(inventory),
      service(namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, receiveOf(inventory.central).replicas),
      statefulSet(inventory, versions),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: [objectStorageSecret(inventory)],
  };
};

/** Routers read the file anew when it changes; a hash in its name would restart them instead. */
const hashringFile = ({ central }: Inventory) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'receive-hashrings', namespace: central.namespace, labels: labels(name), annotations: wave.config },
    data: {
      'hashrings.json': `${JSON.stringify(hashrings({ name, namespace: central.namespace, replicas: receiveOf(central).replicas }), null, 2)}\n`,
    },
  }) satisfies IConfigMap;

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      clusterIP: 'None',
      // Routers need the address of an ingestor that is still replaying its log.
      publishNotReadyAddresses: true,
      selector: selector(name),
      ports: [{ name: 'grpc', port: thanosPorts.grpc, targetPort: 'grpc' }],
    },
  }) satisfies IService;

const networkPolicy = (namespace: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podsOf('receive-router'), podsOf('query')], ports: ports(thanosPorts.grpc) }, metricsIngress],
      egress: [objectStorageEgress],
    },
  }) satisfies INetworkPolicy;

/** Every series is on as many ingestors as the replication factor says; a tenant costs some 8 MB on each of them. */
const memory = (inventory: Inventory) => {
  const edges = agentEdges(inventory);
  const { replicas, replicationFactor } = receiveOf(inventory.central);
  return headMemory((replicationFactor * estimatedSeries(edges)) / replicas, 8_000_000 * edges.length);
};

const statefulSet = (inventory: Inventory, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      replicas: receiveOf(inventory.central).replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(thanosUser),
          topologySpreadConstraints: spread(name),
          // On the way out it cuts and uploads a block of every tenant.
          terminationGracePeriodSeconds: 900,
          containers: [
            {
              name,
              image: image(versions, 'thanos'),
              args: [
                'receive',
                listenHttp,
                listenGrpc,
                // Only routers take remote write from outside; this listener knows no TLS.
                `--remote-write.address=127.0.0.1:${thanosPorts.remoteWrite}`,
                // A second way to write, which asks for no certificate, and which Thanos opens to everybody unless told.
                '--receive.capnproto-address=127.0.0.1:19391',
                `--tsdb.path=${data}`,
                '--tsdb.retention=48h',
                ...(supports(versions, 'future-window') ? ['--tsdb.too-far-in-future.time-window=5m'] : []),
                '--receive.tenant-label-name=cluster',
                // Thanos reads the value as a quoted Go string.
                '--label=receive_replica="$(POD_NAME)"',
                objectStorage(inventory).flag,
              ],
              env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
              ports: [httpPort, grpcPort],
              ...thanosProbes,
              resources: {
                requests: { cpu: '500m', memory: memory(inventory).request },
                limits: { memory: memory(inventory).limit },
              },
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'data', mountPath: data }, objectStorage(inventory).mount],
            },
          ],
          volumes: [objectStorage(inventory).volume],
        },
      },
      volumeClaimTemplates: [volumeClaim(inventory, receiveOf(inventory.central).storage)],
    },
  }) satisfies IStatefulSet;
