import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OptionName } from '../../scripts/advise/outage.ts';
import { flips, rank, sourceAnswers } from '../../scripts/advise/recommend.ts';
import { recommend } from '../../scripts/advise/recommend-edge.ts';
import { disagree, formatRecommendations } from '../../scripts/advise/recommend-format.ts';
import { recommendationsJson } from '../../scripts/advise/recommend-json.ts';
import { type Facts, optionNames, rules, sourceTable, thresholds } from '../../scripts/advise/rules.ts';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

const [gi, hour] = [2 ** 30, 3600];

/** Nothing is said, and an edge of common size: what is different, a test says. */
const facts = (change: Partial<Facts> = {}): Facts => ({
  edges: 3,
  on: { 'remote-scrape': 1, 'prometheus-agent': 1, 'thanos-sidecar': 1 },
  ingress: 'open',
  stability: undefined,
  maxOffline: undefined,
  localAlerts: undefined,
  nodeMemory: undefined,
  survives: { 'remote-scrape': 0, 'prometheus-agent': 6 * hour, 'thanos-sidecar': 72 * hour },
  memory: { 'remote-scrape': 0.2 * gi, 'prometheus-agent': 0.5 * gi, 'thanos-sidecar': 1.2 * gi },
  ...change,
});

const first = (change: Partial<Facts> = {}): OptionName | undefined => rank(facts(change)).ranked[0]?.option;
const decidedBy = (change: Partial<Facts> = {}): string => rank(facts(change)).decided.rule.id;
const flipped = (change: Partial<Facts> = {}) =>
  flips(facts(change)).map(({ change: what, to, decided }) => `${what}: ${to} (${decided.rule.id})`);

// The source's table "Advice it gives"

const scarce = { nodeMemory: 16 * gi };
for (const [row, change, option, rule] of [
  ['fewer than 5 edges, scarce resources', { edges: 4, ...scarce }, 'remote-scrape', 'source/few-edges'],
  ['5 to 20 edges, unstable network', { edges: 5, stability: 'unstable' }, 'prometheus-agent', 'source/unstable-network'],
  ['5 to 20 edges, unstable network', { edges: 20, stability: 'unstable' }, 'prometheus-agent', 'source/unstable-network'],
  ['more than 20 edges, full autonomy wanted', { edges: 21, localAlerts: true }, 'thanos-sidecar', 'source/full-autonomy'],
] as const)
  test(`table "Advice it gives": ${row}, at ${change.edges} edges: ${option}`, () => {
    const entry = sourceTable.find(({ id }) => id === rule);
    assert.is(entry?.situation, row);
    assert.is(entry?.option, option);
    assert.ok(entry?.conditions.every(({ holds }) => holds(facts(change))));
    assert.equal(sourceAnswers(facts(change))[0], { by: 'table', option, assumes: row });
    // Ours agree with the row where all of it holds.
    assert.is(first(change), option);
  });

test('table "Advice it gives": its rows are rules of ours, labelled source, in its order', () => {
  assert.equal(
    rules.filter(({ kind }) => kind === 'source').map(({ id }) => id),
    sourceTable.map(({ id }) => id),
  );
  assert.equal(
    sourceTable.map(({ option }) => option),
    optionNames,
  );
  assert.is(decidedBy({ edges: 4, ...scarce }), 'source/few-edges');
});

test('table "Advice it gives": no row speaks past its number of edges, or of what nobody said', () => {
  assert.is(sourceAnswers(facts({ edges: 21, stability: 'unstable', localAlerts: false }))[0]?.option, undefined);
  assert.is(sourceAnswers(facts({ edges: 20, stability: 'stable', localAlerts: true }))[0]?.option, undefined);
  assert.is(sourceAnswers(facts({ edges: 5, stability: 'stable' }))[0]?.option, undefined);
  assert.match(sourceAnswers(facts({ edges: 4 }))[0]?.assumes ?? '', 'that resources are scarce is assumed');
  for (const change of [{ edges: 4 }, { edges: 12 }, { edges: 30 }]) assert.is(decidedBy(change), 'least-on-the-edge');
});

// The source's contradictions

