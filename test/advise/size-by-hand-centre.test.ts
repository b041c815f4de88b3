import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CoefficientId, coefficients } from '../../scripts/advise/coefficients.ts';
import type { CentreSize } from '../../scripts/advise/size/centre.ts';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import { addedBy, figuresOfReport, sizeReport } from '../../scripts/advise/size/report.ts';
import { withAdditions } from '../../scripts/advise/size/what-if.ts';
import type { Edge, Inventory } from '../../scripts/inventory/inventory.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet } from '../support/fleet.ts';

// Every figure of the centre, worked out from what the thing is. Nothing here is a term of the model: of the code only the coefficients are
// used, and settings differ from their defaults so that none can stand for another.

const k = (id: CoefficientId): number => coefficients[id].middle;
const [hour, day, Gi] = [60 * 60, 24 * 60 * 60, 2 ** 30];
const interval = 10;

const runs = { workload: { pods: 50, containers: 70 } };
/** Two nodes with what runs on them: seven targets. */
const kept =
  2 * (k('series.nodeExporter') + k('series.kubelet')) +
  70 * k('series.cadvisor') +
  50 * (k('series.cadvisor.pod') + k('series.pod')) +
  k('series.cluster') +
  7 * k('series.target');

const central = {
  prometheus: { replicas: 3, retention: '5d' },
  query: { replicas: 4 },
  alertmanager: { url: 'https://alerts.example:30943', replicas: 5 },
  retention: { raw: '28d', fiveMinutes: '84d', oneHour: '560d' },
};

const small = compiledFleet(
  aFleet(
    [
      aCentre(central),
      anEdge('scraped-1', 'remote-scrape', 10, runs),
      anEdge('scraped-2', 'remote-scrape', 20, runs),
      anEdge('agent-1', 'prometheus-agent', 30, runs),
      anEdge('agent-2', 'prometheus-agent', 40, runs),
      anEdge('agent-3', 'prometheus-agent', 50, runs),
      anEdge('sidecar', 'thanos-sidecar', 60, { ...runs, settings: { replicas: 2 } }),
    ],
    { scrapeInterval: '10s' },
  ),
);

/** Asked for of this many bytes: a quarter more, in whole Gi, and 50 at least. */
const roomy = (bytes: number): number => Math.max(50, Math.ceil((1.25 * bytes) / Gi)) * Gi;
/** Of scratch space: the power of two from twice the bytes, and so many Gi at least. */
const scratch = (bytes: number, least: number): number => {
  let size = 1;
  while (size < 2 * bytes) size *= 2;
  return Math.max(least * Gi, size);
};
/** What Prometheus or an ingestor has on its volume: blocks, and the log of what is not yet in one. */
const tsdb = (series: number, seconds: number): number =>
  (series / interval) * seconds * k('block.sample') * k('block.slack') +
  (series / interval) * hour * k('head.hours') * k('wal.sample') +
  k('wal.segments');

/** What decides the figures of a centre. */
interface Fleet {
  readonly scrapedEdges: number;
  readonly targets: number;
  readonly ofScraped: number;
  readonly shards: number;
  readonly agents: number;
  readonly ofAgents: number;
  readonly ingestors: number;
  readonly spread: number;
  readonly routers: number;
  /** Pairs of Prometheus. */
  readonly sidecars: number;
  readonly ofSidecar: number;
  readonly largest: number;
}

