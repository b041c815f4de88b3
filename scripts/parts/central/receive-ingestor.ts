import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import { ingestorRetention } from '../../advise/size/centre-receive.ts';
import type { Provisioned } from '../../advise/size/provision.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { objectStorageEgress, podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { hashrings } from '../../telemetry/hashring.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, supports, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { agentEdges, receiveSize } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import {
  gibibytes,
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
export const receiveIngestor = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      hashringFile(inventory),
      service(namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, ingestors(inventory)),
      statefulSet(inventory, versions),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: [objectStorageSecret(inventory)],
  };
};

const ingestors = (inventory: Provisioned): number => receiveSize(inventory).ingestors.value.middle;

function hashring(inventory: Provisioned) {
  const replicas = ingestors(inventory);
  const over = receiveSize(inventory).spread.value.middle;
  return {
    name,
    namespace: inventory.central.namespace,
    replicas,
    ...(over < replicas && { spread: { over, tenants: agentEdges(inventory).length } }),
  };
}

/** Routers read the file anew when it changes; a hash in its name would restart them instead. */
const hashringFile = (inventory: Provisioned) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'receive-hashrings', namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    data: {
      'hashrings.json': `${JSON.stringify(hashrings(hashring(inventory)), null, 2)}\n`,
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

const statefulSet = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      replicas: ingestors(inventory),
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
                withinMemoryLimit,
                listenHttp,
                listenGrpc,
                // Only routers take remote write from outside; this listener knows no TLS.
                `--remote-write.address=127.0.0.1:${thanosPorts.remoteWrite}`,
                // A second way to write, which asks for no certificate, and which Thanos opens to everybody unless told.
                '--receive.capnproto-address=127.0.0.1:19391',
                `--tsdb.path=${data}`,
                `--tsdb.retention=${ingestorRetention}`,
                ...(supports(versions, 'future-window') ? ['--tsdb.too-far-in-future.time-window=5m'] : []),
                '--receive.tenant-label-name=cluster',
                // Thanos reads the value as a quoted Go string.
                '--label=receive_replica="$(POD_NAME)"',
                objectStorage(inventory).flag,
              ],
              env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
              ports: [httpPort, grpcPort],
              ...thanosProbes,
              resources: inventory.provision.inCentre(name),
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'data', mountPath: data }, objectStorage(inventory).mount],
            },
          ],
          volumes: [objectStorage(inventory).volume],
        },
      },
      volumeClaimTemplates: [volumeClaim(inventory, gibibytes(receiveSize(inventory).storage))],
    },
  }) satisfies IStatefulSet;
