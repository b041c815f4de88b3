import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OptionName } from '../../scripts/advise/outage.ts';
import { outageCommand } from '../../scripts/advise/outage-command.ts';
import { flips, rank, sourceAnswers } from '../../scripts/advise/recommend.ts';
import { recommendCommand } from '../../scripts/advise/recommend-command.ts';
import { prospectsOf, recommend } from '../../scripts/advise/recommend-edge.ts';
import { disagree, formatRecommendations } from '../../scripts/advise/recommend-format.ts';
import type { Line } from '../../scripts/advise/recommend-inventory.ts';
import { recommendationsJson } from '../../scripts/advise/recommend-json.ts';
import { surroundingsOf } from '../../scripts/advise/recommend-surroundings.ts';
import { type Facts, optionNames, perOption, rules, sourceTable, thresholds } from '../../scripts/advise/rules.ts';
import { compile } from '../../scripts/compile.ts';
import type { Edge, Inventory } from '../../scripts/inventory/inventory.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

const [gi, hour] = [2 ** 30, 3600];

/** Nothing is said, and an edge of common size: what is different, a test says. */
const facts = (change: Partial<Facts> = {}): Facts => ({
  option: 'remote-scrape',
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
  assert.ok(flipped(full).includes('2 more edges on remote-scrape: prometheus-agent (scale-of-the-centre)'), flipped(full).join('\n'));
  const closed = { ingress: 'none', localAlerts: true } as const;
  assert.ok(flipped(closed).includes('ingress opened: thanos-sidecar (local-alerts)'), flipped(closed).join('\n'));
  const small = { nodeMemory: gi, stability: 'unstable' } as const;
  assert.is(first(small), 'remote-scrape');
  assert.ok(flipped(small).includes('nodes of 2Gi: prometheus-agent (unstable-line)'), flipped(small).join('\n'));
  assert.ok(flipped({ maxOffline: 24 * hour }).includes('offline for at most 6h: prometheus-agent (least-on-the-edge)'));
  // Its own option is not what there are too many of.
  assert.ok(
    flipped({ ...full, option: 'prometheus-agent' }).includes('2 more edges on remote-scrape: prometheus-agent (scale-of-the-centre)'),
  );
  assert.ok(flipped().includes('an unstable network: prometheus-agent (unstable-line)'));
});

/** Up to so many, and often a handful. */
const few = (most: number): fc.Arbitrary<number> => fc.oneof(fc.nat(6), fc.nat(most));

const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    option: fc.constantFrom(...optionNames),
    // Other edges.
    counts: fc.record({ 'remote-scrape': few(80), 'prometheus-agent': few(25), 'thanos-sidecar': few(25) }),
    // In any order: otherwise no row of the source's table decides.
    memory: fc.record(perOption(() => fc.integer({ min: 1, max: 40 }).map((tenths) => (tenths / 10) * gi))),
    ingress: fc.constantFrom('open' as const, 'none' as const),
    stability: fc.constantFrom('stable' as const, 'unstable' as const, undefined),
    maxOffline: fc.option(fc.integer({ min: 60, max: 200 * hour }), { nil: undefined }),
    localAlerts: fc.constantFrom(true, false, undefined),
    nodeMemory: fc.option(
      fc.integer({ min: 1, max: 64 }).map((size) => size * gi),
      { nil: undefined },
    ),
  })
  .map(({ counts, ...rest }) =>
    facts({
      ...rest,
      edges: 1 + Object.values(counts).reduce((sum, count) => sum + count, 0),
      on: perOption((option) => counts[option] + 1),
    }),
  );

/** The number of edges that a flip names, and where. */
function edgesOf(change: string): { readonly step: number; readonly option: OptionName } | undefined {
  const [, count, which, option] = /^(\d+) (more|fewer) edges? on (\S+)$/.exec(change) ?? [];
  return count === undefined ? undefined : { step: which === 'more' ? Number(count) : -Number(count), option: option as OptionName };
}

test('every flip flips, and no smaller number of edges does, on any option', () => {
  fc.assert(
    fc.property(someFacts, (some) => {
      const now = rank(some).ranked[0]?.option;
      const found = flips(some);
      for (const { to } of found) assert.is.not(to, now);
      const changes = found.flatMap(({ change }) => edgesOf(change) ?? []);
      for (const { step, option } of changes) assert.ok(some.on[option] + step >= 1, `${step} on ${option}`);
      const told = changes.map(({ step }) => step);
      const doesFlip = (step: number): boolean =>
        optionNames.some((option) => {
          if (some.on[option] + step < 1) return false;
          const changed = { ...some, edges: some.edges + step, on: { ...some.on, [option]: some.on[option] + step } };
          return rank(changed).ranked[0]?.option !== now;
        });
      const smallest = (sign: 1 | -1) => Array.from({ length: 150 }, (_, i) => sign * (i + 1)).find(doesFlip);
      assert.equal([told.find((step) => step > 0), told.find((step) => step < 0)], [smallest(1), smallest(-1)]);
    }),
    { numRuns: 300 },
  );
});