function expectedOf(fleet: Fleet): Readonly<Record<string, number>> {
  const { scrapedEdges, targets, ofScraped, shards, agents, ofAgents, ingestors, spread, routers, sidecars, ofSidecar, largest } = fleet;
  const server = ofScraped / shards + k('series.centre');
  const serverCpu = k('cpu.prometheus') + (server / interval) * k('cpu.prometheus.sample');
  const serverMemory = k('memory.prometheus') + server * k('memory.head.series') + k('memory.queries.centre');
  const serverVolume = tsdb(server, 5 * day);

  const ingested = (3 * ofAgents) / ingestors;
  const tenants = (agents * spread) / ingestors;
  const ingestorCpu = k('cpu.prometheus') + (ingested / interval) * k('cpu.ingestor.sample');
  const ingestorMemory =
    k('memory.ingestor') + ingested * k('memory.head.series') + tenants * k('memory.tenant') + k('memory.queries.centre');
  const ingestorVolume = tsdb(ingested, 2 * day);
  const routed = ofAgents / interval / routers;
  const routerMemory = k('memory.router') + routed * k('memory.router.sample');

  // All three replicas of each shard upload, and both of an edge; of an agent the bucket has one copy.
  const stored = 3 * shards * server + ofAgents + 2 * ofSidecar;
  const streams = 3 * shards + agents + 2 * sidecars;
  const raw = stored * (day / interval) * k('block.sample');
  const value = k('downsampling.aggregates') * k('downsampling.value');
  const fiveMinutes = stored * ((24 * 60) / 5) * value;
  const oneHour = stored * 24 * value;
  const aDay = raw + fiveMinutes + oneHour;
  // A block of two hours from whoever uploads; then each stream has some small ones, and one for each two weeks that are kept.
  const blocks =
    (3 * shards + agents * spread + 2 * sidecars) * k('blocks.twoHours') +
    streams * (k('blocks.recent') + (28 + 84 + 560) / k('blocks.days'));

  const headers = blocks * k('volume.store.block');
  const storeMemory = k('memory.store') + blocks * k('memory.store.block');
  const twoWeeks = largest * ((k('blocks.days') * day) / interval) * k('block.sample');
  const compactorMemory = k('memory.compactor') + largest * k('memory.compactor.series');

  const servers = 3 * shards;
  return {
    'prometheus/shards': shards,
    'prometheus/series': server,
    'prometheus/edges': scrapedEdges,
    'prometheus/configuration': scrapedEdges * k('configuration.edge') + targets * k('configuration.target'),
    'prometheus/storage': roomy(tsdb(k('planned.prometheus.series'), 5 * day)),
    'prometheus/cpu': serverCpu,
    'prometheus/memory': serverMemory,
    'prometheus/volume': serverVolume,
    'prometheus-sidecar/cpu': k('cpu.sidecar'),
    'prometheus-sidecar/memory': k('memory.sidecar'),
    'receive/routers': routers,
    'receive/ingestors': ingestors,
    'receive/spread': spread,
    'receive/tenants': tenants,
    'receive-ingestor/series': ingested,
    'receive-ingestor/storage': roomy(tsdb(k('planned.ingestor.series'), 2 * day)),
    'receive-ingestor/cpu': ingestorCpu,
    'receive-ingestor/memory': ingestorMemory,
    'receive-ingestor/volume': ingestorVolume,
    'receive-router/cpu': routed * k('cpu.router.sample'),
    'receive-router/memory': routerMemory,
    'bucket/day': aDay,
    'bucket/month': 30 * aDay,
    'bucket/steady': 28 * raw + 84 * fiveMinutes + 560 * oneHour,
    'bucket/blocks': blocks,
    'bucket/largest-stream': largest,
    'store-gateway/cpu': k('cpu.store'),
    'store-gateway/memory': storeMemory,
    'store-gateway/volume': headers,
    'store-gateway/storage': scratch(headers, 8),
    'compactor/cpu': k('cpu.compactor'),
    'compactor/memory': compactorMemory,
    // What is read, and what is written.
    'compactor/volume': 2 * twoWeeks,
    'compactor/storage': scratch(2 * twoWeeks, 16),
    'query/leaves': 0,
    'query/asked': sidecars,
    'query/cpu': k('cpu.query'),
    'query/memory': k('memory.query'),
    'query-frontend/cpu': k('cpu.queryFrontend'),
    'query-frontend/memory': k('memory.queryFrontend'),
    'ruler/cpu': k('cpu.ruler'),
    'ruler/memory': k('memory.ruler'),
    'ruler/storage': 10 * Gi,
    'alertmanager/cpu': k('cpu.alertmanager'),
    'alertmanager/memory': k('memory.alertmanager'),
    'alertmanager/storage': 2 * Gi,
    'alert-gateway/cpu': k('cpu.alertGateway'),
    'alert-gateway/memory': k('memory.alertGateway'),
    cpu:
      servers * (serverCpu + k('cpu.sidecar')) +
      ingestors * ingestorCpu +
      (ofAgents / interval) * k('cpu.router.sample') +
      2 * k('cpu.store') +
      k('cpu.compactor') +
      4 * (k('cpu.query') + k('cpu.queryFrontend')) +
      2 * k('cpu.ruler') +
      5 * k('cpu.alertmanager') +
      2 * k('cpu.alertGateway'),
    memory:
      servers * (serverMemory + k('memory.sidecar')) +
      ingestors * ingestorMemory +
      routers * routerMemory +
      2 * storeMemory +
      compactorMemory +
      4 * (k('memory.query') + k('memory.queryFrontend')) +
      2 * k('memory.ruler') +
      5 * k('memory.alertmanager') +
      2 * k('memory.alertGateway'),
    volume: servers * serverVolume + ingestors * ingestorVolume + 2 * headers + 2 * twoWeeks,
  };
}

