import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CoefficientId, coefficients } from '../../scripts/advise/coefficients.ts';
import { type EdgeSize, sizeOf } from '../../scripts/advise/size/edge.ts';
import { figuresOfEdge } from '../../scripts/advise/size/report.ts';
import type { Workload } from '../../scripts/advise/size/workload.ts';

// Every figure of an edge, worked out from what the thing is. Nothing here is a term of the model: of the code only the coefficients are used.

const k = (id: CoefficientId): number => coefficients[id].middle;

/** Three nodes, 90 pods, 130 containers, scraped every 20 s. */
const workload = (change: Partial<Workload>): Workload => ({
  option: 'remote-scrape',
  nodes: 3,
  pods: 90,
  containers: 130,
  interval: 20,
  replicas: 1,
  retention: 12 * 60 * 60,
  dropRules: true,
  centralReplicas: 2,
  ...change,
});

/** What is kept of it. Its targets are node-exporter, kubelet and cAdvisor on each node, and kube-state-metrics. */
const kept =
  3 * k('series.nodeExporter') +
  3 * k('series.kubelet') +
  130 * k('series.cadvisor') +
  90 * k('series.cadvisor.pod') +
  90 * k('series.pod') +
  k('series.cluster') +
  (3 + 3 + 3 + 1) * k('series.target');

/** What its exporters give out. */
const given =
  3 * k('series.nodeExporter') +
  3 * k('exposed.kubelet') +
  130 * k('exposed.cadvisor') +
  90 * k('exposed.cadvisor.pod') +
  90 * k('series.pod') +
  k('series.cluster');

const stateMetrics = k('memory.kubeStateMetrics') + 90 * k('memory.kubeStateMetrics.pod');
const hour = 60 * 60;

type Expected = Readonly<Record<string, number>>;

function scraped(): Expected {
  // Two replicas in the centre, each once in 20 s.
  const exporter = (2 * k('cpu.nodeExporter.scrape')) / 20;
  const answers = 2 * (given / 20) * hour * k('wire.scrape.sample') * k('wire.framing');
  const scrapesAnHour = 2 * 10 * (hour / 20);
  return {
    series: kept,
    samples: kept / 20,
    exposed: given / 20,
    'node-exporter/cpu': exporter,
    'node-exporter/memory': k('memory.nodeExporter'),
    'kube-state-metrics/cpu': k('cpu.kubeStateMetrics'),
    'kube-state-metrics/memory': stateMetrics,
    cpu: 3 * exporter + k('cpu.kubeStateMetrics'),
    memory: 3 * k('memory.nodeExporter') + stateMetrics,
    volume: 0,
    sent: answers,
    received: scrapesAnHour * k('wire.request') + answers * k('wire.acknowledgement'),
  };
}

/** `requestsAnHour` of them, one for each 2,000 samples, or each five seconds where that is more often. */
function agent(series: number, exposed: number, requestsAnHour: number): Expected {
  const exporter = k('cpu.nodeExporter.scrape') / 20;
  const samples = series / 20;
  const cpu = k('cpu.agent') + samples * k('cpu.agent.sample');
  const memory = k('memory.agent') + series * k('memory.agent.series');
  const log = samples * hour * k('wal.hours') * k('wal.sample') + k('wal.segments');
  const written = samples * hour * k('wire.remoteWrite.sample');
  return {
    series,
    samples,
    exposed: exposed / 20,
    'node-exporter/cpu': exporter,
    'node-exporter/memory': k('memory.nodeExporter'),
    'kube-state-metrics/cpu': k('cpu.kubeStateMetrics'),
    'kube-state-metrics/memory': stateMetrics,
    'prometheus-agent/cpu': cpu,
    'prometheus-agent/memory': memory,
    'prometheus-agent/volume': log,
    cpu: 3 * exporter + k('cpu.kubeStateMetrics') + cpu,
    memory: 3 * k('memory.nodeExporter') + stateMetrics + memory,
    volume: log,
    sent: written,
    received: requestsAnHour * k('wire.response') + written * k('wire.acknowledgement'),
  };
}

