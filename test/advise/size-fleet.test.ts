import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coefficients } from '../../scripts/advise/coefficients.ts';
import type { Figure } from '../../scripts/advise/size/figure.ts';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import { sizeOfPlannedFleet } from '../../scripts/advise/size/planned.ts';
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
    pair: bytes({ option: 'thanos-sidecar', replicas: 2 }) - none,
  };
  assert.ok(added.scraped > 1.8 * added.written);
  assert.ok(near(added.pair, 2 * added.written));
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

test('a warning before a limit, an error past it that names what mends it, and the mended centre keeps it', () => {
  const stateAt = (add: number) =>
    sizeOfPlannedFleet(grown({ add })).limits.find(({ figure }) => figure.name === 'receive-ingestor/series')?.state;
  assert.is(stateAt(10), 'ok');
  assert.is(stateAt(100), 'warning');
  assert.is(stateAt(200), 'error');
  const planned = sizeOfPlannedFleet(grown({ add: 200 }));
  const error = planned.limits.find(({ state }) => state === 'error');
  const replicas = Number(/Set receive\.replicas to (\d+)\./.exec(error?.change ?? '')?.[1]);
  assert.ok(replicas > 4);
  assert.is(planned.centre.parts.find(({ name }) => name === 'receive-ingestor')?.copies, replicas);
  assert.ok((planned.centre.receive?.series.value.middle ?? Infinity) <= coefficients['limit.ingestor.series'].middle);
});

test('too many scraped edges are an error that says how many to move, and without them there is none', () => {
  const add = 300;
  const { limits } = sizeOfFleet(grown({ option: 'remote-scrape', add }));
  for (const name of ['prometheus/series', 'prometheus/edges']) {
    const limit = limits.find(({ figure }) => figure.name === name);
    assert.is(limit?.state, 'error', name);
    const move = Number(/^Move (\d+) edges/.exec(limit?.change ?? '')?.[1]);
    const after = sizeOfFleet(grown({ option: 'remote-scrape', add: add - move })).limits.find(({ figure }) => figure.name === name);
    assert.is.not(after?.state, 'error', name);
    const one = sizeOfFleet(grown({ option: 'remote-scrape', add: add - move + 3 })).limits.find(({ figure }) => figure.name === name);
    assert.is(one?.state, 'error', `${name}: no more than needed are moved`);
  }
});

test('an edge whose own volume is too small is told which would do', () => {
  const small = { ...inventory, edges: inventory.edges.map((edge) => ({ ...edge, storage: { ...edge.storage, size: '100Mi' } })) };
  const changes = sizeOfFleet(small)
    .limits.filter(({ state }) => state === 'error')
    .map(({ change }) => change);
  assert.equal(
    changes.map((change) => change.replace(/'.*'/, 'X')),
    ['Set storage.size of agent to X.', 'Set storage.size of sidecar to X.'],
  );
});

test.run();
