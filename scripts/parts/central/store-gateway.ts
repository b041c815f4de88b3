import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { objectStorageEgress, podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
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
  scratchVolume,
  thanosPorts,
  thanosProbes,
  thanosUser,
} from './thanos.ts';

const name = 'store-gateway';
const replicas = 2;
const data = '/var/thanos/store';

/** Answers queries about what is in the bucket. The volume is a cache of index headers: a new pod reads them anew. */
export const storeGateway = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      service(namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, replicas),
      statefulSet(inventory, versions),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: [objectStorageSecret(inventory)],
  };
};

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      clusterIP: 'None',
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
      ingress: [{ from: [podsOf('query')], ports: ports(thanosPorts.grpc) }, metricsIngress],
      egress: [objectStorageEgress],
    },
  }) satisfies INetworkPolicy;

const statefulSet = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      replicas,
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
          terminationGracePeriodSeconds: 130,
          containers: [
            {
              name,
              image: image(versions, 'thanos'),
              args: [
                'store',
                withinMemoryLimit,
                listenHttp,
                listenGrpc,
                `--data-dir=${data}`,
                objectStorage(inventory).flag,
                // Together with the pool, which is 2 GB unless said, this has to fit the memory limit.
                '--index-cache-size=512MB',
                '--chunk-pool-size=1GB',
                '--store.enable-index-header-lazy-reader',
              ],
              ports: [httpPort, grpcPort],
              ...thanosProbes,
              resources: inventory.provision.inCentre(name),
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'data', mountPath: data }, objectStorage(inventory).mount],
            },
          ],
          volumes: [
            scratchVolume(inventory, gibibytes(inventory.provision.size.centre.storage.storeGateway)),
            objectStorage(inventory).volume,
          ],
        },
      },
    },
  }) satisfies IStatefulSet;
