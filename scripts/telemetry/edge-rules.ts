import type { IRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Rule';
import type { IRuleGroup } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/RuleGroup';

/** Alerts about the use of a node's disk, memory and CPU, for the clusters that `scope` leaves: a filter, joined by `and`. */
export const saturationAlerts = (scope: string): IRule[] => [
  {
    alert: 'EdgeFilesystemAlmostFull',
    expr: `node_filesystem_avail_bytes{job="node-exporter",fstype!~"tmpfs|ramfs|overlay|squashfs"} / node_filesystem_size_bytes < 0.1 and node_filesystem_readonly{job="node-exporter"} == 0${scope}`,
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'A filesystem of node {{ $labels.node }} is almost full.',
      description: '{{ $labels.mountpoint }} of {{ $labels.node }} has {{ $value | humanizePercentage }} left.',
    },
  },
  {
    alert: 'EdgeMemoryAlmostFull',
    expr: `node_memory_MemAvailable_bytes{job="node-exporter"} / node_memory_MemTotal_bytes < 0.1${scope}`,
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Node {{ $labels.node }} is almost out of memory.',
      description: '{{ $labels.node }} has {{ $value | humanizePercentage }} of its memory available.',
    },
  },
  {
    alert: 'EdgeCpuSaturated',
    expr: `1 - avg by (cluster, region, node) (rate(node_cpu_seconds_total{job="node-exporter",mode="idle"}[5m])) > 0.9${scope}`,
    for: '30m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The CPUs of node {{ $labels.node }} are saturated.',
      description: 'The CPUs of {{ $labels.node }} have been busy for {{ $value | humanizePercentage }} of the time.',
    },
  },
];

/**
 * What a thanos-sidecar edge evaluates itself: it goes on without the centre, and adds `cluster` and `region` to each alert by its
 * external labels. The Ruler leaves these clusters out of all its alerts but the one for silence.
 */
export const edgeLocalRules = (): IRuleGroup[] => [
  {
    name: 'edge-heartbeat',
    rules: [
      {
        alert: 'Watchdog',
        expr: 'vector(1)',
        labels: { severity: 'none', watchdog: 'edge' },
        annotations: {
          summary: 'Fires always: alerts get from this edge to Alertmanager.',
          description: 'Route it to a heartbeat that raises the alarm when it stops.',
        },
      },
    ],
  },
  {
    name: 'edge-nodes',
    rules: [
      {
        alert: 'EdgeNodeDown',
        expr: 'up{job="node-exporter"} == 0',
        for: '10m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'Node {{ $labels.node }} does not answer.',
          description: 'node-exporter on {{ $labels.node }} has not answered for 10 minutes.',
        },
      },
      {
        alert: 'EdgeKubeletDown',
        expr: 'up{job="kubelet",metrics_path="/metrics"} == 0',
        for: '10m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'The kubelet of node {{ $labels.node }} does not answer.',
          description: 'The kubelet of {{ $labels.node }} has not answered for 10 minutes.',
        },
      },
      {
        alert: 'EdgeKubeStateMetricsDown',
        expr: 'absent(up{job="kube-state-metrics"} == 1)',
        for: '15m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'kube-state-metrics does not answer.',
          description: 'The state of the Kubernetes objects of this cluster has been unknown for 15 minutes.',
        },
      },
      ...saturationAlerts(''),
    ],
  },
  {
    name: 'edge-collector',
    rules: [
      {
        alert: 'EdgeBlockUploadFails',
        expr: 'increase(thanos_shipper_upload_failures_total[30m]) > 0',
        for: '30m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'Blocks do not get into the bucket.',
          description: 'Thanos Sidecar failed to upload blocks. They are lost when the retention of the local Prometheus ends.',
        },
      },
      {
        alert: 'EdgeAlertsDoNotLeave',
        expr: 'rate(prometheus_notifications_errors_total[5m]) > 0',
        for: '15m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'Alerts do not get to the centre.',
          description: 'Prometheus failed to hand in alerts at {{ $labels.alertmanager }}.',
        },
      },
      {
        alert: 'EdgeRuleEvaluationFails',
        expr: 'increase(prometheus_rule_evaluation_failures_total[15m]) > 0',
        for: '15m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'Rules of the edge fail.',
          description: 'Prometheus failed to evaluate rules of {{ $labels.rule_group }}.',
        },
      },
    ],
  },
];
