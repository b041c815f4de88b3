import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadInventory } from '../../scripts/inventory/load.ts';
import { readSources } from '../../scripts/inventory/read.ts';
import { centralText, edgeText, fleetText } from './support.ts';

/** Reads a folder with these files, and whatever else `prepare` makes. */
function read(files: Readonly<Record<string, string | Buffer>>, prepare: (root: string) => void = () => {}) {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-read-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    prepare(root);
    const { sources, diagnostics } = readSources(root);
    return {
      paths: [...sources.keys()],
      sources,
      codes: diagnostics.map(({ code, span }) => `${span?.file ?? '-'} ${code}`),
      loaded: loadInventory(root),
    };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('every TypeScript file under clusters/ is read, in the order of paths', () => {
  const { paths, codes } = read({
    'clusters/fleet.ts': fleetText,
    'clusters/eu/b.ts': '',
    'clusters/eu-a.ts': '',
    'clusters/_shared.ts': '',
    'clusters/types.d.ts': '',
    'clusters/README.md': '',
    'other/c.ts': '',
  });
  assert.equal(paths, ['clusters/_shared.ts', 'clusters/eu-a.ts', 'clusters/eu/b.ts', 'clusters/fleet.ts']);
  assert.equal(codes, []);
});

test('an inventory on disk loads as a whole', () => {
  const { loaded } = read({ 'clusters/fleet.ts': fleetText, 'clusters/a.ts': edgeText, 'clusters/b.ts': centralText });
  assert.equal(loaded.diagnostics, []);
  assert.equal(
    loaded.inventory?.edges.map(({ name }) => name),
    ['edge-1'],
  );
  assert.is(loaded.inventory?.central.name, 'centre');
  assert.is(loaded.sources.get('clusters/a.ts'), edgeText);
});

test('a byte order mark and Windows line ends move no place', () => {
  const { loaded } = read({
    'clusters/fleet.ts': `\ufeff${fleetText}`,
    'clusters/a.ts': edgeText.replace("role: 'edge'", "\r\n  role: 'egde'\r\n"),
    'clusters/b.ts': centralText,
  });
  assert.equal(
    loaded.diagnostics.map(({ span }) => span),
    [{ file: 'clusters/a.ts', line: 2, column: 9, length: 6 }],
  );
});

test('without clusters/, or without the fleet, that is what is said', () => {
  assert.equal(read({}).codes, ['- inventory/no-fleet']);
  assert.equal(read({ 'clusters/a.ts': edgeText }).codes, ['- inventory/no-fleet']);
  assert.equal(read({ 'clusters/sub/fleet.ts': fleetText }).codes, ['- inventory/no-fleet']);
});

test('a symbolic link is refused: of a file, of a folder, of clusters/ itself', () => {
  const linked = read({ 'clusters/fleet.ts': fleetText, 'secret/x.ts': 'export default 1;' }, (root) => {
    symlinkSync(join(root, 'secret/x.ts'), join(root, 'clusters/a.ts'));
    symlinkSync(join(root, 'secret'), join(root, 'clusters/b'));
    symlinkSync('/nowhere', join(root, 'clusters/c.ts'));
  });
  assert.equal(linked.paths, ['clusters/fleet.ts']);
  assert.equal(linked.codes, [
    'clusters/a.ts inventory/symbolic-link',
    'clusters/b inventory/symbolic-link',
    'clusters/c.ts inventory/symbolic-link',
  ]);
  const whole = read({ 'real/fleet.ts': fleetText }, (root) => symlinkSync(join(root, 'real'), join(root, 'clusters')));
  assert.equal(whole.paths, []);
  assert.equal(whole.codes, ['- inventory/symbolic-link']);
});

test('a file of 50 MB is not read', () => {
  const { paths, codes } = read({ 'clusters/fleet.ts': fleetText, 'clusters/big.ts': Buffer.alloc(50_000_000, 0x20) });
  assert.equal(paths, ['clusters/fleet.ts']);
  assert.equal(codes, ['clusters/big.ts inventory/file-too-large']);
});

test('what is not UTF-8 is told of, and the fleet is not called missing', () => {
  const { codes } = read({ 'clusters/fleet.ts': Buffer.from([0x65, 0xff, 0xfe]) });
  assert.equal(codes, ['clusters/fleet.ts inventory/unreadable']);
});

test('folders without end are not followed', () => {
  const deep = `clusters/${'d/'.repeat(40)}x.ts`;
  assert.equal(read({ 'clusters/fleet.ts': fleetText, [deep]: '' }).codes, [`clusters/${'d/'.repeat(33).slice(0, -1)} inventory/limit`]);
});

test.run();