/** All figures of the centre that a report shows, but for those of manifests. */
const shownOf = (inventory: Inventory): ReadonlyMap<string, number> =>
  new Map(
    figuresOfReport(sizeReport(inventory))
      .filter(({ path }) => path.startsWith('centre/') && !path.startsWith('centre/emitted/'))
      .map(({ path, figure }) => [path.slice('centre/'.length), figure.value.middle]),
  );

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b);

/** All of them, and no other. */
function same(inventory: Inventory, expected: Readonly<Record<string, number>>): void {
  const found = shownOf(inventory);
  assert.equal([...found.keys()].sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected))
    assert.ok(near(found.get(name) ?? Number.NaN, value), `${name} is ${found.get(name)}, not ${value}`);
}

const ofAgent = kept + k('series.agent');
const ofSidecar = kept + k('series.server');

test('the centre of a small fleet: two edges scraped, three with an agent, one with two sidecars', () => {
  same(
    small.inventory,
    expectedOf({
      scrapedEdges: 2,
      targets: 2 * 7,
      ofScraped: 2 * kept,
      shards: 1,
      agents: 3,
      ofAgents: 3 * ofAgent,
      // One more than a sample has copies.
      ingestors: 4,
      spread: 4,
      routers: 2,
      sidecars: 1,
      ofSidecar,
      largest: 2 * kept + k('series.centre'),
    }),
  );
});

const nodes = 30;
const large = withAdditions(small.inventory, [
  { add: 100, region: 'kr', option: 'remote-scrape', nodes, pods: 900, containers: 1_300, replicas: 1 },
  { add: 100, region: 'kr', option: 'prometheus-agent', nodes, pods: 900, containers: 1_300, replicas: 1 },
]).inventory;
const keptOfLarge =
  nodes * (k('series.nodeExporter') + k('series.kubelet')) +
  1_300 * k('series.cadvisor') +
  900 * (k('series.cadvisor.pod') + k('series.pod')) +
  k('series.cluster') +
  (3 * nodes + 1) * k('series.target');

test('the centre of a large fleet: shards, ingestors, routers and volumes by what they are planned for', () => {
  const ofScraped = 2 * kept + 100 * keptOfLarge;
  const ofAgents = 3 * ofAgent + 100 * (keptOfLarge + k('series.agent'));
  // The centre itself is on every shard.
  const shards = Math.ceil(ofScraped / (k('planned.prometheus.series') - k('series.centre')));
  const ingestors = Math.ceil((3 * ofAgents) / k('planned.ingestor.series'));
  let spread = 4;
  while ((103 * spread) / ingestors < k('planned.ingestor.fewestTenants')) spread *= 2;
  const routers = Math.ceil(ofAgents / interval / k('planned.router.samples'));
  // Or this is a small fleet too.
  assert.ok(shards > 2 && ingestors > 4 && spread > 4 && spread < ingestors && routers > 2, JSON.stringify({ shards, ingestors, spread }));
  const largest = ofScraped / shards + k('series.centre');
  const expected = expectedOf({
    scrapedEdges: 102,
    targets: 2 * 7 + 100 * (3 * nodes + 1),
    ofScraped,
    shards,
    agents: 103,
    ofAgents,
    ingestors,
    spread,
    routers,
    sidecars: 1,
    ofSidecar,
    largest,
  });
  for (const part of ['prometheus', 'receive-ingestor']) assert.ok((expected[`${part}/storage`] ?? 0) > 50 * Gi, part);
  assert.ok((expected['store-gateway/storage'] ?? 0) > 8 * Gi && (expected['compactor/storage'] ?? 0) > 16 * Gi);
  same(large, expected);
});

