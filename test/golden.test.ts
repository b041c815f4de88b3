import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../scripts/compile.ts';
import { loadInventory } from '../scripts/inventory/load.ts';

/**
 * Each folder of test/golden is a fleet and what is true of it alone: overlays, rings, Argo CD. The parts that they point at are
 * those of the repository's own committed output, or variants of them, and have tests of their own.
 */
const isGolden = (path: string): boolean => !path.startsWith('base/parts/') && !path.startsWith('generated/types/');

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(folder, join(entry.parentPath, entry.name)))
    .sort();

for (const name of readdirSync('test/golden').sort()) {
  const root = `test/golden/${name}`;
  test(`${name} compiles to the tree beside it`, () => {
    const { sourced, diagnostics } = loadInventory(root);
    assert.equal(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    );
    if (sourced === undefined) throw new Error('no inventory');
    const wanted = new Map([...compile(sourced).tree].filter(([path]) => isGolden(path)));
    assert.ok(wanted.size > 0);
    if (process.env.UPDATE_GOLDEN === '1') {
      rmSync(`${root}/expected`, { recursive: true, force: true });
      for (const [path, text] of wanted) {
        mkdirSync(dirname(`${root}/expected/${path}`), { recursive: true });
        writeFileSync(`${root}/expected/${path}`, text);
      }
    }
    assert.equal(filesIn(`${root}/expected`), [...wanted.keys()].sort());
    for (const [path, text] of wanted) assert.is(readFileSync(`${root}/expected/${path}`, 'utf8'), text, path);
  });
}

test.run();
