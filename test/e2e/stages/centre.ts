// The whole centre with an edge on each option: stores, rules, silence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { calibrated, sameFigures } from '../calibrated.ts';
import { startCentral, startMeta, startRuler } from '../central.ts';
import { contractOf, keepsContract } from '../contract.ts';
import { startEdgePrometheus } from '../edge-prometheus.ts';
import { type Exporters, startExporters } from '../exporters.ts';
import { repositoryIn } from '../fleetc.ts';
import { allAre, countedStates, liveStatus } from '../live-status.ts';
import { pageOf, totalOf } from '../metrics-page.ts';
import { alive, ask, freePorts, now, sleep, stop, until } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow, everyRuleEvaluates } from '../query-api.ts';
import { allAlive, allReady } from '../readiness.ts';
import { startReceive } from '../receive.ts';
import { objectsOf, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { alertmanager } from '../stand-ins.ts';
import { areSince, areUnknown, checkStatus, turnsSilent } from '../status-checks.ts';

export const centre: Stage = { name: 'centre', needs: ['prometheus', 'thanos', 'node_exporter'], run };

const sources = aFleet([
  aCentre(),
  // Nothing runs there, nor does the central Prometheus that would scrape the one.
  anEdge('scraped', 'remote-scrape', 10),
  anEdge('absent', 'prometheus-agent', 50),
  anEdge('agent', 'prometheus-agent', 20),
  anEdge('sidecar', 'thanos-sidecar', 30),
  anEdge('dying', 'prometheus-agent', 40),
]);

async function run({ folder, ...report }: StageRun): Promise<void> {
  const { check, row } = report;
  const site = siteIn(folder, compiledFleet(sources));
  const { trust } = site;
  const ports = { query: await thanosPorts(), store: await thanosPorts(), ruler: await thanosPorts() };
  const [metaPort = 0, noGateway = 0, compactHttp = 0, frontendHttp = 0] = await freePorts(4);
  const agentExporters = await startExporters(site, 'agent');
  const dyingExporters = await startExporters(site, 'dying');
  const sidecarExporters = await startExporters(site, 'sidecar');
  const receive = await startReceive(site, metaPort);
  const edge = await startEdgePrometheus(site, 'sidecar', sidecarExporters, noGateway);
  const agentIn = async (cluster: string, exporters: Exporters) =>
    (await agentOf(site, { cluster, exporters, write: receive.write, as: trust.edge(cluster) }))();
  const agent = await agentIn('agent', agentExporters);
  const dying = await agentIn('dying', dyingExporters);
  const query = startQuery(
    site,
    {
      'receive-ingestor': receive.ingestors.map(({ grpc }) => grpc),
      'store-gateway': [ports.store.grpc],
      'thanos-ruler-operated': [ports.ruler.grpc],
      '192.0.2.30:30901': [edge.grpc],
    },
    ports.query,
  );
  const store = startCentral(site, 'store-gateway', { listen: { 10902: ports.store.http, 10901: ports.store.grpc } });
  const compactor = startCentral(site, 'compactor', { listen: { 10902: compactHttp } });
  const frontend = startCentral(site, 'query-frontend', {
    listen: { 10902: frontendHttp },
    reach: { 'query.metrics-central.svc:10902': [`127.0.0.1:${ports.query.http}`] },
  });
  const takes = await alertmanager();
  const ruler = startRuler(site, { query: ports.query.http, alertmanager: takes.port, ports: ports.ruler });
  const rulerBegins = performance.now();
  const ingestors = receive.ingestors.map(({ process }) => process);
  const jobs = {
    'receive-ingestor': ingestors,
    'receive-router': [receive.router],
    query: [query],
    'query-frontend': [frontend],
    'store-gateway': [store],
    compactor: [compactor],
    'thanos-ruler': [ruler],
  };
  const meta = startMeta(site, jobs, metaPort);
  const programs = [...Object.values(jobs).flat(), agent, dying, edge.prometheus, edge.sidecar, meta];
  if (!(await allReady(report, programs))) return;

  const agentContract = contractOf(site.fleet, 'agent', ['prometheus-agent']);
  await check('series of two agents arrive', async () => {
    await keepsContract(query.http, agentContract, rulerBegins);
    return keepsContract(query.http, contractOf(site.fleet, 'dying', ['prometheus-agent']), rulerBegins);
  });
  await check('series of a sidecar arrive', () =>
    keepsContract(query.http, contractOf(site.fleet, 'sidecar', ['edge-prometheus', 'thanos-sidecar']), rulerBegins),
  );
  await check('Query knows every store and none is down', async () => {
    const { body } = await ask(`http://127.0.0.1:${query.http}/api/v1/stores`);
    const { data: stores } = JSON.parse(body) as {
      readonly data: Readonly<Record<string, readonly { readonly name: string; readonly lastError: unknown }[]>>;
    };
    const down = Object.entries(stores).flatMap(([kind, all]) =>
      all.filter(({ lastError }) => lastError !== null).map(({ name, lastError }) => `${kind} ${name}: ${JSON.stringify(lastError)}`),
    );
    if (down.length > 0) throw new Error(down.join('; '));
    return Object.entries(stores)
      .map(([kind, all]) => `${all.length} ${kind}`)
      .sort()
      .join(', ');
  });
  await check('Query Frontend gives what Query gives, range queries too', async () => {
    const through = await askNow(frontend.http, 'up{cluster="agent"}');
    if (through.length !== agentContract.length) throw new Error(JSON.stringify(through));
    const time = Math.floor(now());
    const { status, body } = await ask(
      `http://127.0.0.1:${frontend.http}/api/v1/query_range?query=up&start=${time - 600}&end=${time}&step=30`,
    );
    if (status !== 200) throw new Error(`${status} ${body}`);
  });

  await check('the rules about the centre: each evaluates without an error', () => everyRuleEvaluates(meta.http));
  await check('the limit of series: the emitted query gives each tenant its series, and the router reads them', async () => {
    const expression = 'sum by (tenant) (prometheus_tsdb_head_series{job="receive-ingestor"})';
    const { value } = await until('the tenant', 30, async () => {
      const samples = await askNow(meta.http, expression);
      return samples.some(({ metric }) => metric.tenant === 'agent') ? samples : undefined;
    });
    const configured = configText(objectsOf(site, 'centre'), 'receive-limits', 'limits.yaml');
    if (!configured.includes(expression)) throw new Error('the emitted limits ask something else');
    await until('the router', 40, async () => {
      const lines = readFileSync(receive.router.log, 'utf8').split('\n');
      const failed = lines.findLastIndex((line) => /failed to query meta-monitoring|not in current series map/.test(line));
      const at = /^ts=(\S+)/.exec(lines[failed] ?? '')?.[1];
      return at === undefined || Date.now() - Date.parse(at) > 16_000 ? true : undefined;
    });
    return value.map(({ metric, value: [, series] }) => `${metric.tenant} ${series}`).join(', ');
  });
  await check('every metric that a rule names is exposed', async () => {
    const pages = await Promise.all(programs.filter(alive).map(({ http }) => ask(`http://127.0.0.1:${http}/metrics`)));
    const nodePage = await ask(`https://127.0.0.1:${agentExporters.nodes[0]?.port}/metrics`, {
      as: { ...trust.scraper, ca: trust.nodeExporter.ca },
      serverName: 'node-exporter.edge-metrics-host.svc',
    });
    const exposed = new Set(
      [...pages, nodePage].flatMap(({ body }) => [...body.matchAll(/^(?:# TYPE )?([a-zA-Z0-9_:]+)/gm)].map(([, name]) => name ?? '')),
    );
    const rules = [...site.fleet.rendered.values()]
      .flat()
      .filter(({ kind, metadata }) => kind === 'PrometheusRule' || metadata.name === 'edge-prometheus-rules');
    const named = new Set(
      [...JSON.stringify(rules).matchAll(/\b((?:thanos|prometheus|http|node)_[a-zA-Z0-9_]+)(?=[{[)])/g)].map(([, name]) => name ?? ''),
    );
    // A counter with labels is exposed once it counts.
    const later = new Set(['thanos_receive_head_series_limited_requests_total', 'prometheus_remote_storage_samples_dropped_total']);
    const absent = [...named].filter((name) => !exposed.has(name) && !later.has(name));
    if (absent.length > 0) throw new Error(absent.join(', '));
    return `${named.size} metrics, ${[...later].filter((name) => !exposed.has(name)).length} of them only once they count`;
  });
  await check('the rules about the fleet: the Ruler evaluates each without an error', () => everyRuleEvaluates(ruler.http));

  const repository = await repositoryIn(join(folder, 'repository'), sources);
  await checkStatus(report, repository, {
    query: query.http,
    reporting: ['agent', 'sidecar', 'dying'],
    absent: 'absent',
    unasked: 'scraped',
    folder,
  });
  const ofSidecar = async () => {
    const page = await pageOf(edge.prometheus);
    return {
      'sidecar/series': totalOf(page, 'prometheus_tsdb_head_series'),
      'sidecar/edge-prometheus/memory': totalOf(page, 'process_resident_memory_bytes'),
      'sidecar/thanos-sidecar/memory': totalOf(await pageOf(edge.sidecar), 'process_resident_memory_bytes'),
    };
  };
  await check('fleetc size --calibrate: what it measures through Query is what the programs say of themselves', () =>
    sameFigures(repository, query.http, async () => {
      const page = await pageOf(agent);
      return {
        'agent/series': totalOf(page, 'prometheus_agent_active_series'),
        'agent/prometheus-agent/memory': totalOf(page, 'process_resident_memory_bytes'),
        ...(await ofSidecar()),
      };
    }),
  );
  await check(
    "fleetc size --calibrate: so is what an edge's own Prometheus says, where the edge is named; else whom to ask is told",
    async () => {
      const { figures, hint } = await calibrated(repository, edge.prometheus.http);
      if (figures.length > 0 || hint === undefined) throw new Error(`${figures.length} figures; ${hint}`);
      return sameFigures(repository, edge.prometheus.http, ofSidecar, ['sidecar']);
    },
  );

  const silences = () => takes.alerts.filter(({ labels }) => labels.alertname === 'EdgeClusterSilent');
  const silent = (cluster: string) => silences().some(({ labels }) => labels.cluster === cluster);
  await check('an edge that never came is reported silent', async () => {
    await until('EdgeClusterSilent', 150, async () => (silent('scraped') ? true : undefined));
    if (['agent', 'dying', 'sidecar'].some(silent)) throw new Error('an edge that answers is called silent');
    return `${((performance.now() - rulerBegins) / 1000).toFixed(0)} s after the start, ${JSON.stringify(silences()[0]?.labels)}`;
  });
  const ends = (what: string, cluster: string, end: () => Promise<unknown>) =>
    check(`${what}: reported silent`, async () => {
      await end();
      const { seconds } = await until('EdgeClusterSilent', 480, async () => (silent(cluster) ? true : undefined));
      return `${seconds.toFixed(0)} s later, with \`for\` at 30 s`;
    });
  const statusOf = (cluster: string) => liveStatus(repository, `http://127.0.0.1:${query.http}`, [cluster]);
  const ended = now();
  await Promise.all([
    ends("an edge's exporters stop", 'agent', () => Promise.all(agentExporters.nodes.map(({ nodeExporter }) => stop(nodeExporter)))),
    ends('an agent dies (its last samples are seen for five minutes more)', 'dying', () => stop(dying)),
    ends("an edge's Prometheus and sidecar die", 'sidecar', () => Promise.all([stop(edge.prometheus), stop(edge.sidecar)])),
    check('fleetc status: of an agent that died every target is silent since its last scrape', () =>
      turnsSilent(repository, query.http, 'dying', ended),
    ),
    check('fleetc status: of an edge whose store has gone all is unknown, with what Query says of the store', async () => {
      const reason = /^Query cannot reach sidecar 127\.0\.0\.1:\d+: .*connection refused/;
      // First Query warns of it, until it tries it the next time.
      const { value, seconds } = await until('the loss', 60, async () => {
        await sleep(2);
        const status = await statusOf('sidecar');
        if (status.targets.some(({ state }) => state === 'never seen')) throw new Error(countedStates(status.targets));
        return status.targets.every(({ why = '' }) => reason.test(why)) ? status : undefined;
      });
      const said = areUnknown(value, reason);
      return `${said}; ${seconds.toFixed(0)} s after the end`;
    }),
  ]);
  await check('fleetc status: and it stays so when Query has no last samples any more', async () => {
    await sleep(ended + 330 - now());
    return areSince('silent', await statusOf('dying'), ended);
  });
  await check('fleetc status: exporters that stopped give no answer since they did, the rest of their edge reports', async () => {
    const status = await statusOf('agent');
    const [stopped, others] = [true, false].map((is) => status.targets.filter(({ id }) => (id === 'node-exporter') === is));
    allAre('reporting', { ...status, targets: others ?? [] });
    if (status.code !== 1) throw new Error(`exit ${status.code}`);
    return `${areSince('failing', { ...status, targets: stopped ?? [] }, ended)}; ${others?.length} report; exit 1`;
  });
  await check('fleetc status: of an edge whose store Query has forgotten all stays unknown', async () =>
    areUnknown(await statusOf('sidecar'), /^Query knows no store of the edge$/),
  );
  row('not run', 'kube-state-metrics, kubelets, Alertmanager', 'small servers of this suite stand in for them');
  allAlive(
    report,
    programs.filter((program) => ![dying, edge.prometheus, edge.sidecar].includes(program)),
  );
}

function configText(objects: readonly Resource[], configMap: string, file: string): string {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap);
  return (found as unknown as { readonly data: Readonly<Record<string, string>> } | undefined)?.data[file] ?? '';
}
