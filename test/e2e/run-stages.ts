import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wholeStage } from './evidence.ts';
import { type PortAnswer, type PortRequest, reservePorts } from './ports.ts';
import { bin } from './processes.ts';
import { Report, type Row } from './report.ts';
import type { Stage } from './stage.ts';
import { unhurried } from './stages/index.ts';

const runner = fileURLToPath(new URL('run-stage.js', import.meta.url));

/**
 * Runs stages side by side, each in a process of its own, so that none keeps another's small servers waiting. Ends every process that
 * they started; `keep` leaves their folders to look at.
 */
export async function runStages(stages: readonly Stage[], { keep = false } = {}): Promise<Report> {
  const report = new Report();
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-e2e-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  process.once('exit', () => {
    if (keep) console.log(`kept: ${folder}`);
    // After an interrupt the stages are still ending theirs.
    else rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });
  await Promise.all(stages.map((stage) => runStage(stage, report, join(folder, stage.name))));
  return report;
}

function runStage(stage: Stage, report: Report, folder: string): Promise<void> {
  const { name, needs } = stage;
  const absent = needs.filter((program) => !existsSync(bin(program)));
  if (absent.length > 0) {
    const said = `no ${absent.join(', ')} in test/e2e/bin: bash test/e2e/setup.sh ${absent.join(' ')}`;
    report.add({ stage: name, outcome: 'not run', what: wholeStage, said });
    return Promise.resolve();
  }
  const child = fork(runner, [name, folder]);
  if (unhurried.has(stage) && child.pid !== undefined) setPriority(child.pid, 10);
  child.on('message', (message: Row | PortRequest) => {
    if ('stage' in message) report.add(message);
    else
      void reservePorts(message.count).then((ports) => {
        if (child.connected) child.send({ to: message.ask, ports } satisfies PortAnswer);
      });
  });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (code !== 0) report.add({ stage: name, outcome: 'FAILED', what: wholeStage, said: `its process ended with ${signal ?? code}` });
      resolve();
    });
  });
}
