import type { Inventory } from '../../inventory/inventory.ts';
import { type CoefficientId, coefficients } from '../coefficients.ts';
import { columns } from '../columns.ts';
import type { PartSize } from './edge.ts';
import type { Figure } from './figure.ts';
import type { FleetSize } from './fleet.ts';
import { formatCoefficient, formatFigure, formatValue } from './format.ts';
import { exactly } from './range.ts';

/** A series of an instant query. */
interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** What a live Prometheus or Thanos Query is asked. Every one by cluster, which nothing has that an edge keeps for itself. */
export const questions = {
  nodes: 'count by (cluster) (up{job="node-exporter"} == 1)',
  pods: 'count by (cluster) (kube_pod_info)',
  containers: 'count by (cluster) (kube_pod_container_info)',
  kept: 'sum by (cluster, job, metrics_path) (scrape_samples_post_metric_relabeling)',
  exposed: 'sum by (cluster, job, metrics_path) (scrape_samples_scraped)',
  memory: 'max by (cluster, job, endpoint) (process_resident_memory_bytes)',
  cpu: 'max by (cluster, job, endpoint) (rate(process_cpu_seconds_total[5m]))',
  agentSeries: 'max by (cluster, job) (prometheus_agent_active_series)',
  headSeries: 'max by (cluster, job, pod) (sum by (cluster, job, pod, instance) (prometheus_tsdb_head_series))',
  sent: 'sum by (cluster) (rate(prometheus_remote_storage_bytes_total[5m])) * 3600',
  written: 'sum by (cluster) (rate(prometheus_remote_storage_samples_total[5m]))',
} as const;

type Labels = Readonly<Record<string, string>>;

/**
 * Where a part's program reports of itself: by the labels of its series. `endpoint` is the port by which a PodMonitor finds it, as two
 * share a pod. Not here are kube-state-metrics and the alert gateway, of which nobody asks for their own metrics.
 */
export const reportsAs: Readonly<Record<string, Labels>> = {
  'node-exporter': { job: 'node-exporter' },
  'prometheus-agent': { job: 'prometheus-agent' },
  'edge-prometheus': { job: 'edge-prometheus' },
  'thanos-sidecar': { job: 'thanos-sidecar' },
  prometheus: { job: 'prometheus', endpoint: 'web' },
  'prometheus-sidecar': { job: 'prometheus', endpoint: 'http' },
  'receive-router': { job: 'receive-router' },
  'receive-ingestor': { job: 'receive-ingestor' },
  'store-gateway': { job: 'store-gateway' },
  compactor: { job: 'compactor' },
  query: { job: 'query' },
  'query-leaf': { job: 'query-leaf' },
  'query-frontend': { job: 'query-frontend' },
  ruler: { job: 'thanos-ruler' },
  alertmanager: { job: 'alertmanager' },
};

export type Answers = Readonly<Record<keyof typeof questions, readonly Sample[]>>;

/** Something that was measured, beside what the model has for it. */
export interface Compared {
  readonly subject: string;
  readonly measured: number;
  readonly modelled: Figure;
}

export interface ComparedCoefficient {
  readonly id: CoefficientId;
  /** The median of the clusters that have it. */
  readonly measured: number;
  readonly clusters: number;
}

export interface Calibration {
  readonly figures: readonly Compared[];
  readonly coefficients: readonly ComparedCoefficient[];
  /** Edges of which nothing was found. */
  readonly silent: readonly string[];
  /** Why nothing was found of any. */
  readonly hint?: string;
}

