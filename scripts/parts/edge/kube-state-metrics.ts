import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Resources } from '../../advise/size/resources.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { apiServerEgress, dnsEgress } from '../../kubernetes/network.ts';
import { containerSecurity, podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { toYaml } from '../../kustomize/yaml.ts';
import { exporterNames, exporterPorts } from '../../telemetry/jobs.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { mutualTls } from './node-exporter.ts';

const name = 'kube-state-metrics';
const tls = '/etc/kube-state-metrics/tls';

/** What it reports on, by API group. Neither Secrets nor ConfigMaps: their names alone tell too much, and to list them is to read them. */
const watched: Readonly<Record<string, readonly string[]>> = {
  '': [
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'replicationcontrollers',
    'resourcequotas',
    'services',
  ],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'discovery.k8s.io': ['endpointslices'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'storage.k8s.io': ['storageclasses', 'volumeattachments'],
};

/** kube-state-metrics behind mutual TLS. It watches the whole cluster, so one replica: a second would double every series. */
export const kubeStateMetrics = ({ fleet, provision }: Provisioned, versions: Versions): Part => {
  const { namespace } = fleet;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      clusterRole,
      clusterRoleBinding(namespace),
      webConfig(namespace),
      service(namespace),
      networkPolicy(namespace),
      deployment(namespace, versions, provision.shared(name)),
    ],
    secrets: [
      {
        namespace,
        name: 'kube-state-metrics-tls',
        keys: ['ca.crt', 'tls.crt', 'tls.key'],
        purpose: `Serving certificate of kube-state-metrics with the DNS name ${exporterNames(fleet).kubeStateMetrics}; ca.crt signs the clients that may scrape it.`,
      },
    ],
  };
};

const clusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'fleetc-kube-state-metrics', labels: labels(name), annotations: wave.access },
  rules: Object.entries(watched).map(([group, resources]) => ({ apiGroups: [group], resources: [...resources], verbs: ['list', 'watch'] })),
} satisfies IClusterRole;

const clusterRoleBinding = (namespace: string) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'fleetc-kube-state-metrics', labels: labels(name), annotations: wave.access },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'fleetc-kube-state-metrics' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  }) satisfies IClusterRoleBinding;

const webConfig = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    data: { 'web-config.yml': toYaml(mutualTls(tls)) },
  }) satisfies IConfigMap;

const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'ClusterIP',
      selector: selector(name),
      ports: [{ name: 'https-metrics', port: exporterPorts.kubeStateMetrics, targetPort: 'https-metrics' }],
    },
  }) satisfies IService;

const networkPolicy = (namespace: string) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: { podSelector: { matchLabels: selector(name) }, policyTypes: ['Egress'], egress: [dnsEgress, apiServerEgress] },
  }) satisfies INetworkPolicy;

const deployment = (namespace: string, versions: Versions, resources: Resources) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector(name) },
      // The old pod stops answering before the new one does, so that no scrape sees both.
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: labels(name), annotations: { 'kubectl.kubernetes.io/default-container': name } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: podSecurity(65534),
          containers: [
            {
              name,
              image: image(versions, 'kubeStateMetrics'),
              args: [
                `--port=${exporterPorts.kubeStateMetrics}`,
                '--telemetry-port=8081',
                '--tls-config=/etc/kube-state-metrics/config/web-config.yml',
                '--enable-gzip-encoding',
                `--resources=${Object.values(watched).flat().sort().join(',')}`,
              ],
              ports: [
                { name: 'https-metrics', containerPort: exporterPorts.kubeStateMetrics },
                { name: 'telemetry', containerPort: 8081 },
              ],
              // The kubelet has no client certificate to show, so it can only ask whether the port is open.
              readinessProbe: { tcpSocket: { port: 'https-metrics' }, periodSeconds: 10 },
              livenessProbe: { tcpSocket: { port: 'https-metrics' }, periodSeconds: 30, failureThreshold: 5 },
              resources,
              securityContext: containerSecurity,
              volumeMounts: [
                { name: 'config', mountPath: '/etc/kube-state-metrics/config', readOnly: true },
                { name: 'tls', mountPath: tls, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name } },
            { name: 'tls', secret: { secretName: 'kube-state-metrics-tls', defaultMode: 0o440 } },
          ],
        },
      },
    },
  }) satisfies IDeployment;
