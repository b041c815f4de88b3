import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coefficients } from '../../scripts/advise/coefficients.ts';
import type { Figure } from '../../scripts/advise/size/figure.ts';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import { reportJson } from '../../scripts/advise/size/json.ts';
import { writable } from '../../scripts/advise/size/limits.ts';
import { figuresOfReport, sizeReport } from '../../scripts/advise/size/report.ts';
import { type Addition, withAdditions } from '../../scripts/advise/size/what-if.ts';
import type { Inventory } from '../../scripts/inventory/inventory.ts';
import { allOptions, compiledFleet } from '../support/fleet.ts';

const { inventory } = compiledFleet(allOptions({ rings: ['canary', 'stable'], regions: ['kr', 'eu'] }));

const agents: Addition = { add: 10, region: 'eu', option: 'prometheus-agent', nodes: 3, replicas: 1 };
const grown = (change: Partial<Addition>): Inventory => withAdditions(inventory, [{ ...agents, ...change }]).inventory;
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test('low is at most middle, and middle at most high, for every figure of a report', () => {
  for (const { path, figure } of figuresOfReport(sizeReport(inventory, [agents])))
    assert.ok(figure.value.low <= figure.value.middle && figure.value.middle <= figure.value.high, path);
});

test('edges that cost the same are sized once, and counted', () => {
  const { groups, fleet, sizes } = sizeOfFleet(grown({ add: 500 }));
  assert.is(groups.length, 4);
  assert.is(fleet.edges, 503);
  assert.is(fleet.nodes, 3 * 2 + 500 * 3);
  assert.is(sizes.size, 503);
});

test('the fleet, its regions and its rings are the sums of their edges', () => {
  const { sizes, fleet, regions, rings } = sizeOfFleet(grown({ ring: 'canary' }));
  const names = ['series', 'samples', 'cpu', 'memory', 'volume', 'sent', 'received'] as const;
  for (const name of names) {
    const sum = [...sizes.values()].reduce((total, size) => total + size[name].value.middle, 0);
    assert.ok(near(fleet[name].value.middle, sum), name);
    for (const parts of [regions, rings])
      assert.ok(
        near(
          parts.reduce((total, part) => total + part[name].value.middle, 0),
          sum,
        ),
        name,
      );
  }
  assert.equal(
    regions.map(({ scope, edges }) => `${scope} ${edges}`),
    ['region kr 3', 'region eu 10'],
  );
  assert.equal(
    rings.map(({ scope, edges }) => `${scope} ${edges}`),
    ['ring canary 10', 'ring stable 3'],
  );
});

test('the centre grows with its edges, in what they need', () => {
  const before = sizeOfFleet(inventory).centre;
  const memoryOf = (centre: typeof before, part: string): Figure => {
    const found = centre.parts.find(({ name }) => name === part);
    assert.ok(found, part);
    return (found as NonNullable<typeof found>).memory;
  };
  const scraped = sizeOfFleet(grown({ option: 'remote-scrape' })).centre;
  assert.ok(memoryOf(scraped, 'prometheus').value.middle > memoryOf(before, 'prometheus').value.middle);
  assert.is(memoryOf(scraped, 'receive-ingestor').value.middle, memoryOf(before, 'receive-ingestor').value.middle);
  const written = sizeOfFleet(grown({})).centre;
  assert.is(memoryOf(written, 'prometheus').value.middle, memoryOf(before, 'prometheus').value.middle);
  assert.ok(memoryOf(written, 'receive-ingestor').value.middle > memoryOf(before, 'receive-ingestor').value.middle);
  for (const centre of [scraped, written, sizeOfFleet(grown({ option: 'thanos-sidecar' })).centre])
    for (const figure of ['day', 'month', 'steady', 'blocks'] as const)
      assert.ok(centre.bucket[figure].value.middle >= before.bucket[figure].value.middle, figure);
});

test('every copy of a sample is held, and a tenant is on every ingestor', () => {
  const { centre, groups } = sizeOfFleet(grown({ add: 40 }));
  const written = groups
    .filter(({ size }) => size.workload.option === 'prometheus-agent')
    .reduce((sum, { edges, size }) => sum + edges.length * size.series.value.middle, 0);
  assert.ok(near(centre.receive?.series.value.middle ?? 0, (3 * written) / 4));
  assert.is(centre.receive?.tenants.value.middle, 41);
});

test('replicas of Prometheus fill the bucket twice, copies of Receive do not', () => {
  const bytes = (add: Partial<Addition>) => sizeOfFleet(grown(add)).centre.bucket.day.value.middle;
  const none = sizeOfFleet(inventory).centre.bucket.day.value.middle;
  const added = {
    scraped: bytes({ option: 'remote-scrape' }) - none,
    written: bytes({}) - none,
    one: bytes({ option: 'thanos-sidecar' }) - none,
    pair: bytes({ option: 'thanos-sidecar', replicas: 2 }) - none,
  };
  assert.ok(added.scraped > 1.8 * added.written);
  assert.ok(near(added.pair, 2 * added.one));
});

