// The real programs on what fleetc emits, on loopback: node dist/test/e2e/run.js [STAGE…] [--check] [--keep]. Programs come from
// test/e2e/setup.sh. Without a stage all run but those on request, and docs/evidence.md is written anew; --check compares with it instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances } from './circumstances.ts';
import { drift, evidencePage } from './evidence.ts';
import { runStages } from './run-stages.ts';
import { everyStage, stages } from './stages/index.ts';

const page = 'docs/evidence.md';

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});
const unknown = asked.filter((name) => everyStage.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}: there are ${everyStage.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const chosen = asked.length === 0 ? stages : everyStage.filter(({ name }) => asked.includes(name));
const report = await runStages(chosen, values);
console.log(`\n${report.table()}\n`);
let failed = report.count('FAILED') > 0;
if (values.check) {
  const differences = drift(existsSync(page) ? readFileSync(page, 'utf8') : '', report.rows);
  if (differences.length > 0) {
    console.log(`${page} says something else: npm run e2e\n${differences.join('\n')}\n`);
    failed = true;
  }
} else if (failed && asked.length === 0) console.log(`${page} stays as it was\n`);
else if (asked.length === 0) {
  const names = stages.map(({ name }) => name);
  writeFileSync(page, evidencePage(names, report.rows, circumstances()));
  console.log(`${page} is written\n`);
}
console.log(`${report.count('ok')} passed, ${report.count('FAILED')} failed, ${report.count('not run')} not run`);
process.exit(failed ? 1 : 0);
