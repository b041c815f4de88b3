import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';

const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));
const size = (...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });

test('the size of the fleet, with a line for each edge and the tables of the source', () => {
  const { status, stdout, stderr } = size('size');
  assert.is(stderr, '');
  assert.is(status, 0);
  for (const start of [
    'cluster-02',
    'cluster-03',
    'cluster-04',
    'ring stable',
    'region kr',
    'fleet',
    'prometheus',
    'receive-ingestor',
    'source: centre',
  ])
    assert.match(stdout, new RegExp(`^${start}\\b`, 'm'));
});

test('a fleet that does not exist: what changes, the centre with it', () => {
  const { status, stdout } = size('size', '--what-if', 'add=500,region=eu,option=prometheus-agent,nodes=3');
  assert.is(status, 0);
  assert.match(stdout, 'Assumed: "eu" becomes a region of the fleet.');
  assert.match(stdout, /^edges +3 +503$/m);
  assert.match(stdout, /^receive-ingestor pods +4 +\d\d$/m);
  assert.not.match(stdout, /^error: /m);
});

test('a wrong --what-if is a wrong command line', () => {
  const { status, stdout, stderr } = size('size', '--what-if', 'add=5,option=prometheus-agnet');
  assert.is(status, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'Did you mean "prometheus-agent"?');
});

test('one figure explained, as text and as JSON; an unknown one is a wrong command line', () => {
  const { status, stdout } = size('size', '--explain', 'cluster-03/memory');
  assert.is(status, 0);
  assert.match(stdout, /^cluster-03\/memory = \d+Mi/);
  assert.match(stdout, /memory\.agent\.series = 4kB \(2\.1-8\) for each series \(measured: /);
  const { figures } = JSON.parse(size('--json', 'size', '--explain', 'cluster-03/memory').stdout);
  assert.ok(figures['cluster-03 memory'].middle > 0);
  const unknown = size('size', '--explain', 'cluster-03/memori');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, 'Did you mean "cluster-03/memory"?');
});

test('a named edge alone: what it costs there, on its line and in the centre', () => {
  const { status, stdout, stderr } = size('size', 'cluster-03');
  assert.is(stderr, '');
  assert.is(status, 0);
  assert.match(stdout, /^cluster-03: prometheus-agent, 1 node, /);
  for (const line of [
    /^emitted there +memory +\d+Mi requested, limit \d+Mi$/m,
    /^on the edge +memory +\d/m,
    /^on the line +the edge sends, an hour +\d/m,
    /^more in the centre +memory +\d/m,
  ])
    assert.match(stdout, line);
  assert.not.match(stdout, /cluster-02|cluster-04|source: centre/);
  const { edges, figures } = JSON.parse(size('--json', 'size', 'cluster-03', 'cluster-04').stdout);
  assert.equal(
    edges.map(({ name }: { readonly name: string }) => name),
    ['cluster-03', 'cluster-04'],
  );
  assert.ok(edges[0].centre.memory.middle > 0 && figures['cluster-03 memory'] && !figures['cluster-02 memory']);
});

test('the JSON of a named edge has the keys of its figures, its limits and what the inventory is warned of', () => {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-size-'));
  try {
    mkdirSync(join(root, 'clusters'));
    const sources = aFleet([
      aCentre(),
      anEdge('aa', 'prometheus-agent', 10),
      anEdge('bb', 'prometheus-agent', 20),
      anEdge('cc', 'prometheus-agent', 30, { kubelet: { unsafeSkipVerify: true } }),
    ]);
    for (const [path, text] of sources) writeFileSync(join(root, path), text);
    const { edges, limits, figures, diagnostics } = JSON.parse(size('--json', '--root', root, 'size', 'bb').stdout);
    const [bb, ...others] = edges;
    assert.equal([bb.name, others], ['bb', []]);
    assert.is(bb.scope, 'aa (and 2 like it)');
    for (const key of [`${bb.scope} memory`, `${bb.emitted.scope} emitted/memory`, `${bb.centre.scope} centre/memory`])
      assert.ok(figures[key], key);
    assert.ok(limits.length > 3);
    for (const { figure } of limits) assert.ok(figures[figure], figure);
    assert.ok(diagnostics.length > 0);
    for (const args of [['size'], ['size', '--explain', 'bb'], ['size', '--explain', 'memory.nodeExporter']])
      assert.equal(JSON.parse(size('--json', '--root', root, ...args).stdout).diagnostics, diagnostics, args.join(' '));
    assert.equal(JSON.parse(size('--json', '--root', root, 'recommend').stdout).diagnostics, diagnostics);
    for (const { code } of diagnostics) assert.match(size('--root', root, 'size', 'bb').stderr, code);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a figure of a named edge is explained by its own name', () => {
  assert.is(size('size', 'cluster-03', '--explain', 'memory').stdout, size('size', '--explain', 'cluster-03/memory').stdout);
  assert.match(size('size', 'cluster-03', '--explain', 'cpu').stdout, /^cluster-03\/cpu = /);
});

test('what an edge adds to the centre is explained by its key, and is in the JSON as a figure', () => {
  const { status, stdout } = size('size', '--explain', 'cluster-04/centre/memory');
  assert.is(status, 0);
  assert.match(stdout, /^cluster-04\/centre\/memory = .*\n.*\n {2}= \[centre memory\] − \[without cluster-04: centre memory\]$/m);
  assert.match(stdout, /^ {2}\[without cluster-04: centre memory\] = /m);
  const { figures } = JSON.parse(size('--json', 'size', 'cluster-04').stdout);
  assert.match(figures['cluster-04 centre/bucket'].formula, '−');
});

test('a figure that does not exist is told with those of the same cluster; a coefficient is explained by its name', () => {
  for (const args of [
    ['size', '--explain', 'cluster-04/bogus'],
    ['size', 'cluster-04', '--explain', 'bogus'],
  ]) {
    const { status, stderr } = size(...args);
    assert.is(status, 2);
    assert.match(stderr, 'Of cluster-04 there are series, ');
    assert.match(stderr, 'centre/memory, ');
    assert.not.match(stderr, /cluster-0[23]| more/);
    assert.match(stderr, 'All with their formulas: fleetc size --explain cluster-04.');
  }
  assert.match(size('size', '--explain', 'nowhere/memory').stderr, 'Known: "cluster-02", ');
  assert.match(
    size('size', '--explain', 'memory.nodeExporter').stdout,
    /^memory\.nodeExporter = 25Mi \(15-50\) for each node \(measured: /,
  );
});

test('a name that is no edge is a wrong command line that says which there are', () => {
  for (const command of ['size', 'recommend', 'outage', 'status']) {
    const { status, stdout, stderr } = size(command, 'cluster-30');
    assert.is(status, 2, command);
    assert.is(stdout, '', command);
    assert.match(stderr, /there is no (edge|cluster) "cluster-30"\. Did you mean "cluster-0\d"\?/, command);
  }
  assert.match(size('size', 'shop').stderr, 'Known: "cluster-02", "cluster-03", "cluster-04".');
  for (const command of ['size', 'outage']) assert.match(size(command, 'cluster-01').stderr, '"cluster-01" is the centre', command);
  assert.is(size('size', 'cluster-03', '--calibrate', 'http://127.0.0.1:1').status, 2);
});

test.run();
