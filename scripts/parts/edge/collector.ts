import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { type Fleet, hostNamespace } from '../../inventory/inventory.ts';
import { labels, selector } from '../../kubernetes/labels.ts';
import { apiServerEgress, dnsEgress, podsOf, ports } from '../../kubernetes/network.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { scrapeClientFolder } from '../../telemetry/edge-scrape.ts';
import { exporterPorts } from '../../telemetry/jobs.ts';
import type { RequiredSecret } from '../part.ts';

/** Name of the ConfigMap that tells a collector which cluster it is on; the overlay makes it. */
export const identityConfigMap = 'cluster-identity';

/** `cluster` and `region` for the external labels, and the replica. A shared configuration stays shared: Prometheus fills these in. */
export const identityEnv = [
  { name: 'CLUSTER', valueFrom: { configMapKeyRef: { name: identityConfigMap, key: 'CLUSTER' } } },
  { name: 'REGION', valueFrom: { configMapKeyRef: { name: identityConfigMap, key: 'REGION' } } },
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
];

/** Dedup reads `prometheus_replica`; the other two say whose series these are. */
export const externalLabels = { cluster: '${CLUSTER}', region: '${REGION}', prometheus_replica: '${POD_NAME}' };

export const scrapeClientSecret = (fleet: Fleet): RequiredSecret => ({
  namespace: fleet.namespace,
  name: 'scrape-client-tls',
  keys: ['ca.crt', 'tls.crt', 'tls.key'],
  purpose: "Client certificate with which the collector scrapes this cluster's exporters; ca.crt signs their certificates.",
});

export const scrapeClientVolume = { name: 'scrape-client', secret: { secretName: 'scrape-client-tls', defaultMode: 0o440 } };
export const scrapeClientMount = { name: 'scrape-client', mountPath: scrapeClientFolder, readOnly: true };

/** Identity and rights of a collector: it finds nodes and exporters, and reads the kubelets' metrics. */
export const collectorAccess = (fleet: Fleet, name: string): readonly Resource[] => {
  const { namespace } = fleet;
  const clusterScoped = `fleetc-${name}`;
  const clusterRole = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: clusterScoped, labels: labels(name), annotations: wave.access },
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ],
  } satisfies IClusterRole;
  const clusterRoleBinding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: clusterScoped, labels: labels(name), annotations: wave.access },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterScoped },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  } satisfies IClusterRoleBinding;
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace: hostNamespace(fleet), labels: labels(name), annotations: wave.access },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
  } satisfies IRole;
  const roleBinding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: hostNamespace(fleet), labels: labels(name), annotations: wave.access },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  } satisfies IRoleBinding;
  return [serviceAccount(name, namespace), clusterRole, clusterRoleBinding, role, roleBinding];
};

/** What a collector on the edge may talk to, beyond what `egress` and `ingress` add; and the way in to kube-state-metrics for it. */
export const collectorPolicies = (
  fleet: Fleet,
  name: string,
  extra: { readonly egress: Rules<'egress'>; readonly ingress?: Rules<'ingress'> },
): readonly Resource[] => {
  const outward = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: fleet.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: extra.ingress === undefined ? ['Egress'] : ['Egress', 'Ingress'],
      egress: [
        dnsEgress,
        apiServerEgress,
        // Nodes, without their addresses: to some network plugins a node is in no address range (see apiServerEgress).
        { ports: ports(exporterPorts.nodeExporter, exporterPorts.kubelet) },
        { to: [podsOf('kube-state-metrics')], ports: ports(exporterPorts.kubeStateMetrics) },
        ...extra.egress,
      ],
      ...(extra.ingress === undefined ? {} : { ingress: extra.ingress }),
    },
  } satisfies INetworkPolicy;
  const toKubeStateMetrics = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${name}-to-kube-state-metrics`, namespace: fleet.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector('kube-state-metrics') },
      policyTypes: ['Ingress'],
      ingress: [{ from: [podsOf(name)], ports: ports(exporterPorts.kubeStateMetrics) }],
    },
  } satisfies INetworkPolicy;
  return [outward, toKubeStateMetrics];
};

type Rules<Direction extends 'egress' | 'ingress'> = NonNullable<NonNullable<INetworkPolicy['spec']>[Direction]>;

/** Port of a URL, https unless said. */
export const portOf = (url: string): number => Number(new URL(url).port || 443);

/** The addresses that a rule to `url` opens: the one in it, or any, since a policy knows no DNS names. */
export const destinationOf = (url: string): readonly string[] => {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (/^[0-9.]+$/.test(host)) return [`${host}/32`];
  return host.includes(':') ? [`${host}/128`] : ['0.0.0.0/0', '::/0'];
};
