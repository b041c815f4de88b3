import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mountFiles } from './config-volume.ts';

const root = mkdtempSync(join(tmpdir(), 'fleetc-volume-'));
const folder = join(root, 'config');
test.after(() => rmSync(root, { recursive: true }));

const seen = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => !file.startsWith('..'))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

test('a mounted file is a link, which stays the same when the files behind it change', () => {
  mountFiles(folder, { 'a.yaml': 'one', 'b.yaml': 'two' });
  assert.equal(seen(), { 'a.yaml': 'one', 'b.yaml': 'two' });
  const before = lstatSync(join(folder, 'a.yaml'));
  assert.ok(before.isSymbolicLink());
  mountFiles(folder, { 'a.yaml': 'three', 'c.yaml': 'four' });
  assert.equal(seen(), { 'a.yaml': 'three', 'c.yaml': 'four' });
  assert.is(lstatSync(join(folder, 'a.yaml')).ino, before.ino);
});

test('no version but the last is kept', () => {
  assert.is(readdirSync(folder).filter((file) => file.startsWith('..version-')).length, 1);
});

test.run();