test('a fleet without agents has no Receive, and few sidecars no leaves', () => {
  const only = { ...inventory, edges: inventory.edges.filter(({ option }) => option === 'thanos-sidecar') };
  const { centre } = sizeOfFleet(only);
  assert.is(centre.receive, undefined);
  assert.is(centre.query.leaves.value.middle, 0);
  assert.not.ok(centre.parts.some(({ name }) => name.startsWith('receive')));
  assert.is(sizeOfFleet(grown({ option: 'thanos-sidecar', add: 99 })).centre.query.leaves.value.middle, 0);
  assert.ok(sizeOfFleet(grown({ option: 'thanos-sidecar', add: 100 })).centre.query.leaves.value.middle > 25);
});

test('the centre grows with its edges, so that no limit of series or tenants is near, whatever their number', () => {
  for (const add of [0, 50, 500, 2_000, 9_000]) {
    const { centre, limits } = sizeOfFleet(grown({ add }));
    const { receive } = centre;
    assert.ok(receive);
    const [ingestors, spread] = [receive.ingestors.value.middle, receive.spread.value.middle];
    assert.is(centre.parts.find(({ name }) => name === 'receive-ingestor')?.copies, ingestors);
    assert.ok(receive.series.value.middle <= coefficients['planned.ingestor.series'].middle, `${add}: series`);
    assert.ok(receive.tenants.value.middle <= coefficients['planned.ingestor.tenants'].middle, `${add}: tenants`);
    assert.ok(ingestors >= 4 && spread <= ingestors);
    // A tenant is on one more than its samples have copies, where there are more.
    assert.is(spread, 4, `${add}: spread`);
    const near = limits.filter(({ state, field }) => state !== 'ok' && field[0] === 'receive');
    assert.equal(near, [], `${add}`);
  }
  // Whatever one Prometheus holds, its own series among it, and whether shards or their volume are said or not.
  for (const add of [200, 220, 440, 450]) {
    const near = sizeOfFleet(grown({ option: 'remote-scrape', add })).limits.filter(
      ({ state, field }) => state !== 'ok' && field.length > 1,
    );
    assert.equal(near, [], `${add}`);
  }
});

test('each ingestor has many tenants, or all: a few large ones fall on them by chance', () => {
  const receiveOf = (add: number, nodes: number, replicas?: number) => {
    const fleet = grown({ add, nodes });
    const { receive } = sizeOfFleet({
      ...fleet,
      central: {
        ...fleet.central,
        receive: { ...fleet.central.receive, url: '', replicationFactor: 3 as const, ...(replicas && { replicas }) },
      },
    }).centre;
    assert.ok(receive);
    return { all: receive.ingestors.value.middle, over: receive.spread.value.middle, tenants: receive.tenants.value.middle };
  };
  const large = receiveOf(100, 100);
  assert.ok(large.all > 30 && large.over > 4 && large.over < large.all && large.tenants >= 25, JSON.stringify(large));
  const few = receiveOf(8, 300);
  assert.ok(few.all > 4);
  assert.is(few.over, few.all);
  assert.equal([receiveOf(500, 3, 3).over, receiveOf(500, 3, 4).over, receiveOf(500, 3, 5).over], [3, 4, 4]);
});

test('one edge more never takes anything from the centre', () => {
  let before = sizeOfFleet(grown({ add: 1 })).centre;
  for (const add of [20, 60, 100, 300, 690, 710, 1_500]) {
    const { centre } = sizeOfFleet(grown({ add }));
    assert.ok(centre.memory.value.middle > before.memory.value.middle, `${add}: memory`);
    assert.ok(centre.volume.value.middle > before.volume.value.middle, `${add}: volume`);
    before = centre;
  }
});

test('adding edges changes the centre: shards, ingestors, routers, volumes', () => {
  const numbers = (add: Partial<Addition>) => {
    const { prometheus, receive, storage } = sizeOfFleet(grown(add)).centre;
    return [prometheus.shards, receive?.ingestors, receive?.routers, storage.storeGateway, storage.compactor].map(
      (one) => one?.value.middle ?? 0,
    );
  };
  const before = numbers({ add: 1 });
  assert.equal(before.slice(0, 3), [1, 4, 2]);
  const [shards = 0, , , , compactor = 0] = numbers({ option: 'remote-scrape', add: 400 });
  assert.ok(shards > 1 && compactor > (before[4] ?? 0));
  const [, ingestors = 0, routers = 0, storeGateway = 0] = numbers({ add: 5_000 });
  assert.ok(ingestors > 4 && routers > 2 && storeGateway > (before[3] ?? 0));
});

