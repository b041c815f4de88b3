import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadInventory } from '../scripts/inventory/load.ts';
import { formatText } from '../scripts/report-diagnostics.ts';

/** A folder a case: an inventory that is refused, and what is said about it. UPDATE_GOLDEN=1 rewrites what is said; read it then. */
const folder = 'test/rejects';
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

for (const name of cases)
  test(`the inventory is refused: ${name}`, () => {
    const { sources, inventory, diagnostics } = loadInventory(join(folder, name));
    const said = formatText(diagnostics, sources, { color: false, frames: true });
    const expected = join(folder, name, 'expected.txt');
    if (process.env.UPDATE_GOLDEN) writeFileSync(expected, said);
    assert.ok(existsSync(expected), `${expected} is missing: run with UPDATE_GOLDEN=1, and read it`);
    assert.is(said, readFileSync(expected, 'utf8'));
    assert.is(inventory, undefined);
  });

test('there are cases', () => assert.ok(cases.length >= 25));

test.run();