test('contradiction D17, A40: its own fleet is option 1 by its table and option 2 by its conclusion, and both are shown', () => {
  const own = facts({ edges: 3, stability: 'stable', ...scarce });
  assert.equal(
    sourceAnswers(own).map(({ by, option }) => [by, option]),
    [
      ['table', 'remote-scrape'],
      ['conclusion', 'prometheus-agent'],
    ],
  );
  assert.ok(sourceAnswers(own).every(({ assumes }) => assumes.length > 0));
  assert.ok(disagree(sourceAnswers(own)));
  const sources = aFleet([
    aCentre(),
    ...['cluster-02', 'cluster-03', 'cluster-04'].map((name, i) =>
      anEdge(name, 'remote-scrape', 0, {
        nodes: [{ name, address: `192.168.101.${196 + i}`, memory: '16Gi' }],
        network: { stability: 'stable' },
      }),
    ),
  ]);
  const text = textOf(sources);
  assert.match(text, /cluster-02, cluster-03, cluster-04: on remote-scrape, as advised/);
  assert.match(text, /by its table +remote-scrape +fewer than 5 edges, scarce resources\n/);
  assert.match(text, /by its conclusion +prometheus-agent +that more edges follow/);
  assert.match(text, 'Its table and its conclusion disagree.');
});

test('where its table says what its conclusion says, nothing disagrees', () => {
  assert.not(disagree(sourceAnswers(facts({ edges: 12, stability: 'unstable' }))));
});

// Ours

test('nobody in: only the option that connects out', () => {
  assert.is(first({ ingress: 'none', localAlerts: true }), 'prometheus-agent');
  assert.is(decidedBy({ ingress: 'none' }), 'direction');
});

test('an outage that only some survive', () => {
  assert.is(first({ maxOffline: 60 }), 'prometheus-agent');
  assert.is(first({ maxOffline: 24 * hour }), 'thanos-sidecar');
  // None survives it: the one that lasts longest is nearest.
  assert.equal(
    rank(facts({ maxOffline: 1000 * hour })).ranked.map(({ option }) => option),
    ['thanos-sidecar', 'prometheus-agent', 'remote-scrape'],
  );
  assert.is(decidedBy({ maxOffline: 1000 * hour }), 'outage');
});

test('alerts on the edge, memory on the node, a line that is cut often, the scale of the centre', () => {
  assert.is(first({ localAlerts: true }), 'thanos-sidecar');
  assert.is(first({ localAlerts: false }), 'remote-scrape');
  assert.is(first({ stability: 'unstable' }), 'prometheus-agent');
  assert.is(first({ localAlerts: true, nodeMemory: gi }), 'thanos-sidecar');
  assert.is(rank(facts({ nodeMemory: 4 * gi })).ranked.at(-1)?.below?.rule.id, 'memory-on-the-node');
  assert.is(first({ on: { ...facts().on, 'remote-scrape': thresholds.scraped + 1 } }), 'prometheus-agent');
});

test('what would flip it is found by ranking again: two more edges, more memory, ingress', () => {
  const full = { edges: 49, on: { 'remote-scrape': 49, 'prometheus-agent': 1, 'thanos-sidecar': 1 } };
  assert.ok(flipped(full).includes('2 more edges: prometheus-agent (scale-of-the-centre)'), flipped(full).join('\n'));
  const closed = { ingress: 'none', localAlerts: true } as const;
  assert.ok(flipped(closed).includes('ingress opened: thanos-sidecar (local-alerts)'), flipped(closed).join('\n'));
  const small = { nodeMemory: gi, stability: 'unstable' } as const;
  assert.is(first(small), 'remote-scrape');
  assert.ok(flipped(small).includes('nodes of 2Gi: prometheus-agent (unstable-line)'), flipped(small).join('\n'));
  assert.ok(flipped({ maxOffline: 24 * hour }).includes('offline for at most 6h: prometheus-agent (least-on-the-edge)'));
  assert.ok(flipped().includes('an unstable network: prometheus-agent (unstable-line)'));
});

const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    edges: fc.integer({ min: 1, max: 200 }),
    scraped: fc.integer({ min: 1, max: 200 }),
    ingress: fc.constantFrom('open' as const, 'none' as const),
    stability: fc.constantFrom('stable' as const, 'unstable' as const, undefined),
    maxOffline: fc.option(fc.integer({ min: 60, max: 200 * hour }), { nil: undefined }),
    localAlerts: fc.constantFrom(true, false, undefined),
    nodeMemory: fc.option(
      fc.integer({ min: 1, max: 64 }).map((size) => size * gi),
      { nil: undefined },
    ),
  })
  .map(({ scraped, ...rest }) => facts({ ...rest, on: { ...facts().on, 'remote-scrape': Math.min(scraped, rest.edges) } }));

