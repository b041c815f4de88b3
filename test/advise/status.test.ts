import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { standingOf } from '../../scripts/advise/status.ts';
import { statusCommand } from '../../scripts/advise/status-command.ts';
import { formatStatus } from '../../scripts/advise/status-format.ts';
import { type Expected, expectedOf, type Live, liveOf, type Observed, type Sample } from '../../scripts/advise/status-live.ts';
import { selectorOf, stepOf } from '../../scripts/advise/status-questions.ts';
import { stepsOf } from '../../scripts/advise/status-steps.ts';
import { type Store, storesOf, whyUnseen } from '../../scripts/advise/status-stores.ts';
import { compile } from '../../scripts/compile.ts';
import type { Edge } from '../../scripts/inventory/inventory.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { documents, parseYaml } from '../../scripts/kustomize/yaml.ts';
import { targetsOf } from '../../scripts/verify/targets.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

// The source's "State today"

const sourceFleet = aFleet([
  aCentre({ name: 'cluster-01' }),
  ...[196, 197, 198].map((address, i) =>
    anEdge(`cluster-0${i + 2}`, 'remote-scrape', address, { nodes: [{ name: `cluster-0${i + 2}`, address: `192.168.101.${address}` }] }),
  ),
]);

/** Kubelets are scraped; node-exporter and kube-state-metrics are neither deployed nor scraped. */
function stateToday(tree: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const missing = ['node-exporter', 'kube-state-metrics'];
  return new Map(
    [...tree].map(([path, text]) => {
      if (/^overlays\/kr\/cluster-0[234]\/kustomization\.yaml$/.test(path))
        return [path, text.replace(/ {2}- \S+\/(node-exporter|kube-state-metrics)\n/g, '')];
      if (!/^overlays\/kr\/cluster-01\/edges\//.test(path)) return [path, text];
      const kept = (parseYaml(text) as { kind: string; spec?: { jobName?: string } }[]).filter(
        ({ kind, spec }) => kind !== 'ScrapeConfig' || !missing.includes(spec?.jobName ?? ''),
      );
      return [path, documents(kept)];
    }),
  );
}

test('state analysis "State today (v2.1)": exactly the three steps with which the source finishes option 1', () => {
  const { inventory, tree } = compiledFleet(sourceFleet);
  const standings = standingOf(inventory, tree, stateToday(tree));
  assert.equal(stepsOf(standings, undefined), [
    'Deploy node-exporter and kube-state-metrics on cluster-02, cluster-03 and cluster-04.',
    'Add the scrape definitions of node-exporter and kube-state-metrics for cluster-02, cluster-03 and cluster-04 in the centre.',
    'Verify that every target reports: fleetc status --query-url URL.',
  ]);
  const edge = standings.find(({ cluster }) => cluster === 'cluster-02');
  assert.equal(
    edge?.jobs.map(({ id, standing }) => [id, standing.state]),
    [
      ['node-exporter', 'missing'],
      ['kube-state-metrics', 'missing'],
      ['kubelet', 'stands'],
      ['cadvisor', 'stands'],
    ],
  );
});

// What stands

test('what was just compiled stands, on every option, and only verifying is left', () => {
  const { inventory, tree } = compiledFleet(allOptions());
  const standings = standingOf(inventory, tree, tree);
  for (const { cluster, parts, jobs } of standings)
    for (const { standing } of [...parts, ...jobs]) assert.is(standing.state, 'stands', cluster);
  assert.is(stepsOf(standings, undefined).length, 1);
  assert.equal(
    standings.map(({ cluster, jobs }) => [cluster, jobs.map(({ id }) => id).join(' ')]),
    [
      ['centre', ''],
      ['agent', 'node-exporter kube-state-metrics kubelet cadvisor prometheus-agent'],
      ['scraped', 'node-exporter kube-state-metrics kubelet cadvisor'],
      ['sidecar', 'node-exporter kube-state-metrics kubelet cadvisor edge-prometheus thanos-sidecar'],
    ],
  );
});

test('nothing committed is all missing, the centre of each option too', () => {
  const { inventory, tree } = compiledFleet(allOptions());
  const standings = standingOf(inventory, tree, new Map());
  for (const { parts, jobs } of standings) for (const { standing } of [...parts, ...jobs]) assert.is(standing.state, 'missing');
  assert.match(stepsOf(standings, undefined)[0] ?? '', /receive-router, receive-ingestor.* in the centre/);
});

test('clusters alike are told once, and a step names as many as a sentence bears', () => {
  const { inventory, tree } = compiledFleet(mixedFleet(30));
  const text = (committed: ReadonlyMap<string, string>) => {
    const standings = standingOf(inventory, tree, committed);
    return formatStatus({ standings, live: undefined, steps: stepsOf(standings, undefined) }, String);
  };
  assert.is([...text(tree).matchAll(/^\S.*: (?:the centre|remote-scrape|prometheus-agent|thanos-sidecar)$/gm)].length, 4);
  assert.match(text(tree), /^(\S+, ){4}\S+ and 5 more: remote-scrape$/m);
  assert.not.match(text(tree), 'fleetc compile');
  assert.match(text(new Map()), /1\. .*\n.* on (\S+, ){4}\S+ and 5 more\.\n/);
  assert.match(text(new Map()), /^To do \(fleetc compile writes what is missing, .*\)\n {2}1\. Deploy/m);
});

test('a target that was forgotten, an object that was forgotten, and what cannot be built', () => {
  const { inventory, tree, rendered } = compiledFleet(allOptions());
  const address = targetsOf(rendered.get('centre') ?? []).find(
    ({ job, cluster }) => job === 'node-exporter' && cluster === 'scraped',
  )?.address;
  const changed = (from: RegExp, to: string) => {
    assert.ok([...tree.values()].some((text) => from.test(text)));
    return new Map([...tree].map(([path, text]) => [path, text.replace(from, to)]));
  };
  const job = (committed: ReadonlyMap<string, string>) =>
    standingOf(inventory, tree, committed).find(({ cluster }) => cluster === 'scraped')?.jobs[0]?.standing;
  assert.equal(job(changed(new RegExp(`${address}`), '192.0.2.99:9100')), { state: 'partly', missing: [address] });
  const broken = standingOf(inventory, tree, changed(/base\/rings\/stable\/prometheus-agent/, 'base/rings/stable/nowhere'));
  const agent = broken.find(({ cluster }) => cluster === 'agent');
  assert.ok(agent?.parts.filter(({ where }) => where === 'edge').every(({ standing }) => standing.state === 'unknown'));
  assert.ok(agent?.jobs.every(({ standing }) => standing.state === 'unknown'));
  assert.match(stepsOf(broken, undefined)[0] ?? '', /^Look at agent: its overlay cannot be built/);
});

test('in service-monitor mode the scrape jobs are found too', () => {
  const { inventory, tree } = compiledFleet(
    aFleet([aCentre({ prometheus: { mode: 'service-monitor' } }), anEdge('edge', 'remote-scrape', 10)]),
  );
  const jobs = standingOf(inventory, tree, tree).find(({ cluster }) => cluster === 'edge')?.jobs ?? [];
  assert.equal(
    jobs.map(({ id, standing }) => `${id} ${standing.state}`),
    ['node-exporter stands', 'kube-state-metrics stands', 'kubelet stands', 'cadvisor stands'],
  );
});

// What reports

const now = 1_800_000_000;
const edge = compiledFleet(sourceFleet).inventory.edges[0] as Edge;
const expected = expectedOf(edge);

const sampleOf = ({ cluster, job, path, instance }: Expected, value: number): Sample => ({
  metric: { cluster, job, ...(path !== undefined && { metrics_path: path }), instance },
  value: [now, String(value)],
});
/** What a Query found out that has nothing but this. */
const observed = (found: Partial<Observed> = {}): Observed => ({
  answered: [],
  scraped: [],
  before: [],
  warnings: [],
  blind: new Map(),
  now,
  lookback: '1d',
  ...found,
});

const states = (live: ReadonlyMap<Expected, Live>) => [...live.values()].map(({ state }) => state);

test('reporting, not answering, silent since, never seen: each target by itself', () => {
  const [nodeExporter, kubeStateMetrics, kubelet, cadvisor] = expected as [Expected, Expected, Expected, Expected];
  const live = liveOf(
    expected,
    observed({
      answered: [sampleOf(nodeExporter, now - 20), sampleOf(kubelet, now - 400)],
      scraped: [sampleOf(nodeExporter, 1), sampleOf(kubeStateMetrics, 0), sampleOf(kubelet, 1)],
      before: [sampleOf(kubelet, now - 700), sampleOf(cadvisor, now - 7200)],
    }),
    120,
  );
  assert.equal([live.get(nodeExporter), live.get(kubeStateMetrics)], [{ state: 'reporting' }, { state: 'failing', lookback: '1d' }]);
  // Its last answer is too old, though Query still shows it.
  assert.equal(live.get(kubelet), { state: 'silent', since: now - 400 });
  assert.equal(live.get(cadvisor), { state: 'silent', since: now - 7200 });
  assert.equal([...liveOf(expected, observed(), 120).values()], Array(4).fill({ state: 'never seen', lookback: '1d' }));
});

test('what does not answer does so since its last answer; where a store was left out nobody knows how long', () => {
  const [first] = expected as [Expected];
  const scraped = [sampleOf(first, 0)];
  for (const [found, wanted] of [
    [{ before: [sampleOf(first, now - 900)] }, { state: 'failing', since: now - 900 }],
    [
      { answered: [sampleOf(first, now - 200)], before: [sampleOf(first, now - 900)] },
      { state: 'failing', since: now - 200 },
    ],
    [{}, { state: 'failing', lookback: '1d' }],
    [{ warnings: ['store is gone'] }, { state: 'failing' }],
  ] as const)
    assert.equal(liveOf([first], observed({ scraped, ...found }), 120).get(first), wanted);
});

test('the two jobs of a kubelet are told apart by their path', () => {
  const [, , kubelet, cadvisor] = expected as [Expected, Expected, Expected, Expected];
  const live = liveOf(expected, observed({ answered: [sampleOf(kubelet, now)] }), 120);
  assert.equal([live.get(kubelet)?.state, live.get(cadvisor)?.state], ['reporting', 'never seen']);
});

test('where a store did not answer, what is not seen is unknown; what is seen, reports', () => {
  const [first] = expected as [Expected];
  const live = liveOf(expected, observed({ answered: [sampleOf(first, now)], warnings: ['store is gone'] }), 120);
  assert.equal(states(live), ['reporting', 'unknown', 'unknown', 'unknown']);
});

test('where the store of an edge has gone, what is not seen is unknown, and what blocks still show is silent since then', () => {
  const [first, second] = expected as [Expected, Expected];
  const blind = new Map([[edge.name, 'no store of it']]);
  const live = liveOf(expected, observed({ before: [sampleOf(first, now - 9000)], blind }), 120);
  assert.equal(live.get(first), { state: 'silent', since: now - 9000, why: 'no store of it' });
  assert.equal(live.get(second), { state: 'unknown', why: 'no store of it' });
  assert.equal(states(liveOf(expected, observed({ blind: new Map([['another', 'gone']]) }), 120)), Array(4).fill('never seen'));
});

// What Query asks

const mixed = new Map(compiledFleet(allOptions()).inventory.edges.map((one) => [one.name, one]));
const address = '192.0.2.30:30901';
const whyOf = (name: string, stores: readonly Store[]) => whyUnseen(mixed.get(name) as Edge, name === 'sidecar' ? [address] : [], stores);
const store = (kind: string, labels: Readonly<Record<string, string>> | undefined, change: Partial<Store> = {}): Store => ({
  kind,
  address: '10.0.0.1:10901',
  error: undefined,
  labelSets: labels === undefined ? [] : [labels],
  ...change,
});

/** As Thanos 0.42 answers. */
const refused =
  'rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = "transport: Error while dialing: dial tcp 192.0.2.30:30901: connect: connection refused"';

test('an edge with a sidecar is seen through a store with its label, through a leaf, or at its address', () => {
  const own = { cluster: 'sidecar', prometheus_replica: 'edge-prometheus-0' };
  for (const seen of [store('sidecar', own), store('query', own), store('sidecar', undefined, { address })])
    assert.is(whyOf('sidecar', [store('sidecar', own, { error: refused }), seen]), undefined);
  for (const other of [
    store('store', own),
    store('receive', own),
    store('sidecar', { cluster: 'another' }),
    store('sidecar', { cluster: 'another' }, { address }),
    store('sidecar', { prometheus_replica: 'prometheus-central-0' }),
    store('rule', undefined),
  ])
    assert.is(whyOf('sidecar', [other]), 'Query knows no store of the edge', JSON.stringify(other));
});

test('a store that Query cannot reach is named with the reason, in words of its own', () => {
  const why = `Query cannot reach sidecar ${address}: dial tcp 192.0.2.30:30901: connect: connection refused`;
  assert.is(whyOf('sidecar', [store('sidecar', { cluster: 'sidecar' }, { address, error: refused })]), why);
  assert.is(
    whyOf('sidecar', [store('sidecar', undefined, { address, error: 'not ready' })]),
    `Query cannot reach sidecar ${address}: not ready`,
  );
});

test('an edge that writes is seen through Receive, one that is scraped through the central Prometheus', () => {
  const [receive, central] = [store('receive', { cluster: 'another' }), store('sidecar', { prometheus_replica: 'prometheus-central-0' })];
  const leaf = store('query', { cluster: 'sidecar' });
  assert.equal([whyOf('agent', [receive]), whyOf('scraped', [central])], [undefined, undefined]);
  assert.is(whyOf('agent', [central, leaf]), 'Query knows no Receive ingestor');
  assert.is(whyOf('scraped', [receive, leaf]), 'Query knows no sidecar of the central Prometheus');
  assert.match(whyOf('agent', [{ ...receive, error: 'gone' }]) ?? '', /cannot reach receive .*: gone$/);
  // A Query above that of the centre has all that one has.
  for (const name of ['agent', 'scraped'])
    assert.is(whyOf(name, [{ ...leaf, labelSets: [{ cluster: 'x' }, { rule_replica: 'a' }] }]), undefined);
});

test('the list of stores is read as Query gives it', () => {
  assert.equal(
    storesOf({
      sidecar: [{ name: 'a', lastError: 'gone', labelSets: [{ cluster: 'x' }] }],
      store: [{ name: 'b', lastError: null, labelSets: null }],
      rule: null,
    }),
    [
      { kind: 'sidecar', address: 'a', error: 'gone', labelSets: [{ cluster: 'x' }] },
      { kind: 'store', address: 'b', error: undefined, labelSets: [] },
    ],
  );
});

test('a question is bounded for 5,000 edges: its text, and how much is read for it', () => {
  const targets = (edges: number) =>
    Array.from({ length: edges }, (_, i) => expected.map((target) => ({ ...target, cluster: `edge-with-a-long-name-${i}` }))).flat();
  assert.is(selectorOf(expected), '{cluster=~"cluster-02",job=~"node-exporter|kube-state-metrics|kubelet"}');
  assert.is(selectorOf(targets(5000).filter(({ id }) => id === 'kubelet')), '{cluster!="",job=~"kubelet"}');
  for (const edges of [1, 50, 51, 5000]) assert.ok(selectorOf(targets(edges)).length < 2000);
  const day = 86_400;
  // The time of the last answer is exact where few are asked about.
  assert.is(stepOf(20, day, 30), 30);
  for (const [series, lookback] of [
    [150_000, day],
    [1500, day],
    [20, 9999 * day],
  ] as const)
    assert.ok((series * lookback) / stepOf(series, lookback, 30) <= 5e6);
});

test('unknown is never shown as healthy, nor counted as done', () => {
  const { inventory, tree } = compiledFleet(sourceFleet);
  const standings = standingOf(inventory, tree, tree);
  const live = new Map<Expected, Live>(
    inventory.edges.flatMap(expectedOf).map((target) => [target, { state: 'unknown', why: 'no answer' }]),
  );
  const steps = stepsOf(standings, live);
  assert.equal(steps, ['Ask again when the reason is gone why nobody knows what reports.']);
  const [first] = live.keys();
  assert.equal(stepsOf(standings, new Map([...live, [first as Expected, { state: 'failing' }]])), [
    'Look at what does not report, and ask again.',
  ]);
  const text = formatStatus({ standings, live, steps }, String);
  assert.not.match(text, /reporting|Nothing is left/);
  assert.match(text, /kubelet +centre +stands +unknown: no answer/);
});

// The command, against a Query that is not one

interface Fake {
  readonly url: string;
  readonly asked: { readonly method: string; readonly authorization: string | undefined; readonly path: string; readonly query: string }[];
  readonly close: () => Promise<void>;
}

/** A Prometheus has no list of stores. */
const noStores = (response: ServerResponse) => response.writeHead(404).end('404 page not found');

async function fakeQuery(
  reply: (query: string, response: ServerResponse, request: IncomingMessage) => void,
  stores: (response: ServerResponse) => void = noStores,
): Promise<Fake> {
  const asked: Fake['asked'] = [];
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://query');
    const query = searchParams.get('query') ?? '';
    asked.push({ method: request.method ?? '', authorization: request.headers.authorization, path, query });
    if (path === '/query/api/v1/stores') stores(response);
    else reply(query, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/query`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const vector = (samples: readonly Sample[], warnings?: readonly string[]): string =>
  JSON.stringify({ status: 'success', ...(warnings && { warnings }), data: { resultType: 'vector', result: samples } });

/** A compiled repository of the source's fleet. */
const root = mkdtempSync(join(tmpdir(), 'fleetc-status-'));
for (const [path, text] of [...sourceFleet, ...compiledFleet(sourceFleet).tree]) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
test.after(() => rmSync(root, { recursive: true }));

function compileSources(sources: ReadonlyMap<string, string>) {
  const { sourced, diagnostics } = checkSources(sources);
  assert.ok(sourced);
  const { tree, diagnostics: others } = compile(sourced);
  return { sourced, tree, diagnostics: [...diagnostics, ...others] };
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function status(args: readonly string[], env: Readonly<Record<string, string>> = {}, at = root): Promise<Ran> {
  const said = { code: 0, stdout: '', stderr: '' };
  const warn = (text: string): void => {
    said.stderr += text;
  };
  const command = statusCommand({
    settings: () => ({ root: at, json: args.includes('--json') }),
    print: (text) => {
      said.stdout += text;
    },
    warn,
    tell: (diagnostics) => warn(JSON.stringify(diagnostics)),
    exit: (code) => {
      said.code = code;
    },
    env,
    compiler: { version: '0', compile: compileSources },
  });
  command.exitOverride().configureOutput({ writeErr: warn });
  try {
    await command.parseAsync(
      args.filter((arg) => arg !== '--json'),
      { from: 'user' },
    );
  } catch {
    said.code = 2;
  }
  return said;
}

const everyTarget = compiledFleet(sourceFleet).inventory.edges.flatMap(expectedOf);
const samplesNow = (targets: readonly Expected[]): readonly Sample[] =>
  targets.map((target) => sampleOf(target, Math.floor(Date.now() / 1000)));

test('status --query-url asks with GET and a token of the environment, and is done when all report', async () => {
  const query = await fakeQuery((_, response) => void response.end(vector(samplesNow(everyTarget))));
  try {
    const { code, stdout, stderr } = await status(['--query-url', query.url], { FLEETC_QUERY_TOKEN: 'secret-token' });
    assert.is(stderr, '');
    assert.is(code, 0);
    assert.match(stdout, 'Nothing is left to do');
    assert.equal(
      query.asked.map(({ method, path, authorization }) => [method, path, authorization]),
      [['GET', '/query/api/v1/query', 'Bearer secret-token']],
    );
    assert.not.match(stdout, 'secret-token');
  } finally {
    await query.close();
  }
});

test('a node that is silent is named with the time, exits with 1, and is in the JSON', async () => {
  const [silent, ...others] = everyTarget as [Expected, ...Expected[]];
  const query = await fakeQuery((asked, response) => {
    const samples = samplesNow(others);
    response.end(vector(asked.startsWith('max_over_time') ? [...samples, sampleOf(silent, now)] : samples));
  });
  try {
    const { code, stdout } = await status(['--query-url', query.url, silent.cluster]);
    assert.is(code, 1);
    assert.match(stdout, /node-exporter +centre +stands +silent since 2027-01-15T08:00:00Z/);
    const json = JSON.parse((await status(['--json', '--query-url', query.url, silent.cluster])).stdout) as {
      clusters: { cluster: string; targets: { id: string; state: string; since?: number }[] }[];
    };
    assert.is(json.clusters.length, 1);
    assert.equal(json.clusters[0]?.targets[0], { id: silent.id, job: silent.job, instance: silent.instance, state: 'silent', since: now });
  } finally {
    await query.close();
  }
});

test('of the centre alone nobody is asked, and nothing is said to report', async () => {
  const query = await fakeQuery((_, response) => void response.end(vector([])));
  try {
    const { code, stdout } = await status(['cluster-01', '--query-url', query.url]);
    assert.equal([code, query.asked], [0, []]);
    assert.match(stdout, /all that is needed stands\. Of the centre alone nobody is asked\.$/);
    const lost = await status(['--query-url', query.url, '--token-file', join(root, 'no-such-file')]);
    assert.equal([lost.code, lost.stdout, query.asked], [2, '', []]);
  } finally {
    await query.close();
  }
});

test('a node that does not answer is named with the time, in words that are not those for silence, and no more is asked than about it', async () => {
  const [down, quiet, ...others] = everyTarget as [Expected, Expected, ...Expected[]];
  const query = await fakeQuery((asked, response) => {
    if (asked.startsWith('max_over_time')) response.end(vector([sampleOf(down, now), sampleOf(quiet, now)]));
    else response.end(vector(/timestamp/.test(asked) ? samplesNow(others) : [sampleOf(down, 0)]));
  });
  try {
    const { code, stdout } = await status(['--query-url', query.url]);
    assert.is(code, 1);
    assert.match(stdout, /node-exporter +centre +stands +no answer since 2027-01-15T08:00:00Z\n/);
    assert.match(stdout, /kube-state-metrics +centre +stands +silent since 2027-01-15T08:00:00Z\n/);
    assert.match(stdout, /^no answer +its collector asks it/m);
    assert.match(stdout, /^silent +nothing tells of it any more/m);
    assert.not.match(stdout, /^(never seen|unknown) /m);
    const [first, ...more] = query.asked;
    assert.match(first?.query ?? '', 'cluster=~"cluster-02|cluster-03|cluster-04"');
    assert.equal(
      more.map(({ path, query: text }) =>
        text === '' ? path : [/\[[^\]]*\]/, /{[^}]*}/].map((part) => part.exec(text)?.[0] ?? '').join(''),
      ),
      [
        '{cluster=~"cluster-02",job=~"node-exporter|kube-state-metrics"}',
        '[1d:30s]{cluster=~"cluster-02",job=~"node-exporter|kube-state-metrics"}',
        '/query/api/v1/stores',
      ],
    );
    const json = JSON.parse((await status(['--json', '--query-url', query.url])).stdout) as {
      clusters: { targets: { state: string; since?: number }[] }[];
    };
    const [failing, silent] = json.clusters[1]?.targets ?? [];
    assert.equal([failing?.state, failing?.since, silent?.state, silent?.since], ['failing', now, 'silent', now]);
  } finally {
    await query.close();
  }
});

test('a node that did not answer in all of the lookback is told so', async () => {
  const [down, ...others] = everyTarget as [Expected, ...Expected[]];
  const query = await fakeQuery((asked, response) =>
    response.end(vector(asked.startsWith('max_over_time') ? [] : /timestamp/.test(asked) ? samplesNow(others) : [sampleOf(down, 0)])),
  );
  try {
    assert.match((await status(['--query-url', query.url, '--lookback', '6h'])).stdout, /node-exporter +centre +stands +no answer in 6h\n/);
  } finally {
    await query.close();
  }
});

const listOf = (stores: object) => (response: ServerResponse) => void response.end(JSON.stringify({ status: 'success', data: stores }));

for (const [name, stores, said] of [
  [
    'has the store',
    listOf({ sidecar: [{ name: 'a', lastError: null, labelSets: [{ prometheus_replica: 'a' }] }] }),
    /kubelet .* never seen in 1d/,
  ],
  [
    'cannot reach the store',
    listOf({ sidecar: [{ name: 'a', lastError: 'gone', labelSets: [{ prometheus_replica: 'a' }] }] }),
    /kubelet .* unknown: Query cannot reach sidecar a: gone/,
  ],
  ['has forgotten the store', listOf({}), /kubelet .* unknown: Query knows no sidecar of the central Prometheus/],
  [
    'does not tell its stores',
    (response: ServerResponse) => response.writeHead(500).end('{}'),
    /kubelet .* unknown: which stores it asks .* 500/,
  ],
  ['gives a page for its stores', (response: ServerResponse) => response.end('<html>'), /kubelet .* unknown: which stores it asks .* 200/],
  ['is a Prometheus', noStores, /kubelet .* never seen in 1d/],
] as const)
  test(`a Query without series is asked for its stores, where it ${name}`, async () => {
    const query = await fakeQuery((_, response) => void response.end(vector([])), stores);
    try {
      const { code, stdout } = await status(['--query-url', query.url]);
      assert.is(code, 1);
      assert.match(stdout, said);
      assert.not.match(stdout, /reporting|Nothing is left/);
    } finally {
      await query.close();
    }
  });

/** Where it leads, all is well: but a token must not be led there. */
const redirect = (response: ServerResponse, { url }: IncomingMessage) =>
  url?.startsWith('/elsewhere') ? response.end(vector(samplesNow(everyTarget))) : response.writeHead(302, { location: '/elsewhere' }).end();

for (const [name, reply, said] of [
  ['an error of the server', (response: ServerResponse) => response.writeHead(503).end('overloaded'), /it answered 503/],
  ['a page that is no answer', (response: ServerResponse) => response.end('<html></html>'), /it answered 200/],
  [
    'a question that is refused',
    (response: ServerResponse) => response.end('{"status":"error","error":"too many series"}'),
    /too many series/,
  ],
  ['a redirection', redirect, /could not be asked/],
  ['no answer', () => {}, /did not answer in time/],
] as const)
  test(`where Query fails nothing is healthy, and the exit status is 2: ${name}`, async () => {
    const query = await fakeQuery((_, response, request) => void reply(response, request));
    try {
      const { code, stdout, stderr } = await status(['--query-url', query.url, '--timeout', '1']);
      assert.is(code, 2);
      assert.match(stderr, said);
      assert.match(stdout, /kubelet +centre +stands +unknown: /);
      assert.not.match(stdout, /reporting|Nothing is left/);
    } finally {
      await query.close();
    }
  });

test('of a named edge the steps are those of the edge, and of what it needs in the centre', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'fleetc-status-'));
  try {
    mkdirSync(join(empty, 'clusters'));
    for (const [path, text] of sourceFleet) writeFileSync(join(empty, path), text);
    const { code, stdout } = await status(['cluster-03'], {}, empty);
    assert.is(code, 1);
    assert.match(stdout, /1\. Deploy prometheus in the centre\.\n {2}2\. Deploy .* on cluster-03\.\n/);
    assert.not.match(stdout, /cluster-01|cluster-02|compactor/);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('wrong arguments are refused', async () => {
  for (const args of [['--query-url', 'ftp://x'], ['--query-url', 'http://me:pw@x'], ['--timeout', '0'], ['--lookback', '1w'], ['nobody']])
    assert.is((await status(args)).code, 2, args.join(' '));
});

test.run();
