import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('one command shows the whole way: edit, plan, branch, text of the pull request; without account or network', () => {
  const parent = mkdtempSync(join(tmpdir(), 'fleetc-first-run-test-'));
  const folder = join(parent, 'run');
  try {
    // A proxy that nobody answers: whoever asked the network would fail.
    const env = { ...process.env, HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['docs/first-run.mjs', folder], { encoding: 'utf8', env });
    assert.is(status, 0, stderr);
    const git = (...args: readonly string[]) => execFileSync('git', ['-C', join(folder, 'fleet.git'), ...args], { encoding: 'utf8' });
    assert.match(git('show', 'fleetc/fleet:clusters/fleet.ts'), /scrapeInterval: '15s'/);
    assert.is(git('rev-parse', 'fleetc/fleet^').trim(), git('rev-parse', 'main').trim(), 'one commit on top of main');
    assert.match(git('grep', '-h', 'scrape_interval: 15s', 'fleetc/fleet', '--', 'base'), /15s/);
    assert.match(stdout, /clusters\/fleet\.ts:8 {2}scrapeInterval: "30s" → "15s"/);
    assert.match(stdout.slice(stdout.indexOf('## Once more')), /^unchanged /m);
    assert.match(readFileSync(join(folder, 'pull-request.md'), 'utf8'), /^# fleetc: the fleet, 3 of 4 clusters$/m);
    assert.is(spawnSync(process.execPath, ['docs/first-run.mjs', folder]).status, 2, 'a folder that is there is not touched');
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test.run();