/** `own` is the edge whose own Prometheus answered: there the cluster is no label, as it comes with what leaves the edge. */
export function calibrate({ central }: Inventory, { sizes, centre }: FleetSize, answers: Answers, own?: string): Calibration {
  const of = (question: keyof Answers, cluster: string, labels: Labels = {}): number | undefined => {
    const found = answers[question].filter(
      ({ metric }) =>
        (metric.cluster ?? own) === cluster && Object.entries(labels).every(([label, value]) => (metric[label] ?? '') === value),
    );
    return found.length === 0 ? undefined : Math.max(...found.map(({ value }) => Number(value[1])));
  };
  const figures: Compared[] = [];
  const silent: string[] = [];
  const ratios = new Map<CoefficientId, number[]>();
  const note = (id: CoefficientId, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) ratios.set(id, [...(ratios.get(id) ?? []), value]);
  };
  const compare = (subject: string, measured: number | undefined, modelled: Figure | undefined): void => {
    if (measured !== undefined && modelled !== undefined) figures.push({ subject: `${subject}/${modelled.name}`, measured, modelled });
  };
  const measure = (subject: string, cluster: string, { name, memory, cpu }: PartSize): void => {
    const labels = reportsAs[name];
    if (labels === undefined) return;
    compare(subject, of('memory', cluster, labels), memory);
    compare(subject, of('cpu', cluster, labels), cpu);
  };

  const asked = [...sizes].filter(([{ name }]) => own === undefined || name === own);
  for (const [{ name }, size] of asked) {
    const nodes = of('nodes', name);
    const collector = size.workload.option === 'thanos-sidecar' ? 'edge-prometheus' : 'prometheus-agent';
    const total = (question: 'kept' | 'exposed') =>
      jobLabels.reduce<number | undefined>((sum, labels) => {
        const one = of(question, name, labels);
        return one === undefined ? sum : (sum ?? 0) + one;
      }, undefined);
    const kept = total('kept');
    if (nodes === undefined && kept === undefined) {
      silent.push(name);
      continue;
    }
    note('series.nodeExporter', ratio(of('kept', name, { job: 'node-exporter' }), nodes));
    const pods = of('pods', name);
    const containers = of('containers', name);
    for (const [question, ofAll] of [
      ['kept', 'series'],
      ['exposed', 'exposed'],
    ] as const) {
      const aboutNodes = product(nodes, cadvisorOfANode[question]);
      note(`${ofAll}.kubelet`, ratio(sum(of(question, name, kubelet), aboutNodes), nodes));
      const aboutPods = product(pods, coefficients[`${ofAll}.cadvisor.pod`].middle);
      note(`${ofAll}.cadvisor`, ratio(less(of(question, name, cadvisor), sum(aboutNodes, aboutPods)), containers));
    }
    note('pods.perNode', ratio(pods, nodes));
    note('containers.perPod', ratio(containers, pods));
    note('memory.nodeExporter', of('memory', name, { job: 'node-exporter' }));
    if (size.workload.option === 'prometheus-agent')
      note('wire.remoteWrite.sample', ratio(ratio(of('sent', name), 3600), of('written', name)));

    // What no collector on the edge counts: what is kept of the scrapes, and what Prometheus adds for each of the targets.
    const scraped = sum(kept, (3 * size.workload.nodes + 1) * coefficients['series.target'].middle);
    compare(name, of('agentSeries', name, { job: collector }) ?? of('headSeries', name, { job: collector }) ?? scraped, size.series);
    compare(name, ratio(total('exposed'), size.workload.interval), size.exposed);
    for (const part of size.parts) measure(name, name, part);
    if (size.workload.option === 'prometheus-agent') compare(name, of('sent', name), size.sent);
  }

  if (own === undefined) {
    for (const part of centre.parts) measure('centre', central.name, part);
    compare('centre', of('headSeries', central.name, { job: 'prometheus' }), centre.prometheus.series);
    compare('centre', of('headSeries', central.name, { job: 'receive-ingestor' }), centre.receive?.series);
  }
  const unnamed = Object.values(answers).some((samples) => samples.some(({ metric }) => metric.cluster === undefined));
  return {
    figures,
    coefficients: [...ratios].map(([id, values]) => ({ id, measured: median(values), clusters: values.length })),
    silent,
    ...(silent.length === asked.length && own === undefined && { hint: unnamed ? ofAnEdge : ofNone }),
  };
}

const ofNone = 'It has no series of any edge: ask a Thanos Query, or the central Prometheus.';
const ofAnEdge =
  'Its series do not say of which cluster they are, as those that an edge keeps for itself: ask a Thanos Query or the central Prometheus, or name the edge: fleetc size EDGE --calibrate URL.';

const kubelet = { job: 'kubelet', metrics_path: '/metrics' };
const cadvisor = { job: 'kubelet', metrics_path: '/metrics/cadvisor' };

/** Series of cAdvisor about the node itself, which the model counts with those of the kubelet: by the run that those are from. */
export const cadvisorOfANode = { kept: 230, exposed: 310 } as const;

const jobLabels = [{ job: 'node-exporter' }, { job: 'kube-state-metrics' }, kubelet, cadvisor] as const;

/** Of what was measured; nothing where a part of it was not. */
const both =
  (operation: (a: number, b: number) => number) =>
  (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : operation(a, b);
const sum = both((a, b) => a + b);
const less = both((a, b) => a - b);
const product = both((a, b) => a * b);
const ratio = both((a, b) => a / b);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Measured against modelled, and what each coefficient would have to be. */
export function formatCalibration({ figures, coefficients: measured, silent, hint }: Calibration): string {
  return [
    'Measured against modelled',
    ...columns([
      ['figure', 'measured', 'modelled', 'measured ÷ modelled', ''],
      ...figures.map(({ subject, measured: value, modelled }) => [
        subject,
        formatValue(modelled.unit, value),
        formatFigure(modelled),
        (value / modelled.value.middle).toFixed(2),
        verdict(value, modelled.value),
      ]),
    ]),
    '',
    'Coefficients: the median of the clusters',
    ...columns([
      ['coefficient', 'measured', 'in the model', 'clusters', ''],
      ...measured.map(({ id, measured: value, clusters }) => [
        id,
        formatCoefficient(coefficients[id], exactly(value)),
        formatCoefficient(coefficients[id], coefficients[id]),
        String(clusters),
        verdict(value, coefficients[id]),
      ]),
    ]),
    ...(silent.length === 0 ? [] : ['', `Not measured, as nothing came from them: ${silent.join(', ')}.`]),
    ...(hint === undefined ? [] : [hint]),
    ...(figures.length + measured.length === 0
      ? []
      : ['', 'Where a modelled number is from: fleetc size --explain with its figure or its coefficient.']),
  ].join('\n');
}

const verdict = (value: number, { low, high }: { readonly low: number; readonly high: number }): string =>
  value < low ? 'below the range' : value > high ? 'above the range' : 'within';

export const calibrationJson = ({ figures, coefficients: measured, silent, hint }: Calibration) => ({
  figures: figures.map(({ subject, measured: value, modelled }) => ({
    figure: subject,
    unit: modelled.unit,
    measured: value,
    modelled: modelled.value,
  })),
  coefficients: measured.map(({ id, measured: value, clusters }) => ({
    id,
    measured: value,
    clusters,
    modelled: { low: coefficients[id].low, middle: coefficients[id].middle, high: coefficients[id].high },
  })),
  silent,
  ...(hint !== undefined && { hint }),
});
