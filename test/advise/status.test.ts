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
import { type Answer, type Expected, expectedOf, type Live, liveOf, type Sample } from '../../scripts/advise/status-live.ts';
import { stepsOf } from '../../scripts/advise/status-steps.ts';
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
  assert.not.match(text(tree), 'comes with fleetc compile');
  assert.match(text(new Map()), /1\. .*\n.* on (\S+, ){4}\S+ and 5 more\.\n/);
  assert.match(text(new Map()), /What is missing comes with fleetc compile, and the merge of what it writes\.$/);
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
const answer = (samples: readonly Sample[], warnings: readonly string[] = []): Answer => ({ samples, warnings });
const none = answer([]);

const states = (live: ReadonlyMap<Expected, Live>) => [...live.values()].map(({ state }) => state);

test('reporting, not answering, silent since, never seen: each target by itself', () => {
  const [nodeExporter, kubeStateMetrics, kubelet, cadvisor] = expected as [Expected, Expected, Expected, Expected];
  const live = liveOf(
    expected,
    {
      answered: answer([sampleOf(nodeExporter, now - 20), sampleOf(kubelet, now - 400)]),
      scraped: answer([sampleOf(nodeExporter, 1), sampleOf(kubeStateMetrics, 0), sampleOf(kubelet, 1)]),
      before: answer([sampleOf(kubelet, now - 700), sampleOf(cadvisor, now - 7200)]),
      now,
    },
    120,
  );
  assert.equal([live.get(nodeExporter), live.get(kubeStateMetrics)], [{ state: 'reporting' }, { state: 'failing' }]);
  // Its last answer is too old, though Query still shows it.
  assert.equal(live.get(kubelet), { state: 'silent', since: now - 400 });
  assert.equal(live.get(cadvisor), { state: 'silent', since: now - 7200 });
  assert.equal(states(liveOf(expected, { answered: none, scraped: none, before: none, now }, 120)), Array(4).fill('never seen'));
});

test('the two jobs of a kubelet are told apart by their path', () => {
  const [, , kubelet, cadvisor] = expected as [Expected, Expected, Expected, Expected];
  const live = liveOf(expected, { answered: answer([sampleOf(kubelet, now)]), scraped: none, before: none, now }, 120);
  assert.equal([live.get(kubelet)?.state, live.get(cadvisor)?.state], ['reporting', 'never seen']);
});

test('where a store did not answer, what is not seen is unknown; what is seen, reports', () => {
  const [first] = expected as [Expected];
  const live = liveOf(expected, { answered: answer([sampleOf(first, now)], ['store is gone']), scraped: none, before: none, now }, 120);
  assert.equal(states(live), ['reporting', 'unknown', 'unknown', 'unknown']);
});

test('unknown is never shown as healthy, nor counted as done', () => {
  const { inventory, tree } = compiledFleet(sourceFleet);
  const standings = standingOf(inventory, tree, tree);
  const live = new Map(inventory.edges.flatMap(expectedOf).map((target) => [target, { state: 'unknown', why: 'no answer' } as const]));
  const steps = stepsOf(standings, live);
  assert.is(steps.length, 1);
  const text = formatStatus({ standings, live, steps }, String);
  assert.not.match(text, /reporting|Nothing is left/);
  assert.match(text, /kubelet +centre +stands +unknown: no answer/);
});

// The command, against a Query that is not one

interface Fake {
  readonly url: string;
  readonly asked: { readonly method: string; readonly authorization: string | undefined; readonly query: string }[];
  readonly close: () => Promise<void>;
}

async function fakeQuery(reply: (query: string, response: ServerResponse, request: IncomingMessage) => void): Promise<Fake> {
  const asked: Fake['asked'] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://query').searchParams.get('query') ?? '';
    asked.push({ method: request.method ?? '', authorization: request.headers.authorization, query });
    reply(query, response, request);
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
    assert.ok(query.asked.length > 0 && query.asked.every(({ method }) => method === 'GET'));
    assert.ok(query.asked.every(({ authorization }) => authorization === 'Bearer secret-token'));
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