/** One node with one pod. */
const tiny = { region: 'kr', nodes: 1, pods: 1, containers: 1, replicas: 1 } as const;

test('many tenants need ingestors as many series do', () => {
  const { inventory } = withAdditions(small.inventory, [{ ...tiny, add: 997, option: 'prometheus-agent' }]);
  // Each ingestor has many: a tenant is on one more than its samples have copies.
  assert.is(shownOf(inventory).get('receive/spread'), 4);
  const found = shownOf({ ...inventory, central: { ...inventory.central, receive: { url: '', replicationFactor: 5 } } });
  const ofTiny =
    k('series.nodeExporter') +
    k('series.kubelet') +
    k('series.cadvisor') +
    k('series.cadvisor.pod') +
    k('series.pod') +
    k('series.cluster') +
    4 * k('series.target') +
    k('series.agent');
  const bySeries = Math.ceil((5 * (997 * ofTiny + 3 * ofAgent)) / k('planned.ingestor.series'));
  // Five copies and one more, in steps: each tenant is on eight.
  const byTenants = Math.ceil((1_000 * 8) / k('planned.ingestor.tenants'));
  assert.ok(byTenants > bySeries, 'the series decide');
  assert.is(found.get('receive/ingestors'), byTenants);
  assert.is(found.get('receive/tenants'), (1_000 * 8) / byTenants);
});

test('an edge can have the largest stream of blocks', () => {
  const large = { ...tiny, pods: 20_000, containers: 30_000, add: 1, option: 'thanos-sidecar' as const };
  const largest =
    k('series.nodeExporter') +
    k('series.kubelet') +
    30_000 * k('series.cadvisor') +
    20_000 * (k('series.cadvisor.pod') + k('series.pod')) +
    k('series.cluster') +
    4 * k('series.target') +
    k('series.server');
  assert.ok(near(shownOf(withAdditions(small.inventory, [large]).inventory).get('bucket/largest-stream') ?? 0, largest));
});

test('what is written holds, and a volume is enough for what its part then has', () => {
  const prometheus = { ...large.central.prometheus, shards: 2 };
  const receive = { url: '', replicationFactor: 5 as const, replicas: 6 };
  const found = shownOf({ ...large, central: { ...large.central, prometheus, receive } });
  const server = (2 * kept + 100 * keptOfLarge) / 2 + k('series.centre');
  const ingested = (5 * (3 * ofAgent + 100 * (keptOfLarge + k('series.agent')))) / 6;
  assert.ok(server > k('planned.prometheus.series') && ingested > k('planned.ingestor.series'));
  assert.equal([found.get('prometheus/shards'), found.get('receive/ingestors'), found.get('receive/spread')], [2, 6, 6]);
  assert.is(found.get('prometheus/storage'), roomy(tsdb(server, 5 * day)));
  assert.is(found.get('receive-ingestor/storage'), roomy(tsdb(ingested, 2 * day)));
  const prometheusStorage = { ...prometheus, storage: '77Gi' };
  const storage = { storeGateway: '3Gi', compactor: '2Ti' };
  const written = shownOf({
    ...large,
    central: { ...large.central, prometheus: prometheusStorage, receive: { ...receive, storage: '88Gi' }, storage },
  });
  assert.equal(
    ['prometheus', 'receive-ingestor', 'store-gateway', 'compactor'].map((part) => (written.get(`${part}/storage`) ?? 0) / Gi),
    [77, 88, 3, 2048],
  );
});

test('edges that share a Secret share its jobs, each target is written, and what is discovered is not', () => {
  const settings = { credentials: { secretName: 'shared' } };
  const { inventory } = compiledFleet(
    aFleet([
      aCentre(),
      anEdge('own', 'remote-scrape', 10),
      anEdge('first', 'remote-scrape', 20, { settings }),
      anEdge('second', 'remote-scrape', 30, { settings }),
      anEdge('third', 'remote-scrape', 40, { settings }),
    ]),
  );
  assert.is(shownOf(inventory).get('prometheus/configuration'), 2 * k('configuration.edge') + 4 * 7 * k('configuration.target'));
  const discovered = { ...inventory.central.prometheus, mode: 'service-monitor' as const };
  const { centre } = sizeOfFleet({ ...inventory, central: { ...inventory.central, prometheus: discovered } });
  assert.is(centre.prometheus.configuration.value.middle, 0);
});