test('every flip flips, and no smaller number of edges does', () => {
  fc.assert(
    fc.property(someFacts, (some) => {
      const now = rank(some).ranked[0]?.option;
      const found = flips(some);
      for (const { to } of found) assert.is.not(to, now);
      const more = found.map(({ change }) => /^(\d+) more/.exec(change)?.[1]).find((count) => count !== undefined);
      const on = (step: number): Facts['on'] => ({
        'remote-scrape': some.on['remote-scrape'] + step,
        'prometheus-agent': some.on['prometheus-agent'] + step,
        'thanos-sidecar': some.on['thanos-sidecar'] + step,
      });
      const smallest = Array.from({ length: 1_200 }, (_, i) => i + 1).find(
        (step) => rank({ ...some, edges: some.edges + step, on: on(step) }).ranked[0]?.option !== now,
      );
      assert.is(more === undefined ? undefined : Number(more), smallest);
    }),
    { numRuns: 100 },
  );
});

test('a ranking has each option once, and a rule for each step', () => {
  fc.assert(
    fc.property(someFacts, (some) => {
      const { ranked, decided } = rank(some);
      assert.equal(ranked.map(({ option }) => option).sort(), [...optionNames].sort());
      assert.equal(
        ranked.map(({ below }) => below === undefined),
        [true, false, false],
      );
      assert.is(ranked[1]?.below?.rule.id, decided.rule.id);
    }),
    { numRuns: 200 },
  );
});

// Of an inventory

function inventoryOf(sources: ReadonlyMap<string, string>) {
  const { sourced, inventory, diagnostics } = checkSources(sources);
  assert.ok(sourced && inventory, JSON.stringify(diagnostics));
  return { sourced, inventory };
}

function textOf(sources: ReadonlyMap<string, string>, explain = false): string {
  const { inventory } = inventoryOf(sources);
  return formatRecommendations(recommend(inventory.edges, inventory), { explain });
}

const oneEdge = (option: string, change: Readonly<Record<string, unknown>> = {}) => aFleet([aCentre(), anEdge('edge', option, 10, change)]);

test('costs stand beside every option, with what the edge adds to a centre that has no Receive yet', () => {
  const { inventory } = inventoryOf(aFleet([aCentre({ receive: undefined }), anEdge('edge', 'remote-scrape', 10)]));
  const [one] = recommend(inventory.edges, inventory);
  assert.ok(one);
  for (const option of optionNames) assert.ok(one.sizes[option].memory.value.middle > 0, option);
  assert.ok(one.centre['prometheus-agent'].memory.value.middle > gi, 'ingestors and routers');
  assert.ok(one.centre['thanos-sidecar'].memory.value.middle < one.centre['remote-scrape'].memory.value.middle);
});

test('what the advice rests on is said, and what nobody wrote is named by its field', () => {
  const nothing = textOf(oneEdge('remote-scrape'));
  assert.match(nothing, 'known: 2 nodes, the centre can connect\n');
  assert.match(nothing, 'not said: network.stability, network.maxOffline, localAlerts, nodes[].memory, workload\n');
  const all = textOf(
    oneEdge('prometheus-agent', {
      nodes: [{ name: 'a', address: '192.0.2.10', memory: '8Gi' }],
      network: { ingress: 'none', stability: 'unstable', maxOffline: '4h' },
      delivery: 'agent',
      localAlerts: false,
      workload: { pods: 20 },
    }),
  );
  assert.match(
    all,
    'known: 1 node of 8Gi, nobody can connect, a line that is cut often, offline for up to 4h, no alerts on the edge itself\n',
  );
  assert.not.match(all, 'not said');
});

test('what the first edge on an option brings to the centre is said, and of the second no more', () => {
  const one = textOf(oneEdge('remote-scrape'));
  assert.match(one, 'only edge on prometheus-agent: what that adds in the centre has the whole of Receive in it');
  assert.match(one, 'only edge on thanos-sidecar: what that adds in the centre has the alert gateway in it');
  const pair = (option: string, address: number) => [anEdge(`${option}-1`, option, address), anEdge(`${option}-2`, option, address + 10)];
  assert.not.match(textOf(aFleet([aCentre(), ...pair('prometheus-agent', 10), ...pair('thanos-sidecar', 30)])), 'only edge on');
});

