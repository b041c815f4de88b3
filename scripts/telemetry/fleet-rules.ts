import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Rule';
import type { IRuleGroup } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/RuleGroup';
import type { Edge } from '../inventory/inventory.ts';
import { evaluatedBy, labels } from '../kubernetes/labels.ts';
import { wave } from '../kubernetes/waves.ts';
import { supports, type Versions } from '../versions.ts';
import { saturationAlerts } from './edge-rules.ts';

/**
 * What the Ruler evaluates on Query for the whole fleet. An edge that is out of reach must not stop the rules for the others, so
 * each of these groups does with what answers.
 */
export const fleetRules = (versions: Versions): IRuleGroup[] => [
  ...silentClusterRules(),
  ...nodeRules(),
  ...remoteWriteRules(versions),
  ...watchdog(),
];

/** That a cluster should be there, and with how many nodes: what its silence is measured against. Only the Ruler records these. */
export const expectedRules = ({ name, region, option, nodes }: Edge): IRule[] => {
  const identity = { cluster: name, region, collection: option };
  return [
    { record: 'edge_cluster:expected', expr: 'vector(1)', labels: identity },
    { record: 'edge_cluster:expected_nodes', expr: `vector(${nodes.length})`, labels: identity },
  ];
};

/** The expectations of the clusters of one bucket: a change of one cluster rewrites one small object. */
export const expectedPrometheusRule = (bucket: string, edges: readonly Edge[], namespace: string) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: `expected-${bucket}`,
      namespace,
      labels: { ...labels('thanos-ruler'), ...evaluatedBy.ruler },
      annotations: wave.monitors,
    },
    spec: {
      groups: [
        {
          name: `expected-${bucket}`,
          partial_response_strategy: 'warn',
          rules: edges.flatMap(expectedRules),
        },
      ],
    },
  }) satisfies IPrometheusRule;

const heardFrom = 'count by (cluster) (up{job="node-exporter"} == 1)';

/** `up == 0` alone would miss an edge whose metrics come here by its own doing: with it go its series. */
export const silentClusterRules = (): IRuleGroup[] => [
  edgeScoped('edge-silence', [
    {
      alert: 'EdgeClusterSilent',
      expr: `edge_cluster:expected unless on (cluster) ${heardFrom}`,
      for: '10m',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'Nothing comes from cluster {{ $labels.cluster }}.',
        description:
          'No node of {{ $labels.cluster }} in {{ $labels.region }} has answered for at least 10 minutes. It is collected by {{ $labels.collection }}: look at the link, at the collector, then at the cluster.',
      },
    },
  ]),
];

/** Clusters on thanos-sidecar raise all alerts but silence themselves. */
const notSelfWatching = '{collection!="thanos-sidecar"}';

const nodeRules = (): IRuleGroup[] => [
  edgeScoped('edge-nodes', [
    {
      alert: 'EdgeNodesMissing',
      expr: `edge_cluster:expected_nodes${notSelfWatching} - on (cluster) group_left () ${heardFrom} > 0`,
      for: '10m',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'Nodes of cluster {{ $labels.cluster }} do not answer.',
        description: '{{ $value }} nodes of {{ $labels.cluster }} that the inventory lists have not answered for 10 minutes.',
      },
    },
    {
      alert: 'EdgeKubeletsMissing',
      expr: `edge_cluster:expected_nodes${notSelfWatching} - on (cluster) group_left () sum by (cluster) (up{job="kubelet",metrics_path="/metrics"}) > 0`,
      for: '10m',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'Kubelets of cluster {{ $labels.cluster }} do not answer.',
        description: '{{ $value }} kubelets of {{ $labels.cluster }} have not answered for 10 minutes.',
      },
    },
    {
      alert: 'EdgeKubeStateMetricsDown',
      expr: `edge_cluster:expected${notSelfWatching} and on (cluster) ${heardFrom} unless on (cluster) up{job="kube-state-metrics"} == 1`,
      for: '15m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'kube-state-metrics of cluster {{ $labels.cluster }} does not answer.',
        description: 'The state of the Kubernetes objects of {{ $labels.cluster }} has been unknown for 15 minutes.',
      },
    },
    ...saturationAlerts(` and on (cluster) edge_cluster:expected${notSelfWatching}`),
  ]),
];

/** About agents, from their own metrics, which come late too: the alert tells of what is behind, silence of what is gone. */
const remoteWriteRules = (versions: Versions): IRuleGroup[] => [
  edgeScoped('edge-remote-write', [
    {
      alert: 'EdgeRemoteWriteBehind',
      expr: `${remoteWriteLag(versions)} > 300`,
      for: '10m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'Remote write of cluster {{ $labels.cluster }} is behind.',
        description:
          'The agent of {{ $labels.cluster }} is {{ $value | humanizeDuration }} behind. `fleetc outage` says after how long it loses its backlog.',
      },
    },
    {
      alert: 'EdgeRemoteWriteLosesSamples',
      expr: 'sum by (cluster, region) (rate(prometheus_remote_storage_samples_failed_total{job="prometheus-agent"}[5m])) > 0 or sum by (cluster, region) (rate(prometheus_remote_storage_samples_dropped_total{job="prometheus-agent",reason!="dropped_series"}[5m])) > 0',
      for: '10m',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'Samples of cluster {{ $labels.cluster }} are lost.',
        description:
          'The agent of {{ $labels.cluster }} gives up {{ $value | humanize }} samples a second: Receive refuses them for good, or they are too old.',
      },
    },
  ]),
];

const remoteWriteLag = (versions: Versions): string =>
  supports(versions, 'queue-highest-timestamp')
    ? 'prometheus_remote_storage_queue_highest_timestamp_seconds{job="prometheus-agent"} - prometheus_remote_storage_queue_highest_sent_timestamp_seconds'
    : 'prometheus_remote_storage_highest_timestamp_in_seconds{job="prometheus-agent"} - ignoring (remote_name, url) group_right () prometheus_remote_storage_queue_highest_sent_timestamp_seconds';

const watchdog = (): IRuleGroup[] => [
  edgeScoped('ruler-heartbeat', [
    {
      alert: 'Watchdog',
      expr: 'vector(1)',
      labels: { severity: 'none', watchdog: 'ruler' },
      annotations: {
        summary: 'Fires always: alerts get from the Ruler to Alertmanager.',
        description: 'Route it to a heartbeat outside the fleet that raises the alarm when it stops.',
      },
    },
  ]),
];

const edgeScoped = (name: string, rules: IRule[]): IRuleGroup => ({ name, partial_response_strategy: 'warn', rules });