/** Pods of the objects of a cluster, by what the model calls their part. */
function podsOf(fleet: CompiledFleet, cluster: string): Readonly<Record<string, number>> {
  const pods: Record<string, number> = {};
  const nodesOf = (name: string): number => fleet.inventory.edges.find((edge) => edge.name === name)?.nodes.length ?? 0;
  const add = (part: string, count: number): void => {
    pods[part] = (pods[part] ?? 0) + count;
  };
  for (const { kind, metadata, ...rest } of fleet.rendered.get(cluster) ?? []) {
    const spec = (rest as { readonly spec?: { readonly replicas?: number; readonly shards?: number } }).spec ?? {};
    // Where it is left out, Kubernetes has one.
    const count = (spec.replicas ?? 1) * (spec.shards ?? 1);
    if (kind === 'Prometheus') for (const part of ['prometheus', 'prometheus-sidecar']) add(part, count);
    else if (kind === 'ThanosRuler') add('ruler', count);
    else if (kind === 'Alertmanager') add('alertmanager', count);
    else if (kind === 'DaemonSet') add(metadata.name, nodesOf(cluster));
    else if (kind === 'Deployment' || kind === 'StatefulSet') add(metadata.name.replace(/^query-leaf-[0-9a-f]{2}$/, 'query-leaf'), count);
    if (metadata.name === 'edge-prometheus' && kind === 'StatefulSet') add('thanos-sidecar', count);
  }
  return pods;
}

const copiesOf = (parts: CentreSize['parts']) => Object.fromEntries(parts.map(({ name, copies }) => [name, copies]));

const crowd = compiledFleet(
  aFleet(
    [
      aCentre({ ...central, prometheus: { ...central.prometheus, shards: 2 } }),
      anEdge('scraped', 'remote-scrape', 0),
      anEdge('agent', 'prometheus-agent', 2),
      ...Array.from({ length: 101 }, (_, i) => anEdge(`sidecar-${i}`, 'thanos-sidecar', 4 + 2 * i)),
    ],
    { scrapeInterval: '10s' },
  ),
);

for (const [name, fleet] of [
  ['a small fleet', small],
  ['a fleet with leaves and shards', crowd],
] as const)
  test(`every pod in the manifests is one in the model, and the other way round: ${name}`, () => {
    const { centre, sizes } = sizeOfFleet(fleet.inventory);
    assert.equal(copiesOf(centre.parts), podsOf(fleet, 'centre'));
    for (const [edge, { parts }] of sizes) assert.equal(copiesOf(parts), podsOf(fleet, edge.name), edge.name);
  });

test('from 101 sidecar edges each is asked by one leaf, up to that by every Query', () => {
  const { sizes } = sizeOfFleet(crowd.inventory);
  const line = (of: CompiledFleet, name: string) => sizes.get(of.inventory.edges.find((edge) => edge.name === name) as Edge);
  const size = line(crowd, 'sidecar-0');
  assert.ok(size);
  const uploaded = size.samples.value.middle * hour * k('block.fresh.sample') * k('wire.framing');
  assert.ok(near(size.sent.value.middle, uploaded + k('wire.queries') + 720 * k('wire.info.answer')));
  const leaves = podsOf(crowd, 'centre')['query-leaf'] ?? 0;
  assert.ok(leaves > 1);
  const shown = shownOf(crowd.inventory);
  assert.is(shown.get('query/leaves'), leaves);
  assert.ok(near(shown.get('query/asked') ?? 0, 101 / leaves));
  assert.equal([shown.get('query-leaf/cpu'), shown.get('query-leaf/memory')], [k('cpu.queryLeaf'), k('memory.queryLeaf')]);
  const one = sizeOfFleet(small.inventory).sizes.get(small.inventory.edges.find(({ name }) => name === 'sidecar') as Edge);
  assert.ok(one);
  const both = 2 * (one.samples.value.middle * hour * k('block.fresh.sample') * k('wire.framing') + k('wire.queries'));
  assert.ok(near(one.sent.value.middle, both + 2 * 4 * 720 * k('wire.info.answer')));
});

