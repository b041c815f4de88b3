import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { typeTexts } from '../../scripts/schemas/texts.js';

const fresh = mkdtempSync(join(tmpdir(), 'fleetc-schemas-'));

test.before(() => {
  execFileSync(process.execPath, ['scripts/schemas/build.mjs', '--out', fresh, '--root', fresh]);
});
test.after(() => rmSync(fresh, { recursive: true }));

const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

test('the committed types and the reference page are what the schemas give', () => {
  const names = readdirSync(join(fresh, 'generated/types')).sort();
  assert.equal(readdirSync('generated/types').sort(), names);
  assert.ok(names.includes('fleet.d.ts') && names.includes('cluster.d.ts') && names.includes('resolved.d.ts'));
  for (const name of names) assert.is(read('generated/types', name), read(fresh, 'generated/types', name), name);
  assert.is(read('docs/inventory.md'), read(fresh, 'docs/inventory.md'));
});

test('the compiler carries the text of every type file', () => {
  const names = readdirSync('generated/types')
    .map((name) => `generated/types/${name}`)
    .sort();
  assert.equal(Object.keys(typeTexts).sort(), names);
  for (const name of names) assert.is(typeTexts[name], read(name), name);
});

test('the validators need nothing at run time', () => {
  const code = read(fresh, 'scripts/schemas/validators.js');
  assert.not.match(code, /\brequire\s*\(|\bimport\b|\beval\b|new Function/);
  assert.equal(
    [...code.matchAll(/^export const (\w+)/gm)].map(([, name]) => name),
    ['fleet', 'remoteScrapeEdge', 'prometheusAgentEdge', 'thanosSidecarEdge', 'centralCluster'],
  );
});

test('the types ask for what the schemas require, and no more', () => {
  const types = read('generated/types/cluster.d.ts');
  const resolved = read('generated/types/resolved.d.ts');
  assert.match(types, "option: 'remote-scrape';");
  assert.match(types, "delivery?: 'push' | 'agent' | 'autonomous';");
  assert.match(resolved, "delivery: 'push' | 'agent' | 'autonomous';");
  assert.match(types, 'nodes: readonly Node[];');
  for (const name of [
    'Cluster',
    'EdgeCluster',
    'BaseCluster',
    'BaseEdge',
    'RemoteScrapeEdge',
    'PrometheusAgentEdge',
    'ThanosSidecarEdge',
    'CentralCluster',
    'Node',
  ])
    for (const text of [types, resolved]) assert.match(text, new RegExp(`export (type|interface) ${name}\\b`));
});

test('every field of the inventory says its meaning', () => {
  const rows = read('docs/inventory.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  assert.ok(rows.length > 60);
  const cells = (row: string) => row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  assert.equal(
    rows.filter((row) => cells(row).length !== 7),
    [],
  );
  assert.equal(
    rows.filter((row) => !cells(row)[5]?.endsWith('.')),
    [],
  );
});

test('the reference page says how a duration and a quantity are written, and each example is valid', () => {
  const page = read('docs/inventory.md');
  assert.match(page, /\| `network\.maxOffline` \|.* Such as `30m`, `6h` or `1d`\. \|/);
  assert.match(page, /\| `storage\.size` \|.* Such as `512Mi` or `20Gi`\. \|/);
  let found = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { pattern, examples = [] } = node as { readonly pattern?: string; readonly examples?: readonly string[] };
    for (const example of examples) assert.match(example, new RegExp(pattern ?? '^$'));
    found += examples.length;
    for (const inner of Object.values(node)) visit(inner);
  };
  for (const name of ['fleet', 'cluster']) visit(JSON.parse(read(`scripts/schemas/${name}.schema.json`)));
  assert.ok(found > 40);
});

test.run();
