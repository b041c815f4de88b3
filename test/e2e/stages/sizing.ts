// The size model against the real programs: what they use with so many series, and what the model has for as many.
import { join } from 'node:path';
import { type CoefficientId, coefficients } from '../../../scripts/advise/coefficients.ts';
import { type EdgeSize, type PartSize, sizeOf } from '../../../scripts/advise/size/edge.ts';
import type { Figure, Unit } from '../../../scripts/advise/size/figure.ts';
import { sizeOfFleet } from '../../../scripts/advise/size/fleet.ts';
import { type Workload, workloadOf } from '../../../scripts/advise/size/workload.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { judged, type Rule } from '../back-test.ts';
import { behindRelays } from '../behind-relays.ts';
import { type Busy, startBusyEdge } from '../busy-exporters.ts';
import { startEdgePrometheus } from '../edge-prometheus.ts';
import type { Exporters } from '../exporters.ts';
import type { Launched } from '../launch.ts';
import { pageOf, totalOf } from '../metrics-page.ts';
import { type Measured, modelled } from '../modelled.ts';
import { freePorts, now, sleep, stop, until } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow } from '../query-api.ts';
import { allAlive, ready } from '../readiness.ts';
import { startReceive } from '../receive.ts';
import { relayTo } from '../relay.ts';
import type { StageReport } from '../report.ts';
import { type Site, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { blocksIn } from '../uploaded.ts';
import { residentMemory, type Usage, usageFor } from '../usage.ts';

interface Load {
  /** Seconds between two scrapes. */
  readonly interval: number;
  /** Of one edge. */
  readonly busy: Busy;
  /** Series that are kept of it, at least. */
  readonly series: number;
  /** Seconds until all is scraped and written as it goes on, and seconds in which is measured. */
  readonly warmUp: number;
  readonly window: number;
}

const stage = (name: string, load: Load): Stage => ({
  name,
  needs: ['prometheus', 'thanos', 'node_exporter'],
  run: (given) => run(load, given),
});

/** Some 20,000 series: coefficients that were more than twice off in this run were mended by it. */
export const sizing = stage('sizing', { interval: 15, busy: { containers: 200, pods: 120 }, series: 15_000, warmUp: 60, window: 150 });

/** Some 60,000 series at half the rate, by which nothing was mended: what the model foretells. */
export const sizingUnseen = stage('sizing-unseen', {
  interval: 30,
  busy: { containers: 600, pods: 360 },
  series: 45_000,
  warmUp: 90,
  window: 150,
});

/** An edge that is scraped each second, so that its block of some minutes has as many samples a series as another's of two hours. */
const quick = { interval: 1, busy: { containers: 15, pods: 15 }, samples: 240 };

async function run({ interval, busy, series, warmUp, window }: Load, { folder, ...report }: StageRun): Promise<void> {
  const { row } = report;
  const site = siteIn(folder, fleetOf(interval));
  const [noMeta = 0, noGateway = 0] = await freePorts(2);
  const { ingestors, router, write } = await startReceive(site, noMeta);
  const holders = ingestors.map(({ process }) => process);
  for (const program of [...holders, router]) await ready(program);
  await sleep(5);
  const idle = { ingestor: mean(holders.map(residentMemory)), router: residentMemory(router) };

  const line = await relayTo(write);
  const agent = await startAgent(site, 'agent', await startBusyEdge(site, 'agent', busy), line.port);
  const hurried = { ...site, fleet: fleetOf(quick.interval) };
  const other = await startAgent(hurried, 'quick', await startBusyEdge(hurried, 'quick', quick.busy), write);
  const begins = now();
  const { exporters, relays } = await behindRelays(await startBusyEdge(site, 'sidecar', busy));
  const { prometheus, sidecar, grpc } = await startEdgePrometheus(site, 'sidecar', exporters, noGateway);
  const asked = await relayTo(grpc);
  const query = startQuery(site, { '192.0.2.30:30901': [asked.port] }, await thanosPorts());
  const programs = [agent, other, prometheus, sidecar, query];
  for (const program of programs) await ready(program);
  await until('all series', 60, async () => {
    const counts = [
      totalOf(await pageOf(agent), 'prometheus_agent_active_series'),
      totalOf(await pageOf(prometheus), 'prometheus_tsdb_head_series'),
    ];
    return counts.every((count) => count > series) ? counts : undefined;
  });
  await sleep(begins + warmUp - now());

  const nodeExporter = exporters.nodes[0]?.nodeExporter;
  if (nodeExporter === undefined) throw new Error('no node-exporter');
  const used = await usageFor(window, {
    programs: [...holders, router, agent, prometheus, sidecar],
    mute: [nodeExporter],
    links: { write: [line], scrape: relays, ask: [asked] },
    volumes: { agent: join(folder, agent.name, 'data/wal'), prometheus: join(folder, 'edge-prometheus-data/wal') },
  });
  const test: BackTest = { used, site, interval, row, compare: comparing(report) };
  await agentAsModelled(test, agent);
  await prometheusAsModelled(test, { prometheus, sidecar, nodeExporter, targets: 4 });
  await receiveAsModelled(test, { router, holders, idle });

  await sleep(begins + 5 + quick.interval * quick.samples - now());
  await Promise.all(holders.map((each) => stop(each, 'SIGTERM', 60)));
  const blocks = blocksIn(join(folder, 'bucket')).filter(({ cluster }) => cluster === 'quick');
  const all = (of: 'bytes' | 'samples' | 'series') => blocks.reduce((sum, block) => sum + block[of], 0);
  const each = (all('samples') / all('series')).toFixed(0);
  await test.compare(
    `a block with ${each} samples a series: bytes of a sample`,
    'count',
    all('bytes') / all('samples'),
    'block.fresh.sample',
  );
  row(
    'not run',
    'volumes, the bucket, Query, Store Gateway and Compactor as modelled',
    'hours of samples, and what people ask, decide them',
  );
  allAlive(report, [...programs, router]);
}

const fleetOf = (seconds: number) => {
  const edge = (name: string, option: string, address: number) =>
    anEdge(name, option, address, { nodes: [{ name: `${name}-a`, address: `192.0.2.${address}` }] });
  const edges = [edge('agent', 'prometheus-agent', 10), edge('quick', 'prometheus-agent', 20), edge('sidecar', 'thanos-sidecar', 30)];
  return compiledFleet(aFleet([aCentre(), ...edges], { scrapeInterval: `${seconds}s` }));
};

const startAgent = async (site: Site, cluster: string, exporters: Exporters, write: number): Promise<Launched> =>
  (await agentOf(site, { cluster, exporters, write, as: site.trust.edge(cluster) }))();

interface BackTest {
  readonly used: Usage<'write' | 'scrape' | 'ask', 'agent' | 'prometheus'>;
  readonly site: Site;
  readonly interval: number;
  readonly row: StageReport['row'];
  readonly compare: ReturnType<typeof comparing>;
}

interface Case extends Partial<Measured> {
  readonly rule?: Rule;
}

/** A row of what was measured and what the model, or one of its coefficients, has for it. */
const comparing =
  ({ check }: Pick<StageReport, 'check'>) =>
  (what: string, unit: Unit, measured: number, model: Figure | CoefficientId, { rule = 'half to twice the middle', ...known }: Case = {}) =>
    check(`${what}: ${rule}`, () =>
      judged(
        { measured, unit, modelled: typeof model === 'string' ? coefficients[model] : modelled(model, { given: {}, ...known }) },
        rule,
      ),
    );

/** Nobody asks, and nothing is compacted in some minutes: the middle has room for both, the range begins without. */
const unasked = 'nobody asks and nothing is compacted';

async function agentAsModelled({ used, site, compare }: BackTest, agent: Launched): Promise<void> {
  const size = sizeOf(workloadIn(site, 'agent'));
  const { memory, cpu } = partOf(size, 'prometheus-agent');
  const series = used.level(agent, 'prometheus_agent_active_series');
  const appended = used.grown(agent, 'prometheus_agent_samples_appended_total');
  const samples = appended / used.seconds;
  const load = `with ${series} series and ${samples.toFixed(0)} samples/s`;
  const { memory: bytes, cores } = used.of(agent);
  await compare(`prometheus-agent ${load}: memory`, 'bytes of memory', bytes, memory, { given: { series } });
  await compare('prometheus-agent: CPU', 'cores', cores, cpu, { given: { samples } });
  await compare('prometheus-agent: bytes of a sample in the WAL', 'count', used.filled('agent') / appended, 'wal.sample');
  await compare('prometheus-agent: sent to the centre', 'bytes an hour', hourly(used, used.sent('write')), size.sent, {
    given: { samples },
  });
  const requests = used.grown(agent, 'prometheus_remote_storage_sent_batch_duration_seconds_count');
  await compare('prometheus-agent: bytes of an answer of Receive', 'count', used.received('write') / requests, 'wire.response');
  const own = (await pageOf(agent)).split('\n').filter((text) => text !== '' && !text.startsWith('#')).length;
  await compare('prometheus-agent: series about itself', 'series', own, 'series.agent');
}

async function prometheusAsModelled(
  { used, site, interval, row, compare }: BackTest,
  {
    prometheus,
    sidecar,
    nodeExporter,
    targets,
  }: Readonly<Record<'prometheus' | 'sidecar' | 'nodeExporter', Launched>> & { readonly targets: number },
): Promise<void> {
  const workload = workloadIn(site, 'sidecar');
  const size = sizeOf(workload);
  const own = partOf(size, 'edge-prometheus');
  const series = used.level(prometheus, 'prometheus_tsdb_head_series');
  const stored = used.grown(prometheus, 'prometheus_tsdb_head_samples_appended_total');
  const samples = stored / used.seconds;
  const load = `with ${series} series and ${samples.toFixed(0)} samples/s`;
  await compare(`edge-prometheus ${load}: memory without queries`, 'bytes of memory', used.of(prometheus).memory, own.memory, {
    given: { series },
    without: ['memory.queries.edge'],
  });
  await compare(`edge-prometheus: CPU where ${unasked}`, 'cores', used.of(prometheus).cores, own.cpu, {
    given: { samples },
    rule: 'within the range',
  });
  await compare('edge-prometheus: bytes of a sample in the WAL', 'count', used.filled('prometheus') / stored, 'wal.sample');

  const beside = partOf(size, 'thanos-sidecar');
  await compare('thanos-sidecar: memory', 'bytes of memory', used.of(sidecar).memory, beside.memory);
  await compare(`thanos-sidecar: CPU where ${unasked}`, 'cores', used.of(sidecar).cores, beside.cpu, { rule: 'within the range' });
  const each = (bytes: number): number => (bytes / used.seconds) * 5;
  await compare('thanos-sidecar: bytes of being asked what it has', 'count', each(used.sent('ask')), 'wire.info');
  await compare('thanos-sidecar: bytes of saying what it has', 'count', each(used.received('ask')), 'wire.info.answer');
  const collectors = await askNow(prometheus.http, 'sum(scrape_samples_scraped{job=~"edge-prometheus|thanos-sidecar"})');
  await compare('edge-prometheus and thanos-sidecar: series about themselves', 'series', Number(collectors[0]?.value[1]), 'series.server');

  // What this Prometheus fetches of the exporters is what one in the centre would fetch over the line.
  const afar = sizeOf({ ...workload, option: 'remote-scrape', centralReplicas: 1 });
  const [scraped] = await askNow(prometheus.http, 'sum(scrape_samples_scraped{job=~"node-exporter|kube-state-metrics|kubelet"})');
  const exposed = Number(scraped?.value[1]) / interval;
  await compare(
    `scraped from afar, ${scraped?.value[1]} series: sent to the centre`,
    'bytes an hour',
    hourly(used, used.received('scrape')),
    afar.sent,
    { given: { exposed } },
  );
  const requests = (used.seconds / interval) * targets;
  await compare('scraped from afar: bytes of a request', 'count', used.sent('scrape') / requests, 'wire.request');
  const node = partOf(size, 'node-exporter');
  await compare('node-exporter: memory', 'bytes of memory', used.of(nodeExporter).memory, node.memory);
  if (used.seconds / interval > 9) await compare('node-exporter: CPU', 'cores', used.of(nodeExporter).cores, node.cpu);
  else row('not run', 'node-exporter: CPU', 'so few scrapes are some three ticks of the clock by which a process is measured');
}

async function receiveAsModelled(
  { used, site, compare }: BackTest,
  {
    router,
    holders,
    idle,
  }: { readonly router: Launched; readonly holders: readonly Launched[]; readonly idle: Readonly<Record<'ingestor' | 'router', number>> },
): Promise<void> {
  const { parts } = sizeOfFleet(site.fleet.inventory).centre;
  const [routing, holding] = [partOf({ parts }, 'receive-router'), partOf({ parts }, 'receive-ingestor')];
  const written = used.grown(router, 'thanos_receive_write_samples_sum') / used.seconds;
  const given = { 'receive/samples': written, 'receive/routers': 1 };
  const { memory, cores } = used.of(router);
  await compare('receive-router: memory before anybody writes', 'bytes of memory', idle.router, 'memory.router');
  await compare(`receive-router with ${written.toFixed(0)} samples/s: memory`, 'bytes of memory', memory, routing.memory, { given });
  await compare('receive-router: CPU', 'cores', cores, routing.cpu, { given });

  const series = mean(holders.map((each) => used.level(each, 'prometheus_tsdb_head_series')));
  const samples = mean(holders.map((each) => used.grown(each, 'prometheus_tsdb_head_samples_appended_total'))) / used.seconds;
  const load = `with ${series.toFixed(0)} series and ${samples.toFixed(0)} samples/s`;
  const of = (what: 'memory' | 'cores') => mean(holders.map((each) => used.of(each)[what]));
  await compare('receive-ingestor: memory before anybody writes', 'bytes of memory', idle.ingestor, 'memory.ingestor');
  await compare(`receive-ingestor ${load}: memory without queries`, 'bytes of memory', of('memory'), holding.memory, {
    given: { 'receive-ingestor/series': series },
    without: ['memory.queries.centre'],
  });
  await compare(`receive-ingestor: CPU where ${unasked}`, 'cores', of('cores'), holding.cpu, {
    given: { 'receive-ingestor/samples': samples },
    rule: 'within the range',
  });
}

function workloadIn({ fleet: { inventory } }: Site, cluster: string): Workload {
  const edge = inventory.edges.find(({ name }) => name === cluster);
  if (edge === undefined) throw new Error(`no edge ${cluster}`);
  return workloadOf(edge, inventory);
}

function partOf({ parts }: Pick<EdgeSize, 'parts'>, name: string): PartSize {
  const found = parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

const hourly = ({ seconds }: { readonly seconds: number }, bytes: number): number => (bytes / seconds) * 3600;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