test('what the inventory says is kept, with a warning before a limit, an error past it, and a change that mends it', () => {
  const written = (add: number, replicas?: number) => {
    const fleet = grown({ add });
    const receive = { ...fleet.central.receive, url: '', replicationFactor: 3 as const, ...(replicas !== undefined && { replicas }) };
    const { centre, limits } = sizeOfFleet({ ...fleet, central: { ...fleet.central, receive } });
    const limit = limits.find(({ figure }) => figure.name === 'receive-ingestor/series');
    return { ingestors: centre.receive?.ingestors.value.middle, state: limit?.state, change: limit?.change ?? '' };
  };
  assert.equal([written(10, 4).state, written(10, 4).ingestors], ['ok', 4]);
  assert.is(written(100, 4).state, 'warning');
  const { state, change } = written(200, 4);
  assert.is(state, 'error');
  const mended = Number(/^Set receive\.replicas to (\d+), or leave it out\.$/.exec(change)?.[1]);
  assert.is(written(200, mended).state, 'ok');
  assert.is(written(200).ingestors, mended);
});

test('shards that are written are kept, and too few of them are an error', () => {
  const fleet = grown({ option: 'remote-scrape', add: 300 });
  const of = (shards: number) => {
    const { limits } = sizeOfFleet({ ...fleet, central: { ...fleet.central, prometheus: { ...fleet.central.prometheus, shards } } });
    return limits.find(({ figure }) => figure.name === 'prometheus/series');
  };
  assert.is(of(1)?.state, 'error');
  const mended = Number(/^Set prometheus\.shards to (\d+), or leave it out\.$/.exec(of(1)?.change ?? '')?.[1]);
  assert.is.not(of(mended)?.state, 'error');
});

test('many scraped edges are advice, not an error: nothing breaks but that a cut line is a gap', () => {
  const add = 300;
  const name = 'prometheus/edges';
  const limit = sizeOfFleet(grown({ option: 'remote-scrape', add })).limits.find(({ figure }) => figure.name === name);
  assert.is(limit?.state, 'warning');
  const move = Number(/^Move (\d+) edges/.exec(limit?.change ?? '')?.[1]);
  const stateWith = (count: number) =>
    sizeOfFleet(grown({ option: 'remote-scrape', add: count })).limits.find(({ figure }) => figure.name === name)?.state;
  assert.is(stateWith(add - move), 'ok');
  assert.is(stateWith(add - move + 3), 'warning', 'no more than needed are moved');
});

test('an edge whose own volume is too small is told which would do', () => {
  const small = { ...inventory, edges: inventory.edges.map((edge) => ({ ...edge, storage: { ...edge.storage, size: '100Mi' } })) };
  const changes = sizeOfFleet(small)
    .limits.filter(({ state, field }) => state === 'warning' && field.join('.') === 'storage.size')
    .map(({ change }) => change);
  assert.equal(
    changes.map((change) => change.replace(/'.*'/, 'X')),
    ['Set storage.size of agent to X or more, or leave it out.', 'Set storage.size of sidecar to X or more, or leave it out.'],
  );
});

test('no change is told of a limit that is kept, nor one that the schema refuses', () => {
  const { limits } = reportJson(sizeReport(grown({ option: 'remote-scrape' })));
  assert.ok(limits.length >= 10);
  for (const limit of limits) assert.is('change' in limit, limit.state !== 'ok', limit.figure);
  const schema = JSON.parse(readFileSync('scripts/schemas/cluster.schema.json', 'utf8'));
  const { prometheus, receive } = findIn(schema, 'receive');
  assert.equal(writable, { shards: prometheus?.properties.shards?.maximum, ingestors: receive?.properties.replicas?.maximum });
  const crowd = grown({ add: 60_000 });
  const { limits: broken } = sizeOfFleet({
    ...crowd,
    central: { ...crowd.central, receive: { url: '', replicationFactor: 3, replicas: 100 } },
  });
  const told = broken.filter(({ state, field }) => state === 'error' && field.join('.') === 'receive.replicas').map(({ change }) => change);
  assert.ok(told.length > 0);
  for (const change of told) assert.match(change, /^Leave receive\.replicas out: \d{3,} are needed, and it takes 200 at most\.$/);
});

type Properties = Readonly<Record<string, { readonly properties: Readonly<Record<string, { readonly maximum?: number }>> } | undefined>>;

/** The properties of the schema's object that has this one. */
function findIn(schema: unknown, name: string): Properties {
  if (typeof schema !== 'object' || schema === null) return {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && name in value) return value as Properties;
    const found = findIn(value, name);
    if (Object.keys(found).length > 0) return found;
  }
  return {};
}

test.run();