test('a number of edges that is told flips the advice of a fleet in which so many come or go, and one less does not', () => {
  const three = inventoryOf(aFleet([aCentre(), ...optionNames.map((option, i) => anEdge(option, option, 10 * i + 10))])).inventory;
  const like = (option: OptionName, name: string): Edge => ({ ...(three.edges.find((one) => one.name === option) as Edge), name });
  const fleetOf = (edge: Edge, others: Facts['on']): Inventory => ({
    ...three,
    edges: [edge, ...optionNames.flatMap((option) => Array.from({ length: others[option] }, (_, i) => like(option, `${option}-${i}`)))],
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...optionNames),
      fc.record({ 'remote-scrape': few(60), 'prometheus-agent': few(22), 'thanos-sidecar': few(22) }),
      fc.constantFrom('stable' as const, 'unstable' as const, undefined),
      fc.constantFrom(true, undefined),
      fc.constantFrom('2Gi', '8Gi', undefined),
      (option, others, stability, localAlerts, memory) => {
        const plain = like(option, 'asked');
        const edge: Edge = {
          ...plain,
          nodes: plain.nodes.map((node) => ({ ...node, ...(memory && { memory }) })),
          network: { ...plain.network, ...(stability && { stability }) },
          ...(localAlerts && { localAlerts }),
        };
        const first = (counts: Facts['on']) => rank(prospectsOf(edge, surroundingsOf(fleetOf(edge, counts))).facts).ranked[0]?.option;
        const [one] = recommend([edge], fleetOf(edge, others));
        for (const { change, to } of one?.flips ?? []) {
          const told = edgesOf(change);
          if (told === undefined) continue;
          const { step, option: changing } = told;
          assert.ok(others[changing] + step >= 0, `${change} of ${others[changing]}`);
          seen.add(`${Math.sign(step)} ${changing === option}`);
          assert.is(first({ ...others, [changing]: others[changing] + step }), to, change);
          assert.is(first({ ...others, [changing]: others[changing] + step - Math.sign(step) }), one?.ranked[0]?.option, change);
        }
      },
    ),
    {
      numRuns: 150,
      examples: [60, 0].flatMap((scraped) =>
        (['remote-scrape', 'prometheus-agent'] as const).map((option): [OptionName, Facts['on'], undefined, undefined, undefined] => [
          option,
          { 'remote-scrape': scraped, 'prometheus-agent': 0, 'thanos-sidecar': 0 },
          undefined,
          undefined,
          undefined,
        ]),
      ),
    },
  );
  assert.equal([...seen].sort(), ['-1 false', '-1 true', '1 false', '1 true']);
});

test('an edge that should leave its option is told by what: scraped edges, not what tells the two others apart', () => {
  const on = { 'remote-scrape': 60, 'prometheus-agent': 1, 'thanos-sidecar': 1 };
  assert.is(decidedBy({ edges: 60, on }), 'scale-of-the-centre');
  // One that is where it should be: what puts its option before the next.
  assert.is(decidedBy({ edges: 60, on, option: 'prometheus-agent' }), 'least-on-the-edge');
  const edges = Array.from({ length: 60 }, (_, i) =>
    anEdge(`edge-${i}`, 'remote-scrape', 0, { nodes: [{ name: `n${i}`, address: `192.0.2.${i + 10}` }] }),
  );
  assert.match(
    textOf(aFleet([aCentre(), ...edges])),
    /on remote-scrape, advised prometheus-agent\n {2}decided by scale-of-the-centre \(ours\): the centre would have 60 edges to scrape\n/,
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
      if (ranked[0]?.option === some.option) assert.is(ranked[1]?.below?.rule.id, decided.rule.id);
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
  assert.match(one, 'only edge on prometheus-agent: what it adds in the centre has the whole of Receive in it');
  assert.match(one, 'only edge on thanos-sidecar: what it adds in the centre has the alert gateway in it');
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

// The commands

/** What a command says and how it ends, in a repository with these sources. */
async function ran(sources: ReadonlyMap<string, string>, ...words: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-advise-'));
  const [out, err, exits]: [string[], string[], number[]] = [[], [], []];
  const line: Line = {
    settings: () => ({ root, json: false }),
    print: (text) => void out.push(text),
    warn: (text) => void err.push(text),
    tell: (diagnostics) => void err.push(...diagnostics.map(({ code }) => code)),
    exit: (status) => void exits.push(status),
  };
  try {
    for (const [path, text] of sources) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const [name, ...rest] = words;
    await (name === 'outage' ? outageCommand(line) : recommendCommand(line)).parseAsync(rest, { from: 'user' });
    return { out: out.join('\n'), err: err.join('\n'), status: exits[0] };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('recommend and outage exit 1 on an inventory with errors, which they tell beside the advice', async () => {
  for (const command of ['recommend', 'outage']) {
    assert.is((await ran(oneEdge('prometheus-agent'), command)).status, 0);
    const { out, err, status } = await ran(aFleet([aCentre({ receive: undefined }), anEdge('edge', 'prometheus-agent', 10)]), command);
    assert.is(status, 1);
    assert.match(err, 'inventory/receive-missing');
    assert.match(out, /^edge: on prometheus-agent/);
  }
});

test('a name that is no edge is refused with what to write instead, also where there are no edges', async () => {
  for (const command of ['recommend', 'outage'])
    for (const [sources, name, said] of [
      [oneEdge('remote-scrape'), 'edje', 'error: there is no edge "edje". Did you mean "edge"?'],
      [oneEdge('remote-scrape'), 'centre', 'error: "centre" is the centre, and advice is for edges: name one, such as "edge".'],
      [aFleet([aCentre()]), 'centre', 'error: "centre" is the centre, and advice is for edges: there are none yet.'],
      [aFleet([aCentre()]), 'edge', 'error: there is no edge "edge".'],
    ] as const) {
      const { out, err, status } = await ran(sources, command, name);
      assert.equal([out, status], ['', 2]);
      assert.ok(err.endsWith(said), err);
    }
});

test.run();
