import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { objectStorageEgress } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { needsReceive } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import {
  gibibytes,
  httpPort,
  listenHttp,
  metricsIngress,
  objectStorage,
  objectStorageSecret,
  scratchVolume,
  thanosPorts,
  thanosProbes,
  thanosUser,
} from './thanos.ts';

const name = 'compactor';
const data = '/var/thanos/compact';

/** Joins, downsamples and deletes blocks of the bucket. Exactly one may work on a bucket: a second would corrupt it. https://thanos.io/tip/components/compact.md/ */
export const compactor = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      service(namespace),
      networkPolicy(namespace),
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
      ports: [{ name: 'http', port: thanosPorts.http, targetPort: 'http' }],
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
      ingress: [metricsIngress],
      egress: [objectStorageEgress],
    },
  }) satisfies INetworkPolicy;

const statefulSet = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(thanosUser),
          terminationGracePeriodSeconds: 130,
          containers: [
            {
              name,
              image: image(versions, 'thanos'),
              args: [
                'compact',
                '--wait',
                withinMemoryLimit,
                listenHttp,
                `--data-dir=${data}`,
                objectStorage(inventory).flag,
                `--retention.resolution-raw=${inventory.central.retention.raw}`,
                `--retention.resolution-5m=${inventory.central.retention.fiveMinutes}`,
                `--retention.resolution-1h=${inventory.central.retention.oneHour}`,
                // Twice as long as a Store Gateway goes on reading a block that is marked for deletion.
                '--delete-delay=48h',
                // Copies that Receive made are equal sample by sample, which is what this merge is for. Copies of two Prometheus replicas are not.
                ...(needsReceive(inventory) ? ['--deduplication.replica-label=receive_replica'] : []),
              ],
              ports: [httpPort],
              ...thanosProbes,
              resources: inventory.provision.inCentre(name),
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'data', mountPath: data }, objectStorage(inventory).mount],
            },
          ],
          volumes: [
            scratchVolume(inventory, gibibytes(inventory.provision.size.centre.storage.compactor)),
            objectStorage(inventory).volume,
          ],
        },
      },
    },
  }) satisfies IStatefulSet;
