import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSources } from '../../scripts/inventory/read.ts';
import { compileApart } from '../support/built-cli.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

const node24 = resolve('test/tools/node24/bin/node');

const missing = process.version.startsWith('v24.')
  ? 'these tests run on Node 24 themselves'
  : existsSync(node24)
    ? undefined
    : 'Node 24 is missing, run: node test/tools/node24/setup.mjs';

if (missing === undefined) {
  test('the other Node is Node 24', () => {
    assert.match(spawnSync(node24, ['--version'], { encoding: 'utf8' }).stdout, /^v24\./);
  });

  for (const [name, sources] of [
    ['the fleet of this repository', readSources('.').sources],
    ['a fleet of every option', mixedFleet(30)],
  ] as const)
    test(`Node ${process.versions.node} and Node 24 compile ${name} to the same bytes`, () => {
      const [one, other] = [compileApart(sources), compileApart(sources, { node: node24 })];
      for (const [path, text] of one.files) assert.is(other.files.get(path), text, path);
      assert.is(one.hash, other.hash);
      assert.is(one.stdout, other.stdout);
    });
} else
  test('there is no Node 24 to compare with', () => {
    console.log(`not run: ${missing}`);
  });

test.run();