test('edges that are alike are told once, others apart; the JSON names all', () => {
  const { inventory } = inventoryOf(mixedFleet(30));
  const all = recommend(inventory.edges, inventory);
  assert.is(all.length, 3);
  assert.is(recommendationsJson(all).flatMap(({ clusters }) => clusters).length, 30);
  assert.match(textOf(mixedFleet(30)), /and 5 more: on remote-scrape/);
});

test('--explain has every rule, and formula and source of every number', () => {
  const text = textOf(oneEdge('remote-scrape'), true);
  for (const { id } of rules) assert.match(text, id);
  for (const word of [
    'DefaultTruncateFrequency',
    'edgeRetention of the fleet',
    'wal.sample',
    'memory.agent.series',
    'measured: ',
    'published: ',
  ])
    assert.match(text, word);
});

const warningsOf = (sources: ReadonlyMap<string, string>) =>
  compile(inventoryOf(sources).sourced).diagnostics.filter(({ code }) => code === 'option/ranked-last');

test('compile warns where something that is written puts the chosen option last, at the option, and does not refuse it', () => {
  const [warning, ...others] = warningsOf(oneEdge('remote-scrape', { network: { stability: 'unstable' } }));
  assert.equal(others, []);
  assert.is(warning?.severity, 'warning');
  assert.is(warning?.message, 'remote-scrape is the last choice for "edge": the line is cut often, and each cut would be a gap.');
  assert.is(warning?.hint, 'The first is prometheus-agent. See fleetc recommend edge.');
  assert.is(warning?.span?.file, 'clusters/edge.ts');
  const memory = { nodes: [{ name: 'a', address: '192.0.2.10', memory: '2Gi' }] };
  assert.is(warningsOf(oneEdge('thanos-sidecar', memory)).length, 1);
});

test('compile is silent where only defaults and counts decide, and where a middle choice is made', () => {
  assert.equal(warningsOf(mixedFleet(180)), []);
  assert.equal(warningsOf(oneEdge('thanos-sidecar')), []);
  assert.equal(warningsOf(oneEdge('thanos-sidecar', { network: { stability: 'stable' } })), []);
  assert.equal(warningsOf(oneEdge('thanos-sidecar', { network: { stability: 'unstable' } })), []);
});

test('compile warns where alerts have to fire on an edge that evaluates no rules, and each way out ends that', () => {
  const told = (sources: ReadonlyMap<string, string>) =>
    compile(inventoryOf(sources).sourced).diagnostics.filter(({ code }) => code.startsWith('option/'));
  const [middle, ...others] = told(oneEdge('prometheus-agent', { localAlerts: true }));
  assert.equal(others, []);
  assert.is(middle?.code, 'option/local-alerts');
  assert.is(middle?.severity, 'warning');
  assert.match(middle?.message ?? '', /on "edge" .* prometheus-agent evaluates no rules there\.$/);
  assert.is(middle?.hint, "Set option to 'thanos-sidecar', or localAlerts to false.");
  // Of the last choice it is said once.
  assert.equal(
    told(oneEdge('remote-scrape', { localAlerts: true })).map(({ code }) => code),
    ['option/local-alerts'],
  );
  assert.equal(told(oneEdge('thanos-sidecar', { localAlerts: true })), []);
  assert.equal(told(oneEdge('prometheus-agent', { localAlerts: false })), []);
  const closed = oneEdge('prometheus-agent', { localAlerts: true, network: { ingress: 'none' }, delivery: 'agent' });
  assert.match(told(closed)[0]?.hint ?? '', /^Open the network to the centre, then set network\.ingress to 'open'/);
});

test('advice alone changes nothing that is emitted', () => {
  const said = { network: { stability: 'unstable' }, localAlerts: true, nodes: [{ name: 'a', address: '192.0.2.10', memory: '8Gi' }] };
  const unsaid = { nodes: [{ name: 'a', address: '192.0.2.10' }] };
  const tree = (change: Readonly<Record<string, unknown>>) => [...compile(inventoryOf(oneEdge('thanos-sidecar', change)).sourced).tree];
  assert.ok(tree(said).length > 0);
  assert.equal(tree(said), tree(unsaid));
});

test.run();
