import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { podsOf, ports } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { withinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { podMonitor } from './pod-monitor.ts';
import { httpPort, listenHttp, metricsIngress, thanosPorts, thanosProbes, thanosUser } from './thanos.ts';

const name = 'query-frontend';

/** What people and Grafana ask: it splits long ranges by the day and keeps the answers in memory. */
export const queryFrontend = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace, query } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      service(namespace),
      networkPolicy(namespace),
      ...disruptionBudgets(name, namespace, query.replicas),
      deployment(inventory, versions),
      podMonitor(name, namespace, 'http'),
    ],
    secrets: [],
  };
};

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

const networkPolicy = (namespace: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        // Grafana, in whichever namespace it runs.
        {
          from: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'grafana' } } }],
          ports: ports(thanosPorts.http),
        },
        metricsIngress,
      ],
      egress: [{ to: [podsOf('query')], ports: ports(thanosPorts.http) }],
    },
  }) satisfies INetworkPolicy;

const cache = (maxSize: string) => JSON.stringify({ type: 'IN-MEMORY', config: { max_size: maxSize, validity: '6h' } });

const deployment = ({ central, provision }: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: central.namespace, labels: labels(name) },
    spec: {
      replicas: central.query.replicas,
      selector: { matchLabels: selector(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
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
                'query-frontend',
                withinMemoryLimit,
                listenHttp,
                `--query-frontend.downstream-url=http://query.${central.namespace}.svc:${thanosPorts.http}`,
                '--query-frontend.compress-responses',
                '--query-frontend.log-queries-longer-than=10s',
                '--query-range.split-interval=24h',
                `--query-range.response-cache-config=${cache('512MB')}`,
                '--labels.split-interval=24h',
                `--labels.response-cache-config=${cache('128MB')}`,
              ],
              ports: [httpPort],
              ...thanosProbes,
              resources: provision.inCentre(name),
              securityContext: containerSecurity,
            },
          ],
        },
      },
    },
  }) satisfies IDeployment;