/** Two replicas that keep half a day, asked by two Queries. */
function sidecar(): Expected {
  const exporter = (2 * k('cpu.nodeExporter.scrape')) / 20;
  const series = kept + k('series.server');
  const samples = series / 20;
  const cpu = k('cpu.prometheus') + samples * k('cpu.prometheus.sample');
  const memory = k('memory.prometheus') + series * k('memory.head.series') + k('memory.queries.edge');
  const blocks = samples * 12 * hour * k('block.sample') * k('block.slack');
  const log = samples * hour * k('head.hours') * k('wal.sample') + k('wal.segments');
  const uploaded = samples * hour * k('block.fresh.sample') * k('wire.framing');
  const askedAnHour = 2 * (hour / 5);
  return {
    series,
    samples,
    exposed: given / 20,
    'node-exporter/cpu': exporter,
    'node-exporter/memory': k('memory.nodeExporter'),
    'kube-state-metrics/cpu': k('cpu.kubeStateMetrics'),
    'kube-state-metrics/memory': stateMetrics,
    'edge-prometheus/cpu': cpu,
    'edge-prometheus/memory': memory,
    'edge-prometheus/volume': blocks + log,
    'thanos-sidecar/cpu': k('cpu.sidecar'),
    'thanos-sidecar/memory': k('memory.sidecar'),
    cpu: 3 * exporter + k('cpu.kubeStateMetrics') + 2 * (cpu + k('cpu.sidecar')),
    memory: 3 * k('memory.nodeExporter') + stateMetrics + 2 * (memory + k('memory.sidecar')),
    volume: 2 * (blocks + log),
    sent: 2 * (uploaded + k('wire.queries') + askedAnHour * k('wire.info.answer')),
    received: 2 * (askedAnHour * k('wire.info') + (uploaded + k('wire.queries')) * k('wire.acknowledgement')),
  };
}

const valuesOf = (size: EdgeSize): Expected =>
  Object.fromEntries(
    [
      ...figuresOfEdge(size),
      ...size.parts.flatMap(({ cpu, memory, volume }) => [cpu, memory, ...(volume === undefined ? [] : [volume])]),
    ].map(({ name, value }) => [name, value.middle]),
  );

/** All of them, and no other. */
function same(found: Expected, expected: Expected): void {
  assert.equal(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected))
    assert.ok(Math.abs((found[name] ?? Number.NaN) - value) <= 1e-9 * value, `${name} is ${found[name]}, not ${value}`);
}

test('an edge that two replicas in the centre scrape', () => {
  same(valuesOf(sizeOf(workload({}))), scraped());
});

test('an edge with an agent: it writes more than 2,000 samples in five seconds', () => {
  const series = kept + k('series.agent');
  assert.ok(series / 20 > 2_000 / 5);
  same(valuesOf(sizeOf(workload({ option: 'prometheus-agent' }))), agent(series, given, (series / 20 / 2_000) * hour));
});

test('one node with an agent writes every five seconds, whatever there is', () => {
  const [node, pods, containers] = [1, 6, 8];
  const series =
    node * (k('series.nodeExporter') + k('series.kubelet')) +
    containers * k('series.cadvisor') +
    pods * (k('series.cadvisor.pod') + k('series.pod')) +
    k('series.cluster') +
    4 * k('series.target') +
    k('series.agent');
  assert.ok(series / 20 < 2_000 / 5);
  const { sent, received } = sizeOf(workload({ option: 'prometheus-agent', nodes: node, pods, containers }));
  const written = (series / 20) * hour * k('wire.remoteWrite.sample');
  const expected = { sent: written, received: 720 * k('wire.response') + written * k('wire.acknowledgement') };
  same({ sent: sent.value.middle, received: received.value.middle }, expected);
});

test('an edge with an agent of which everything is kept, as `metrics: all` says', () => {
  const series = given + 10 * k('series.target') + k('series.agent');
  same(valuesOf(sizeOf(workload({ option: 'prometheus-agent', dropRules: false }))), agent(series, given, (series / 20 / 2_000) * hour));
});

test('an edge with two replicas of Prometheus and their sidecars', () => {
  same(valuesOf(sizeOf(workload({ option: 'thanos-sidecar', replicas: 2 }))), sidecar());
});

test('an edge that does not say what runs on it has so many pods a node, and so many containers a pod', () => {
  const pods = 3 * k('pods.perNode');
  const said = sizeOf(workload({ option: 'prometheus-agent', pods, containers: pods * k('containers.perPod') }));
  same(valuesOf(sizeOf(workload({ option: 'prometheus-agent', pods: undefined, containers: undefined }))), valuesOf(said));
});

test('parts run so many times', () => {
  const copies = (change: Partial<Workload>) => sizeOf(workload(change)).parts.map((part) => `${part.copies} ${part.name}`);
  const exporters = ['3 node-exporter', '1 kube-state-metrics'];
  assert.equal(copies({}), exporters);
  assert.equal(copies({ option: 'prometheus-agent' }), [...exporters, '1 prometheus-agent']);
  assert.equal(copies({ option: 'thanos-sidecar', replicas: 2 }), [...exporters, '2 edge-prometheus', '2 thanos-sidecar']);
});

test.run();
