import type { Inventory } from '../../inventory/inventory.ts';
import { type CoefficientId, coefficients } from '../coefficients.ts';
import { columns } from '../columns.ts';
import type { Figure } from './figure.ts';
import type { FleetSize } from './fleet.ts';
import { formatFigure, formatNumber, formatRange, formatValue } from './format.ts';

/** A series of an instant query. */
interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** What a live Prometheus or Thanos Query is asked. Every one by cluster, in the labels that all options share. */
export const questions = {
  nodes: 'count by (cluster) (up{job="node-exporter"} == 1)',
  pods: 'count by (cluster) (kube_pod_info)',
  containers: 'count by (cluster) (kube_pod_container_info)',
  kept: 'sum by (cluster, job, metrics_path) (scrape_samples_post_metric_relabeling)',
  exposed: 'sum by (cluster, job, metrics_path) (scrape_samples_scraped)',
  memory: 'max by (cluster, job) (process_resident_memory_bytes)',
  cpu: 'max by (cluster, job) (rate(process_cpu_seconds_total[5m]))',
  agentSeries: 'max by (cluster, job) (prometheus_agent_active_series)',
  headSeries: 'max by (cluster, job, pod) (sum by (cluster, job, pod, instance) (prometheus_tsdb_head_series))',
  sent: 'sum by (cluster) (rate(prometheus_remote_storage_bytes_total[5m])) * 3600',
  written: 'sum by (cluster) (rate(prometheus_remote_storage_samples_total[5m]))',
} as const;

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
}

export function calibrate({ central }: Inventory, { sizes, centre }: FleetSize, answers: Answers): Calibration {
  const of = (question: keyof Answers, cluster: string, labels: Readonly<Record<string, string>> = {}): number | undefined => {
    const found = answers[question].filter(
      ({ metric }) => metric.cluster === cluster && Object.entries(labels).every(([label, value]) => (metric[label] ?? '') === value),
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
  const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : a / b;

  for (const [{ name }, size] of sizes) {
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
    note('series.kubelet', ratio(of('kept', name, { job: 'kubelet', metrics_path: '/metrics' }), nodes));
    note('exposed.kubelet', ratio(of('exposed', name, { job: 'kubelet', metrics_path: '/metrics' }), nodes));
    note('series.cadvisor', ratio(of('kept', name, cadvisor), of('containers', name)));
    note('exposed.cadvisor', ratio(of('exposed', name, cadvisor), of('containers', name)));
    note('pods.perNode', ratio(of('pods', name), nodes));
    note('containers.perPod', ratio(of('containers', name), of('pods', name)));
    note('memory.nodeExporter', of('memory', name, { job: 'node-exporter' }));
    if (size.workload.option === 'prometheus-agent')
      note('wire.remoteWrite.sample', ratio(ratio(of('sent', name), 3600), of('written', name)));

    const part = (wanted: string) => size.parts.find((one) => one.name === wanted);
    compare(name, of('agentSeries', name, { job: collector }) ?? of('headSeries', name, { job: collector }) ?? kept, size.series);
    compare(name, ratio(total('exposed'), size.workload.interval), size.exposed);
    for (const [job, one] of [
      ['node-exporter', part('node-exporter')],
      [collector, part(collector)],
    ] as const) {
      compare(name, of('memory', name, { job }), one?.memory);
      compare(name, of('cpu', name, { job }), one?.cpu);
    }
    if (size.workload.option === 'prometheus-agent') compare(name, of('sent', name), size.sent);
  }

  for (const { name, memory, cpu } of centre.parts) {
    compare('centre', of('memory', central.name, { job: name }), memory);
    compare('centre', of('cpu', central.name, { job: name }), cpu);
  }
  compare('centre', of('headSeries', central.name, { job: 'prometheus' }), centre.prometheus.series);
  compare('centre', of('headSeries', central.name, { job: 'receive-ingestor' }), centre.receive?.series);
  return {
    figures,
    coefficients: [...ratios].map(([id, values]) => ({ id, measured: median(values), clusters: values.length })),
    silent,
  };
}

const cadvisor = { job: 'kubelet', metrics_path: '/metrics/cadvisor' };
const jobLabels = [
  { job: 'node-exporter' },
  { job: 'kube-state-metrics' },
  { job: 'kubelet', metrics_path: '/metrics' },
  cadvisor,
] as const;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Measured against modelled, and what each coefficient would have to be. */
export function formatCalibration({ figures, coefficients: measured, silent }: Calibration): string {
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
        formatNumber(value),
        formatRange('count', coefficients[id]),
        String(clusters),
        verdict(value, coefficients[id]),
      ]),
    ]),
    ...(silent.length === 0 ? [] : ['', `Not measured, as nothing came from them: ${silent.join(', ')}.`]),
  ].join('\n');
}

const verdict = (value: number, { low, high }: { readonly low: number; readonly high: number }): string =>
  value < low ? 'below the range' : value > high ? 'above the range' : 'within';

export const calibrationJson = ({ figures, coefficients: measured, silent }: Calibration) => ({
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
});
