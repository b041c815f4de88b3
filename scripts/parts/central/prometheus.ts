import type { IPrometheus } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { disruptionBudgets, spread } from '../../kubernetes/disruption.ts';
import { evaluatedBy, labels, scrapedByCentre, selector } from '../../kubernetes/labels.ts';
import { addresses, apiServerEgress, objectStorageEgress, podsOf, ports } from '../../kubernetes/network.ts';
import { podSecurity } from '../../kubernetes/security.ts';
import { serviceAccount } from '../../kubernetes/service-account.ts';
import { wave } from '../../kubernetes/waves.ts';
import { centralRules } from '../../telemetry/central-rules.ts';
import { exporterPorts, scrapeTimeout } from '../../telemetry/jobs.ts';
import { operatedWithinMemoryLimit } from '../../telemetry/thanos-flags.ts';
import { image, type Versions } from '../../versions.ts';
import type { Part } from '../part.ts';
import { needsReceive, remoteScrapeEdges } from './needs.ts';
import { podMonitor } from './pod-monitor.ts';
import { gibibytes, objectStorageSecret, operatedVolume, thanosPorts, thanosProbes } from './thanos.ts';

/** Also the name that the operator gives to its pods. */
const name = 'prometheus';

/** Scrapes the remote-scrape edges and the centre itself, and evaluates what must not depend on Query: the health of the centre. */
export const prometheus = (inventory: Provisioned, versions: Versions): Part => {
  const { namespace, prometheus: settings } = inventory.central;
  return {
    name,
    resources: [
      serviceAccount(name, namespace),
      role(namespace),
      roleBinding(namespace),
      networkPolicy(inventory),
      ...disruptionBudgets(name, namespace, settings.replicas),
      resource(inventory, versions),
      rules(inventory),
      podMonitor(name, namespace, 'web', 'http'),
    ],
    secrets: [objectStorageSecret(inventory)],
  };
};

/** What discovery reads, in its own namespace only: pods of the PodMonitors, Services and slices of Alertmanager and the ServiceMonitors. */
const role = (namespace: string) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace, labels: labels(name), annotations: wave.access },
    rules: [
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    ],
  }) satisfies IRole;

const roleBinding = (namespace: string) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: labels(name), annotations: wave.access },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  }) satisfies IRoleBinding;

const networkPolicy = (inventory: Inventory) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: inventory.central.namespace, labels: labels(name), annotations: wave.config },
    spec: {
      podSelector: { matchLabels: selector(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [podsOf('query')], ports: ports(thanosPorts.grpc) },
        { from: [podsOf(name)], ports: ports(9090, thanosPorts.http) },
        ...(needsReceive(inventory) ? [{ from: [podsOf('receive-router')], ports: ports(9090) }] : []),
      ],
      egress: [
        // Metrics of everything in this namespace, and Alertmanager's alerts.
        { to: [{ podSelector: {} }], ports: ports(9090, 9093, thanosPorts.http) },
        apiServerEgress,
        objectStorageEgress,
        ...(remoteScrapeEdges(inventory).length > 0
          ? [
              {
                to: addresses(inventory.fleet.network.edgeCidrs),
                ports: ports(exporterPorts.nodeExporter, exporterPorts.kubelet, exporterPorts.kubeStateMetricsNodePort),
              },
            ]
          : []),
      ],
    },
  }) satisfies INetworkPolicy;

const resource = (inventory: Provisioned, versions: Versions) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'central', namespace: inventory.central.namespace, labels: labels(name) },
    spec: {
      image: image(versions, 'prometheus'),
      version: versions.prometheus,
      replicas: inventory.central.prometheus.replicas,
      // Thanos lets an external label win over a series' own, so neither `cluster` nor `region` may be one: it would rename every edge.
      prometheusExternalLabelName: '',
      replicaExternalLabelName: 'prometheus_replica',
      ...(shards(inventory) > 1 && { shards: shards(inventory) }),
      scrapeClasses: [ownCluster(inventory)],
      scrapeInterval: inventory.fleet.scrapeInterval,
      scrapeTimeout: scrapeTimeout(inventory.fleet),
      evaluationInterval: '30s',
      // No namespace selectors: objects of its own namespace only.
      scrapeConfigSelector: { matchLabels: scrapedByCentre },
      serviceMonitorSelector: { matchLabels: scrapedByCentre },
      podMonitorSelector: { matchLabels: scrapedByCentre },
      ruleSelector: { matchLabels: evaluatedBy.centralPrometheus },
      serviceDiscoveryRole: 'EndpointSlice',
      // A monitor may name Secrets, not files of the pod such as its token.
      arbitraryFSAccessThroughSMs: { deny: true },
      alerting: {
        alertmanagers: [{ namespace: inventory.central.namespace, name: 'alertmanager-operated', port: 'web', apiVersion: 'v2' }],
      },
      retention: inventory.central.prometheus.retention,
      portName: 'web',
      serviceAccountName: name,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      podMetadata: { labels: selector(name) },
      securityContext: podSecurity(65534),
      // Each shard for itself: its replicas stand in for each other, not for another shard.
      topologySpreadConstraints: spread(name).map((constraint) => ({ ...constraint, additionalLabelSelectors: 'OnShard' as const })),
      resources: inventory.provision.inCentre(name),
      storage: operatedVolume(inventory, gibibytes(inventory.provision.size.centre.prometheus.storage)),
      thanos: {
        image: image(versions, 'thanos'),
        version: versions.thanos,
        objectStorageConfig: { name: inventory.fleet.objectStorage.secretName, key: inventory.fleet.objectStorage.key },
        resources: inventory.provision.inCentre('prometheus-sidecar'),
        additionalArgs: operatedWithinMemoryLimit,
      },
      // The operator gives this container no probes.
      containers: [{ name: 'thanos-sidecar', ...thanosProbes }],
    },
  }) satisfies IPrometheus;

const shards = ({ provision }: Provisioned): number => provision.size.centre.prometheus.shards.value.middle;

/** Targets of the centre itself get its cluster and region; those of an edge come with their own. */
const ownCluster = (inventory: Provisioned) => ({
  name: 'central',
  default: true,
  relabelings: [
    { sourceLabels: ['cluster'], regex: '^$', targetLabel: 'cluster', replacement: inventory.central.name, action: 'replace' as const },
    { sourceLabels: ['region'], regex: '^$', targetLabel: 'region', replacement: inventory.central.region, action: 'replace' as const },
    ...(shards(inventory) > 1 ? [scrapedByAllShards(inventory)] : []),
  ],
});

/** Rules about the centre are evaluated on every shard, so each has to see all of it. The operator's own relabeling looks for this label. */
const scrapedByAllShards = ({ central }: Inventory) => ({
  sourceLabels: ['cluster'],
  regex: central.name,
  targetLabel: '__tmp_disable_sharding',
  replacement: 'true',
  action: 'replace' as const,
});

const rules = (inventory: Inventory) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'central',
      namespace: inventory.central.namespace,
      labels: { ...labels(name), ...evaluatedBy.centralPrometheus },
      annotations: wave.monitors,
    },
    spec: { groups: centralRules({ receive: needsReceive(inventory) }) },
  }) satisfies IPrometheusRule;
