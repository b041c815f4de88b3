// A process of its own for a stage: node run-stage.js STAGE FOLDER, started by run-stages.ts, which hears of each row.
import { mkdirSync } from 'node:fs';
import { allOptions, compiledFleet } from '../support/fleet.ts';
import { wholeStage } from './evidence.ts';
import { killAll, stopAll } from './processes.ts';
import { stageReport } from './report.ts';
import { everyStage } from './stages/index.ts';
import { closeAll } from './stand-ins.ts';

const [name = '', folder = ''] = process.argv.slice(2);
const stage = everyStage.find((each) => each.name === name);
if (stage === undefined || process.send === undefined) throw new Error(`bug: no stage ${name}, or nobody listens`);

// However the run ends, nothing that a stage started outlives it.
process.once('disconnect', () => process.exit(1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.once('exit', killAll);

const report = stageReport((outcome, what, said) => process.send?.({ stage: name, outcome, what, said }));
mkdirSync(folder);
try {
  await stage.run({ ...report, folder, fleet: compiledFleet(allOptions()) });
} catch (error) {
  report.row('FAILED', wholeStage, error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await stopAll();
closeAll();
process.removeAllListeners('disconnect');
process.disconnect();
