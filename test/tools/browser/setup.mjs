// Puts axe-core into bin/, and sees to a Chromium: test/slow/plan-html.test.ts opens the HTML of a plan with both. Only .ci/run calls this.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const version = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).devDependencies['axe-core'];
const stamp = join(here, 'bin/version');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== version) {
  await install();
  mkdirSync(dirname(stamp), { recursive: true });
  copyFileSync(join(here, 'node_modules/axe-core/axe.min.js'), join(here, 'bin/axe.min.js'));
  rmSync(join(here, 'node_modules'), { recursive: true });
  // Written last, so that it also says that the file is whole.
  writeFileSync(stamp, version);
  console.log(`axe-core: ${version}`);
}

if (spawnSync('chromium', ['--version']).status !== 0) {
  // Debian's; whoever has another puts its path into CHROMIUM for the test.
  const apt = (...args) =>
    spawnSync('apt-get', [...args, '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  apt('update');
  if (apt('install', '-y', '--no-install-recommends', 'chromium').status !== 0) throw new Error('there is no chromium, and apt-get did not install it');
}

async function install() {
  for (let attempt = 1; ; attempt += 1) {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: here,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status === 0) return;
    if (attempt === 3) throw new Error(`npm ci in ${here} failed three times`);
    await pause(attempt * 5_000);
  }
}