test('what an edge adds to the centre is what the centre costs less without it', () => {
  for (const { inventory } of [small, crowd]) {
    const report = sizeReport(inventory);
    const whole = sizeOfFleet(inventory).centre;
    for (const edge of inventory.edges.slice(0, 7)) {
      const without = sizeOfFleet({ ...inventory, edges: inventory.edges.filter(({ name }) => name !== edge.name) }).centre;
      const { memory, cpu, bucketADay } = addedBy(edge, report);
      for (const [figure, more] of [
        [memory, whole.memory.value.middle - without.memory.value.middle],
        [cpu, whole.cpu.value.middle - without.cpu.value.middle],
        [bucketADay, whole.bucket.day.value.middle - without.bucket.day.value.middle],
      ] as const) {
        assert.ok(Math.abs(figure.value.middle - more) <= 1e-6 * Math.abs(more), `${edge.name} ${figure.name}`);
        assert.ok(more > 0, `${edge.name} ${figure.name}`);
      }
    }
  }
});

test('by hand: an edge that is scraped adds its series to three replicas, one with an agent a tenant to every ingestor', () => {
  const report = sizeReport(small.inventory);
  const memory = (name: string): number =>
    addedBy(report.inventory.edges.find((edge) => edge.name === name) as Edge, report).memory.value.middle;
  const blocks = k('blocks.recent') + (28 + 84 + 560) / k('blocks.days');
  // It makes the largest stream larger, which the Compactor has in memory.
  assert.ok(Math.abs(memory('scraped-1') / (3 * kept * k('memory.head.series') + kept * k('memory.compactor.series')) - 1) < 1e-6);
  const agent =
    3 * ofAgent * k('memory.head.series') +
    4 * k('memory.tenant') +
    (ofAgent / interval) * k('memory.router.sample') +
    2 * (4 * k('blocks.twoHours') + blocks) * k('memory.store.block');
  assert.ok(Math.abs(memory('agent-1') / agent - 1) < 1e-6);
});

/** The limits of a fleet by the names of their figures. */
const limitsOf = (inventory: Inventory) => new Map(sizeOfFleet(inventory).limits.map((limit) => [limit.figure.name, limit]));

test('limits: of what, where a warning begins, and where an error does', () => {
  const limits = limitsOf(small.inventory);
  const { prometheus, receive, storage } = sizeOfFleet(small.inventory).centre;
  const ends = (id: CoefficientId) => [coefficients[id].low, coefficients[id].middle];
  const volume = (of: { readonly value: { readonly middle: number } } | undefined) => [0.8 * (of?.value.middle ?? 0), of?.value.middle];
  assert.equal(Object.fromEntries([...limits].map(([name, { warnAbove, most }]) => [name, [warnAbove, most]])), {
    'prometheus/series': ends('limit.prometheus.series'),
    'prometheus/edges': [k('limit.remoteScrape.edges'), undefined],
    'prometheus/configuration': ends('limit.configuration.bytes'),
    'prometheus/volume': volume(prometheus.storage),
    'receive-ingestor/series': ends('limit.ingestor.series'),
    'receive/tenants': ends('limit.ingestor.tenants'),
    'receive-ingestor/volume': volume(receive?.storage),
    'query/asked': [k('limit.leaf.edges'), undefined],
    'store-gateway/volume': volume(storage.storeGateway),
    'compactor/volume': volume(storage.compactor),
  });
});

test('limits: a written volume warns above 0.8 of it, and is an error where the data are more', () => {
  const written = {
    prometheus: (size: string) => ({ prometheus: { ...large.central.prometheus, storage: size } }),
    'receive-ingestor': (size: string) => ({ receive: { url: '', replicationFactor: 3 as const, storage: size } }),
    'store-gateway': (size: string) => ({ storage: { storeGateway: size } }),
    compactor: (size: string) => ({ storage: { compactor: size } }),
  };
  const shown = shownOf(large);
  for (const [part, change] of Object.entries(written)) {
    const needed = (shown.get(`${part}/volume`) ?? 0) / Gi;
    const limit = (size: number) => limitsOf({ ...large, central: { ...large.central, ...change(`${size}Gi`) } }).get(`${part}/volume`);
    const enough = Math.ceil(needed / 0.8);
    assert.ok(enough - 1 > Math.ceil(needed), `${part} has too little to tell`);
    const states = [enough, enough - 1, Math.ceil(needed), Math.ceil(needed) - 1].map((size) => limit(size)?.state);
    assert.equal(states, ['ok', 'warning', 'warning', 'error'], part);
    assert.ok(limit(1)?.change.endsWith(` to '${Math.ceil(1.25 * needed)}Gi', or leave it out.`), limit(1)?.change);
  }
});

