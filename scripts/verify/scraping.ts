import { gzipSync } from 'node:zlib';
import type { Check, Fault } from './check.ts';
import type { Monitor, Operated, PrometheusRule, Role, Rule, ScrapeConfig, Secret } from './manifests.ts';
import { commandsWith, field, list, matchesLabels, prometheusConfigs, textOf, type View } from './view.ts';

/** Endpoints of the monitors and scrape configurations of the centre. */
function* endpoints({ ofKind }: View) {
  for (const object of ofKind<ScrapeConfig>('ScrapeConfig')) yield { object, endpoint: { ...object.spec, path: object.spec.metricsPath } };
  for (const object of ofKind<Monitor>('ServiceMonitor', 'PodMonitor'))
    for (const endpoint of [...(object.spec.endpoints ?? []), ...(object.spec.podMetricsEndpoints ?? [])]) yield { object, endpoint };
}

/** Every target then is the same address, once for each target that was found. */
function* overwrittenAddress(view: View): Iterable<Fault> {
  const constant = (target: unknown, replacement: unknown): boolean =>
    target === '__address__' && typeof replacement === 'string' && !/\$(?:\d|\{)/.test(replacement);
  for (const { object, endpoint } of endpoints(view))
    for (const { targetLabel, replacement } of endpoint.relabelings ?? [])
      if (constant(targetLabel, replacement)) yield { object, message: `gives every target the address ${replacement}` };
  for (const { pods, jobs } of prometheusConfigs(view))
    for (const relabeling of jobs.flatMap((job) => list(field(job, 'relabel_configs'))))
      if (constant(field(relabeling, 'target_label'), field(relabeling, 'replacement')))
        yield { object: pods.object, message: `gives every target the address ${textOf(relabeling, 'replacement')}` };
}

/** An edge's kubelet asks its own API server about a token, which has never heard of the centre's. */
function* ownToken(view: View): Iterable<Fault> {
  if (view.context.role !== 'central') return;
  const own = new Set(
    view.ofKind<Secret>('Secret').flatMap(({ type, metadata }) => (type === 'kubernetes.io/service-account-token' ? [metadata.name] : [])),
  );
  for (const { object, endpoint } of endpoints(view)) {
    const secret = endpoint.authorization?.credentials?.name ?? endpoint.bearerTokenSecret?.name;
    if (endpoint.bearerTokenFile !== undefined) yield { object, message: `shows the token of the centre, ${endpoint.bearerTokenFile}` };
    else if (secret !== undefined && own.has(secret))
      yield { object, message: `shows the token of a ServiceAccount of the centre, ${secret}` };
  }
}

/** Namespace, pod and container are those of the workload a series is about, not of whoever told about it. */
function* honouredLabels(view: View): Iterable<Fault> {
  for (const { object, endpoint } of endpoints(view)) {
    if (!isOfEdges(object)) continue;
    const path = endpoint.path ?? '/metrics';
    const job = jobOf(object as ScrapeConfig & Monitor);
    if (job !== 'node-exporter' && endpoint.honorLabels !== true) yield { object, message: `does not honour the labels of ${job}` };
    if (path.endsWith('/cadvisor') && (endpoint.honorTimestamps !== false || job !== 'kubelet'))
      yield { object, message: 'scrapes cAdvisor other than as job kubelet without its timestamps' };
  }
  for (const { pods, jobs } of prometheusConfigs(view))
    for (const job of jobs) {
      const path = field(job, 'metrics_path');
      const name = textOf(job, 'job_name');
      if (/kubelet|cadvisor|kube-state-metrics/.test(name) && field(job, 'honor_labels') !== true)
        yield { object: pods.object, message: `does not honour the labels of ${name}` };
      if (typeof path === 'string' && path.endsWith('/cadvisor') && field(job, 'honor_timestamps') !== false)
        yield { object: pods.object, message: 'scrapes cAdvisor with its timestamps' };
    }
}

/** Static targets with a cluster, or Services with one. */
const isOfEdges = ({ spec }: ScrapeConfig | Monitor): boolean =>
  'staticConfigs' in spec ? (spec.staticConfigs ?? []).some(({ labels }) => labels?.cluster !== undefined) : 'targetLabels' in spec;

const jobOf = ({ spec }: ScrapeConfig & Monitor): string => spec.jobName ?? Object.values(spec.selector?.matchLabels ?? {}).at(-1) ?? '';

/** The names of Secrets and ConfigMaps tell too much, and uncompressed text is ten times as much to send. */
function* kubeStateMetrics({ commands }: View): Iterable<Fault> {
  for (const { pods, container, flags } of commands) {
    if (!/\/kube-state-metrics[:@]/.test(container.image ?? '')) continue;
    const resources = flags.get('resources')?.join(',').split(',') ?? [];
    if (!flags.has('enable-gzip-encoding')) yield { object: pods.object, message: 'does not compress' };
    if (resources.length === 0 || resources.includes('secrets') || resources.includes('configmaps'))
      yield { object: pods.object, message: 'reports on Secrets or ConfigMaps' };
    if (pods.replicas !== 1) yield { object: pods.object, message: 'would count everything twice' };
  }
}

/** Rights and --resources go together: for one too many it logs errors for ever, and for one too few nobody sees why. */
function* kubeStateMetricsRole({ commands, ofKind }: View): Iterable<Fault> {
  const running = commands.find(({ container }) => /\/kube-state-metrics[:@]/.test(container.image ?? ''));
  if (running === undefined) return;
  const wanted = new Set(running.flags.get('resources')?.join(',').split(',') ?? []);
  for (const object of ofKind<Role>('ClusterRole')) {
    if (!object.metadata.name.endsWith('kube-state-metrics')) continue;
    const allowed = new Set((object.rules ?? []).flatMap(({ resources = [] }) => resources));
    const differ = [...[...wanted].filter((one) => !allowed.has(one)), ...[...allowed].filter((one) => !wanted.has(one))];
    if (differ.length > 0) yield { object, message: `does not allow what --resources names: ${differ.join(', ')}` };
  }
}

/** Thanos puts an external label over a series' own, so every edge would be called by the centre's name. */
function* externalLabelsOfCentre({ ofKind, context }: View): Iterable<Fault> {
  if (context.role !== 'central') return;
  for (const object of ofKind<Operated>('Prometheus')) {
    const names = Object.keys(object.spec.externalLabels ?? {}).filter((name) => name === 'cluster' || name === 'region');
    if (names.length > 0) yield { object, message: `has ${names.join(' and ')} as external labels, which rename every edge` };
  }
}

function* replicaLabelOfCentre({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Operated>('Prometheus')) {
    const { replicaExternalLabelName: replica, prometheusExternalLabelName: name } = object.spec;
    if (replica !== 'prometheus_replica' || name !== '') yield { object, message: 'has other external labels than prometheus_replica' };
  }
}

/** A rule that two evaluate is data and alerts twice. */
function* recordOwners({ ofKind }: View): Iterable<Fault> {
  const owners = new Map<string, string>();
  for (const object of ofKind<PrometheusRule>('PrometheusRule')) {
    const labels = object.metadata.labels ?? {};
    const by = ofKind<Operated>('Prometheus', 'ThanosRuler')
      .filter(({ spec }) => spec.ruleSelector !== undefined && matchesLabels(spec.ruleSelector, labels))
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    if (by.length > 1) yield { object, message: `is evaluated by ${by.join(' and ')}` };
    for (const { record } of rulesOf(object)) {
      if (record === undefined) continue;
      const owner = owners.get(record) ?? by[0] ?? '';
      if (by[0] !== undefined && owner !== by[0]) yield { object, message: `records ${record}, as ${owner} does` };
      owners.set(record, owner);
    }
  }
}

export const rulesOf = ({ spec }: PrometheusRule): readonly Rule[] => (spec.groups ?? []).flatMap(({ rules }) => rules ?? []);

/** An alert that always fires: its silence says that alerts do not get through. */
function* watchdog({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Operated>('Prometheus', 'ThanosRuler')) {
    const selector = object.spec.ruleSelector;
    if (selector === undefined) continue;
    const rules = ofKind<PrometheusRule>('PrometheusRule').filter(({ metadata }) => matchesLabels(selector, metadata.labels ?? {}));
    if (!rules.flatMap(rulesOf).some(({ alert }) => alert === 'Watchdog')) yield { object, message: 'evaluates no alert Watchdog' };
  }
}

/** Every edge has its own series, so none may be without a name for it. */
function* externalLabelsOfEdge(view: View): Iterable<Fault> {
  for (const { pods, container, config } of prometheusConfigs(view)) {
    const labels = field(field(config, 'global'), 'external_labels');
    for (const name of ['cluster', 'region', 'prometheus_replica']) {
      const value = field(labels, name);
      if (typeof value !== 'string' || value === '') yield { object: pods.object, message: `has no external label ${name}` };
      else
        for (const [, variable = ''] of value.matchAll(/(?<!\$)\$\{?(\w+)\}?/g))
          if (!(container.env ?? []).some((one) => one.name === variable))
            yield { object: pods.object, message: `external label ${name}: the container has no variable ${variable}` };
    }
  }
}

function* removedFlags({ commands }: View): Iterable<Fault> {
  for (const { pods, flags, thanos } of commands)
    if (thanos === 'query' && flags.has('store')) yield { object: pods.object, message: '--store is gone since Thanos 0.38' };
}

/** What an edge of each option runs, and no more than that. */
function* options(view: View): Iterable<Fault> {
  const { context, commands } = view;
  if (context.role !== 'edge' || context.option === undefined) return;
  const prometheus = commands.filter((command) => command.prometheus);
  const agents = prometheus.filter(
    ({ flags }) => flags.has('agent') || flags.get('enable-feature')?.join(',').split(',').includes('agent'),
  );
  const sidecars = commandsWith(view, 'sidecar');
  const [wanted, found] = {
    'remote-scrape': ['no Prometheus', prometheus.length === 0 && sidecars.length === 0],
    'prometheus-agent': ['one Prometheus agent', agents.length === 1 && prometheus.length === 1 && sidecars.length === 0],
    'thanos-sidecar': ['one Prometheus with a sidecar', agents.length === 0 && prometheus.length === 1 && sidecars.length === 1],
  }[context.option] as [string, boolean];
  if (!found) yield { message: `a ${context.option} edge runs ${wanted}` };
  for (const exporter of ['node-exporter', 'kube-state-metrics'])
    if (!commands.some(({ container }) => container.image?.includes(`/${exporter}`))) yield { message: `runs no ${exporter}` };
}

/** The operator keeps the whole configuration of a Prometheus, compressed, in one Secret, and etcd takes a mebibyte. */
const mostConfiguration = 900_000;

function* configurationSize({ resources, context }: View): Iterable<Fault> {
  if (context.role !== 'central') return;
  const specs = resources.filter(({ kind }) => kind === 'ScrapeConfig').map((resource) => field(resource, 'spec'));
  const size = gzipSync(JSON.stringify(specs)).length;
  if (size > mostConfiguration)
    yield {
      message: `its Prometheus would have a configuration of ${size} bytes, more than the ${mostConfiguration} that fit into a Secret: move remote-scrape edges to prometheus-agent`,
    };
}

export const scrapingChecks: readonly Check[] = [
  { code: 'telemetry/address-overwritten', find: overwrittenAddress },
  { code: 'telemetry/central-token-to-edge', find: ownToken },
  { code: 'telemetry/honoured-labels', find: honouredLabels },
  { code: 'telemetry/kube-state-metrics', find: kubeStateMetrics },
  { code: 'telemetry/kube-state-metrics-role', find: kubeStateMetricsRole },
  { code: 'telemetry/cluster-in-central-external-labels', find: externalLabelsOfCentre },
  { code: 'telemetry/central-replica-label', find: replicaLabelOfCentre },
  { code: 'telemetry/rule-owner', find: recordOwners },
  { code: 'telemetry/no-watchdog', find: watchdog },
  { code: 'telemetry/external-labels', find: externalLabelsOfEdge },
  { code: 'telemetry/removed-store-flag', find: removedFlags },
  { code: 'telemetry/configuration-size', find: configurationSize },
  { code: 'telemetry/option', find: options },
];
