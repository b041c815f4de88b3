import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part, RequiredSecret } from '../part.ts';
import { needsReceive, sidecarEdges } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import { clientTls, leaves } from './query-endpoints.ts';
import { grpcPort, httpPort, listenGrpc, listenHttp, metricsIngress, thanosPorts, thanosProbes, thanosUser } from './thanos.ts';

const name = 'query';
const leafName = 'query-leaf';

/**
 * Labels in which copies of a series differ. The list only ever grows, since blocks in the bucket keep their labels. The operator
 * gives every Ruler `thanos_ruler_replica` beside the `rule_replica` of ours.
 * https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/thanos/statefulset.go
 */
const replicaLabels = ['prometheus_replica', 'receive_replica', 'rule_replica', 'thanos_ruler_replica'] as const;

/** Asks every store for its part of an answer and merges copies. Where stores are comes from the ConfigMap of `queryEndpoints`. */
export const query = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace, query: settings } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      service(namespace),
      networkPolicy(inventory),
      ...disruptionBudgets(name, namespace, settings.replicas),
      deployment(inventory, versions, { name, app: name, replicas: settings.replicas, talksToEdges: asksEdges(inventory) }),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: asksEdges(inventory) ? [clientCertificate(namespace)] : [],
  };
};

/** Queries between Query and the sidecars of a large fleet, each for the edges whose names hash to it. A replica each: while one restarts, its edges are missing from answers, which say so. */
export const queryLeaves = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace } = inventory.central;
  return {
    name: 'query-leaves',
    resources: [
      serviceAccount(leafName, namespace),
      leafService(namespace),
      leafNetworkPolicy(inventory),
      ...leaves(inventory).map((leaf) => deployment(inventory, versions, { name: leaf, app: leafName, replicas: 1, talksToEdges: true })),
      podMonitor(leafName, namespace, 'http'),
    ],
    secrets: [clientCertificate(namespace)],
  };
};

/** Query itself connects to sidecars unless leaves do. */
const asksEdges = (inventory: Inventory): boolean => sidecarEdges(inventory).length > 0 && leaves(inventory).length === 0;

const clientCertificate = (namespace: string): RequiredSecret => ({
  namespace,
  name: 'query-client-tls',
  keys: ['ca.crt', 'tls.crt', 'tls.key'],
  purpose:
    'Client certificate that Query shows to the sidecars of thanos-sidecar edges; ca.crt signs the serving certificates of the sidecars.',
});

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'ClusterIP',
      selector: selector(name),
      ports: [{ name: 'http', port: thanosPorts.http, targetPort: 'http' }],
    },
  }) satisfies IService;

const leafService = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: leafName, namespace, labels: labels(leafName), annotations: wave.config },
    spec: {
      clusterIP: 'None',
      selector: selector(leafName),
      ports: [{ name: 'grpc', port: thanosPorts.grpc, targetPort: 'grpc' }],
    },
  }) satisfies IService;

const networkPolicy = (inventory: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podsOf('query-frontend'), podsOf('thanos-ruler')], ports: ports(thanosPorts.http) }, metricsIngress],
      egress: [
        {
          to: [
            podsOf('prometheus'),
            ...(needsReceive(inventory) ? [podsOf('receive-ingestor')] : []),
            podsOf('store-gateway'),
            podsOf('thanos-ruler'),
            ...(leaves(inventory).length > 0 ? [podsOf(leafName)] : []),
          ],
          ports: ports(thanosPorts.grpc),
        },
      ],
    },
  }) satisfies INetworkPolicy;

const leafNetworkPolicy = (inventory: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: leafName, namespace: inventory.central.namespace, labels: labels(leafName), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(leafName) },
      policyTypes: ['Ingress'],
      ingress: [{ from: [podsOf(name)], ports: ports(thanosPorts.grpc) }, metricsIngress],
    },
  }) satisfies INetworkPolicy;

interface Querier {
  readonly name: string;
  /** What its pods are called in selectors. */
  readonly app: string;
  readonly replicas: number;
  readonly talksToEdges: boolean;
}

const deployment = (inventory: Provisioned, versions: Versions, querier: Querier) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: querier.name, namespace: inventory.central.namespace, labels: labels(querier.app) },
    spec: {
      replicas: querier.replicas,
      selector: { matchLabels: querierSelector(querier) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { ...labels(querier.app), ...querierSelector(querier) } },
        spec: {
          serviceAccountName: querier.app,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(thanosUser),
          topologySpreadConstraints: spread(querier.app),
          terminationGracePeriodSeconds: 130,
          containers: [
            {
              name,
              image: image(versions, 'thanos'),
              args: [
                'query',
                withinMemoryLimit,
                listenHttp,
                listenGrpc,
                '--endpoint.sd-config-file=/etc/thanos/endpoints/endpoints.yaml',
                '--endpoint.sd-config-reload-interval=1m',
                ...replicaLabels.map((label) => `--query.replica-label=${label}`),
                '--query.auto-downsampling',
                '--query.partial-response',
                // A store that hangs, such as an edge behind a dead link, is left out of the answer.
                '--store.response-timeout=15s',
              ],
              ports: [httpPort, grpcPort],
              ...thanosProbes,
              resources: inventory.provision.inCentre(querier.app),
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'endpoints', mountPath: '/etc/thanos/endpoints', readOnly: true },
                ...(querier.talksToEdges ? [{ name: 'client-tls', mountPath: clientTls, readOnly: true }] : []),
              ],
            },
          ],
          volumes: [
            { name: 'endpoints', configMap: { name: `${querier.name}-endpoints` } },
            ...(querier.talksToEdges ? [{ name: 'client-tls', secret: { secretName: 'query-client-tls', defaultMode: 0o440 } }] : []),
          ],
        },
      },
    },
  }) satisfies IDeployment;

/** All leaves are pods of one Service, so each needs a label of its own beside the common ones. */
const querierSelector = ({ name: own, app }: Querier) => ({
  ...selector(app),
  ...(own === app ? {} : { 'app.kubernetes.io/instance': own }),
});
