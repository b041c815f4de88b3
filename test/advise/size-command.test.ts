import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

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

test('a fleet that does not exist: what changes, what breaks and what mends it; exit 1', () => {
  const { status, stdout } = size('size', '--what-if', 'add=500,region=eu,option=prometheus-agent,nodes=3');
  assert.is(status, 1);
  assert.match(stdout, 'Assumed: "eu" becomes a region of the fleet.');
  assert.match(stdout, /^edges +3 +503$/m);
  assert.match(stdout, /^receive-ingestor copies +4 +\d\d$/m);
  assert.match(stdout, /^error: .*receive-ingestor\/series .* Set receive\.replicas to \d\d\.$/m);
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
  assert.match(stdout, /memory\.agent\.series = .* bytes\/series \(measured: /);
  const { figures } = JSON.parse(size('--json', 'size', '--explain', 'cluster-03/memory').stdout);
  assert.ok(figures['cluster-03 memory'].middle > 0);
  const unknown = size('size', '--explain', 'cluster-03/memori');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, 'Did you mean "cluster-03/memory"?');
});

test.run();