test('limits: the volume of an edge warns where it has not twice what is likely', () => {
  const { sizes } = sizeOfFleet(small.inventory);
  const edge = small.inventory.edges.find(({ name }) => name === 'agent-1') as Edge;
  const data = sizes.get(edge)?.parts.find(({ name }) => name === 'prometheus-agent')?.volume?.value.middle ?? 0;
  const state = (mebibytes: number) => {
    const sized = { ...edge, storage: { size: `${mebibytes}Mi` } };
    const { limits } = sizeOfFleet({ ...small.inventory, edges: [sized, ...small.inventory.edges.filter((one) => one !== edge)] });
    return limits.find(({ figure }) => figure.scope === 'agent-1')?.state;
  };
  const enough = Math.ceil((2 * data) / 2 ** 20);
  assert.equal([enough, enough - 1, 1].map(state), [undefined, 'warning', 'warning']);
});

test('the case of the source: four edges of three nodes, two replicas of what scrapes, queries and stores', () => {
  const pods = 3 * k('pods.perNode');
  const each =
    3 * (k('series.nodeExporter') + k('series.kubelet')) +
    pods * k('containers.perPod') * k('series.cadvisor') +
    pods * (k('series.cadvisor.pod') + k('series.pod')) +
    k('series.cluster') +
    10 * k('series.target');
  const server = 4 * each + k('series.centre');
  const written = 4 * (each + k('series.agent'));
  // Two replicas that scrape only the centre, and four Prometheus on edges: 30 days raw, 180 of five minutes, 730 of one hour.
  const blocks = (2 + 4) * (k('blocks.twoHours') + k('blocks.recent') + (30 + 180 + 730) / k('blocks.days'));
  const largest = Math.max(k('series.centre'), each + k('series.server'));
  const expected = {
    'remote-scrape': [
      2 * (k('cpu.prometheus') + (server / 30) * k('cpu.prometheus.sample')),
      2 * (k('memory.prometheus') + server * k('memory.head.series') + k('memory.queries.centre')),
    ],
    'prometheus-agent': [
      (written / 30) * k('cpu.router.sample') + 4 * k('cpu.prometheus') + 3 * (written / 30) * k('cpu.ingestor.sample'),
      2 * k('memory.router') +
        (written / 30) * k('memory.router.sample') +
        3 * written * k('memory.head.series') +
        4 * (k('memory.ingestor') + 4 * k('memory.tenant') + k('memory.queries.centre')),
    ],
    'thanos-sidecar': [
      2 * (k('cpu.query') + k('cpu.store')) + k('cpu.compactor'),
      2 * (k('memory.query') + k('memory.store') + blocks * k('memory.store.block')) +
        k('memory.compactor') +
        largest * k('memory.compactor.series'),
    ],
  };
  const { source } = sizeReport(small.inventory);
  assert.is(source.length, 3);
  for (const { option, edge, centre, fourEdges } of source) {
    const [cpu = 0, memory = 0] = expected[option];
    assert.ok(near(centre.cpu.value.middle, cpu), `${option}: CPU ${centre.cpu.value.middle}, not ${cpu}`);
    assert.ok(near(centre.memory.value.middle, memory), `${option}: memory ${centre.memory.value.middle}, not ${memory}`);
    assert.ok(
      near(fourEdges.cpu.value.middle, 4 * edge.cpu.value.middle) && near(fourEdges.memory.value.middle, 4 * edge.memory.value.middle),
    );
  }
  // Both replicas scrape it.
  const [scraped] = source;
  assert.ok(near(scraped?.edge.cpu.value.middle ?? 0, (3 * 2 * k('cpu.nodeExporter.scrape')) / 30 + k('cpu.kubeStateMetrics')));
});

test.run();
