import type { IRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Rule';
import type { IRuleGroup } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/RuleGroup';

/** Which parts of the centre there are to watch. */
interface Centre {
  readonly receive: boolean;
}

/** What the central Prometheus evaluates: the health of the centre itself, from what it scrapes, without Query or the Ruler. */
export const centralRules = ({ receive }: Centre): IRuleGroup[] => [
  { name: 'central-heartbeat', rules: heartbeat },
  { name: 'central-prometheus', rules: prometheus },
  ...(receive ? [{ name: 'central-receive', rules: receiveRules }] : []),
  { name: 'central-query', rules: query },
  { name: 'central-ruler', rules: ruler },
  { name: 'central-bucket', rules: bucket },
  { name: 'central-alertmanager', rules: alertmanager },
];

const alert = (
  name: string,
  expr: string,
  wait: string,
  severity: 'critical' | 'warning',
  summary: string,
  description: string,
): IRule => ({
  alert: name,
  expr,
  for: wait,
  labels: { severity },
  annotations: { summary, description },
});

const heartbeat: IRule[] = [
  {
    alert: 'Watchdog',
    expr: 'vector(1)',
    labels: { severity: 'none', watchdog: 'central-prometheus' },
    annotations: {
      summary: 'Fires always: alerts get from the central Prometheus to Alertmanager.',
      description: 'Route it to a heartbeat outside the fleet that raises the alarm when it stops.',
    },
  },
  alert(
    'CentralTargetDown',
    'up{pod!=""} == 0',
    '10m',
    'warning',
    '{{ $labels.job }} does not answer.',
    'Pod {{ $labels.pod }} has not answered the scrape of {{ $labels.endpoint }} for 10 minutes.',
  ),
];

const prometheus: IRule[] = [
  alert(
    'CentralPrometheusConfigRejected',
    'prometheus_config_last_reload_successful{job="prometheus"} == 0',
    '10m',
    'critical',
    'The central Prometheus runs an old configuration.',
    '{{ $labels.pod }} refused its configuration: edges that were added since are not scraped.',
  ),
  alert(
    'CentralPrometheusRefusesTarget',
    'increase(prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}[10m]) > 0 or increase(prometheus_target_scrapes_exceeded_body_size_limit_total{job="prometheus"}[10m]) > 0',
    '30m',
    'warning',
    'Targets expose more than their limit and are dropped whole.',
    'See the targets page of {{ $labels.pod }} for the targets and their limits.',
  ),
  alert(
    'CentralPrometheusRuleFails',
    'increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[10m]) > 0',
    '15m',
    'critical',
    'Rules about the centre fail.',
    '{{ $labels.pod }} failed to evaluate {{ $labels.rule_group }}.',
  ),
  alert(
    'CentralPrometheusAlertsDoNotLeave',
    'rate(prometheus_notifications_dropped_total{job="prometheus"}[5m]) > 0 or prometheus_notifications_alertmanagers_discovered{job="prometheus"} < 1',
    '10m',
    'critical',
    'Alerts of the central Prometheus do not get to Alertmanager.',
    '{{ $labels.pod }} drops alerts, or knows no Alertmanager.',
  ),
];

const receiveRules: IRule[] = [
  alert(
    'ReceiveRefusesWrites',
    'sum by (tenant, code) (rate(thanos_receive_write_samples_count{job="receive-router",code!~"2.."}[5m])) > 0',
    '10m',
    'warning',
    'Receive refuses writes of {{ $labels.tenant }}.',
    'It answers {{ $labels.code }} to {{ $value | humanize }} requests a second. After 409 and 413 the samples are lost; after 429 and 5xx the agent tries again.',
  ),
  alert(
    'ReceiveTenantAtSeriesLimit',
    'sum by (tenant) (increase(thanos_receive_head_series_limited_requests_total{job="receive-router"}[5m])) > 0',
    '10m',
    'warning',
    '{{ $labels.tenant }} has more series than Receive takes.',
    'Its writes wait until it has fewer series. Find what multiplies them on the edge.',
  ),
  alert(
    'ReceiveLimitsBlind',
    'sum by (pod) (increase(thanos_receive_metamonitoring_failed_queries_total{job="receive-router"}[10m])) > 0',
    '10m',
    'warning',
    'Receive does not know how many series a tenant has.',
    '{{ $labels.pod }} gets no answer from the central Prometheus, and lets every tenant write as much as it likes meanwhile.',
  ),
  alert(
    'ReceiveWritesFail',
    'sum(rate(thanos_receive_write_samples_count{job="receive-router",code=~"5.."}[5m])) / sum(rate(thanos_receive_write_samples_count{job="receive-router"}[5m])) > 0.05',
    '10m',
    'critical',
    'Writes do not reach a majority of ingestors.',
    '{{ $value | humanizePercentage }} of the writes fail, and the agents try again. A backlog of more than an hour is in danger: busy agents lose theirs first.',
  ),
  // A warning: with a quorum left, a dead ingestor fails replications, but no write.
  alert(
    'ReceiveReplicationFails',
    'sum(rate(thanos_receive_replications_total{job="receive-router",result="error"}[5m])) / sum(rate(thanos_receive_replications_total{job="receive-router"}[5m])) > 0.05',
    '10m',
    'warning',
    'Series have fewer copies than they should.',
    '{{ $value | humanizePercentage }} of the replications fail.',
  ),
  alert(
    'ReceiveForwardingFails',
    'sum(rate(thanos_receive_forward_requests_total{job="receive-router",result="error"}[5m])) / sum(rate(thanos_receive_forward_requests_total{job="receive-router"}[5m])) > 0.2',
    '10m',
    'warning',
    'Routers do not reach ingestors.',
    '{{ $value | humanizePercentage }} of the requests to ingestors fail.',
  ),
  alert(
    'ReceiveConfigRejected',
    'thanos_receive_config_last_reload_successful{job="receive-router"} == 0',
    '10m',
    'critical',
    'Receive runs an old hashring.',
    '{{ $labels.pod }} refused its hashring file.',
  ),
];

const query: IRule[] = [
  alert(
    'QueryFails',
    'sum by (job) (rate(http_requests_total{job=~"query|query-frontend",code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total{job=~"query|query-frontend"}[5m])) > 0.05',
    '10m',
    'critical',
    'Queries fail.',
    '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} end in an error of the server.',
  ),
];

const ruler: IRule[] = [
  alert(
    'RulerEvaluatesInPart',
    'sum by (pod) (rate(thanos_rule_evaluation_with_warnings_total{job="thanos-ruler"}[5m])) > 0',
    '15m',
    'warning',
    'The Ruler evaluates rules without some of the stores.',
    'Query had only a part of the data for {{ $labels.pod }}: an edge is out of reach, or a store of the centre is down.',
  ),
  alert(
    'RulerFails',
    'sum by (pod, rule_group) (increase(prometheus_rule_evaluation_failures_total{job="thanos-ruler"}[5m])) > 0',
    '5m',
    'critical',
    'Rules about the fleet fail.',
    '{{ $labels.pod }} failed to evaluate {{ $labels.rule_group }}: its alerts are blind.',
  ),
  alert(
    'RulerAlertsDoNotLeave',
    'sum by (pod) (rate(thanos_alert_sender_alerts_dropped_total{job="thanos-ruler"}[5m])) > 0 or sum by (pod) (rate(thanos_alert_queue_alerts_dropped_total{job="thanos-ruler"}[5m])) > 0',
    '5m',
    'critical',
    'Alerts of the Ruler do not get to Alertmanager.',
    '{{ $labels.pod }} drops alerts.',
  ),
  alert(
    'RulerConfigRejected',
    'thanos_rule_config_last_reload_successful{job="thanos-ruler"} == 0',
    '10m',
    'critical',
    'The Ruler runs old rules.',
    '{{ $labels.pod }} refused its rules.',
  ),
];

const bucket: IRule[] = [
  alert(
    'CompactorHalted',
    'thanos_compact_halted{job="compactor"} == 1',
    '5m',
    'critical',
    'The Compactor has stopped.',
    'It met blocks that it must not touch, and does nothing until somebody looks at its log. Blocks pile up and are not deleted.',
  ),
  alert(
    'BlockUploadFails',
    'sum by (job, pod) (increase(thanos_shipper_upload_failures_total{job=~"prometheus|receive-ingestor|thanos-ruler"}[30m])) > 0',
    '30m',
    'critical',
    'Blocks do not get into the bucket.',
    '{{ $labels.pod }} fails to upload. Its blocks are lost when its retention ends.',
  ),
  alert(
    'BucketOperationFails',
    'sum by (job) (rate(thanos_objstore_bucket_operation_failures_total{job=~"store-gateway|compactor"}[5m])) / sum by (job) (rate(thanos_objstore_bucket_operations_total{job=~"store-gateway|compactor"}[5m])) > 0.05',
    '15m',
    'warning',
    'The bucket answers with errors.',
    '{{ $value | humanizePercentage }} of the operations of {{ $labels.job }} fail.',
  ),
];

const alertmanager: IRule[] = [
  alert(
    'AlertmanagerConfigRejected',
    'alertmanager_config_last_reload_successful{job="alertmanager"} == 0',
    '10m',
    'critical',
    'Alertmanager runs an old configuration.',
    '{{ $labels.pod }} refused its configuration.',
  ),
  alert(
    'AlertmanagerNotificationsFail',
    'sum by (integration) (rate(alertmanager_notifications_failed_total{job="alertmanager"}[5m])) / sum by (integration) (rate(alertmanager_notifications_total{job="alertmanager"}[5m])) > 0.05',
    '10m',
    'critical',
    'Notifications by {{ $labels.integration }} fail.',
    '{{ $value | humanizePercentage }} of them do.',
  ),
];
