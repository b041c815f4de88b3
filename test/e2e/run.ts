// The real programs on what fleetc emits, on loopback: node dist/test/e2e/run.js [STAGE…] [--keep]. Programs come from test/e2e/setup.sh.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOptions, compiledFleet } from '../support/fleet.ts';
import { bin, killAll, stopAll } from './processes.ts';
import { Report } from './report.ts';
import type { Stage } from './stage.ts';
import { dataPaths } from './stages/data-paths.ts';
import { closeAll } from './stand-ins.ts';

const stages: readonly Stage[] = [dataPaths];

const keep = process.argv.includes('--keep');
const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const unknown = asked.filter((name) => stages.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}: there are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    killAll();
    process.exit(130);
  });
process.on('exit', killAll);

const report = new Report();
const folder = mkdtempSync(join(tmpdir(), 'fleetc-e2e-'));
const fleet = compiledFleet(allOptions());
const chosen = stages.filter(({ name }) => asked.length === 0 || asked.includes(name));
try {
  await Promise.all(chosen.map(runStage));
} finally {
  await stopAll();
  closeAll();
  if (keep) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${report.table()}\n\n${report.count('ok')} passed, ${report.count('FAILED')} failed, ${report.count('not run')} not run`);
process.exit(report.count('FAILED') > 0 ? 1 : 0);

async function runStage({ name, needs, run }: Stage): Promise<void> {
  const of = report.of(name);
  const absent = needs.filter((program) => !existsSync(bin(program)));
  if (absent.length > 0) return of.row('not run', 'the stage', `no ${absent.join(', ')} in test/e2e/bin: bash test/e2e/setup.sh`);
  const own = join(folder, name);
  mkdirSync(own);
  try {
    await run({ ...of, folder: own, fleet });
  } catch (error) {
    of.row('FAILED', 'the stage', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
