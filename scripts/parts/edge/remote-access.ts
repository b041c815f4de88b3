import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Inventory } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { addresses, ports } from '../../kubernetes/network.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { exporterPorts } from '../../telemetry/jobs.ts';
import type { Part } from '../part.ts';

const name = 'remote-access';

/** Who scrapes a kubelet from outside: the common name of the centre's client certificate, or a ServiceAccount of the edge. */
const scraper = 'central-scraper';

/** What lets the centre in: a node port to kube-state-metrics, and the right to read a kubelet's metrics with a client certificate. */
export const remoteAccess = (inventory: Inventory): Part => ({
  name,
  resources: [...open(inventory), bind({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: scraper })],
  secrets: [],
});

/** The same for a centre that shows a token: Kubernetes fills the Secret, and somebody carries the token to the centre. */
export const remoteAccessByToken = (inventory: Inventory): Part => {
  const { namespace } = inventory.fleet;
  return {
    name: `${name}-by-token`,
    resources: [
      ...open(inventory),
      serviceAccount(scraper, namespace),
      token(namespace),
      bind({ kind: 'ServiceAccount', name: scraper, namespace }),
    ],
    secrets: [],
  };
};

const open = ({ fleet }: Inventory): readonly Resource[] => [
  clusterRole,
  service(fleet.namespace),
  networkPolicy(fleet.namespace, [...new Set([...fleet.network.centralCidrs, ...fleet.network.edgeCidrs])]),
];

/** `nodes/metrics` and nothing else: `nodes/proxy` would reach the kubelet's exec. */
const clusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'fleetc-central-scraper', labels: labels(name), annotations: wave.access },
  rules: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
} satisfies IClusterRole;

const bind = (subject: { apiGroup?: string; kind: string; name: string; namespace?: string }) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'fleetc-central-scraper', labels: labels(name), annotations: wave.access },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'fleetc-central-scraper' },
    subjects: [subject],
  }) satisfies IClusterRoleBinding;

const token = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${scraper}-token`,
      namespace,
      labels: labels(name),
      annotations: { ...wave.config, 'kubernetes.io/service-account.name': scraper },
    },
    type: 'kubernetes.io/service-account-token',
  }) satisfies ISecret;

/** Every node answers on the port, whichever runs the pod, so the inventory need not know where that is. */
const service = (namespace: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-state-metrics-remote', namespace, labels: labels(name), annotations: wave.config },
    spec: {
      type: 'NodePort',
      selector: selector('kube-state-metrics'),
      ports: [
        {
          name: 'https-metrics',
          port: exporterPorts.kubeStateMetrics,
          targetPort: 'https-metrics',
          nodePort: exporterPorts.kubeStateMetricsNodePort,
        },
      ],
    },
  }) satisfies IService;

/** A node that forwards a connection to another node's pod does so under its own address, so the edge's nodes are let in too. */
const networkPolicy = (namespace: string, cidrs: readonly string[]) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'kube-state-metrics-remote', namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector('kube-state-metrics') },
      policyTypes: ['Ingress'],
      ingress: [{ from: addresses(cidrs), ports: ports(exporterPorts.kubeStateMetrics) }],
    },
  }) satisfies INetworkPolicy;
