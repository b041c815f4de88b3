import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drift } from '../e2e/evidence.ts';
import { runStages } from '../e2e/run-stages.ts';
import { stages } from '../e2e/stages/index.ts';

/** Every check is a test; a stage whose programs are not there is not run. */
const { rows } = await runStages(stages);

for (const { stage, outcome, what, said } of rows)
  if (outcome === 'not run') console.log(`not run: ${stage}: ${what}: ${said}`);
  else
    test(`${stage}: ${what}`, () => {
      assert.is(outcome, 'ok', said);
    });

test('docs/evidence.md says what this run found', () => {
  assert.equal(drift(readFileSync('docs/evidence.md', 'utf8'), rows), []);
});

test.run();
