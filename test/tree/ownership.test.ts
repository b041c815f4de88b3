import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { admit, driftOf, foldersOf, type Stray } from '../../scripts/tree/ownership.ts';
import { plan } from '../../scripts/tree/plan.ts';
import { mark } from '../../scripts/tree/tree.ts';

const ours = `# ${mark} from clusters/. DO NOT EDIT.\na: 1\n`;
const tree = (files: Record<string, string>) => new Map(Object.entries(files));

/** The answer for a tree that is wanted and what is found on disk: paths that may be changed, then `severity path` of each complaint. */
function admitted(wanted: Record<string, string>, found: Record<string, string>, strays: Stray[] = []) {
  const { changes, diagnostics } = admit(plan(tree(wanted), tree(found)), { tree: tree(found), strays });
  assert.ok(diagnostics.every(({ code }) => code === 'tree/foreign-file'));
  return [...changes.map(({ kind, path }) => `${kind} ${path}`), ...diagnostics.map(({ severity, span }) => `${severity} ${span?.file}`)];
}

test('what fleetc wrote may be changed and deleted', () =>
  assert.equal(admitted({ 'base/a': ours, 'base/b': ours }, { 'base/a': `${ours}b: 2\n`, 'base/c': ours }), [
    'update base/a',
    'create base/b',
    'delete base/c',
  ]));
test('a file of somebody else stays, with a warning', () =>
  assert.equal(admitted({ 'base/a': ours }, { 'base/README.md': '# Bases\n' }), ['create base/a', 'warning base/README.md']));
test('a file of somebody else is never overwritten', () =>
  assert.equal(admitted({ 'base/a': ours }, { 'base/a': 'a: 1\n' }), ['update base/a', 'error base/a']));
test('the mark counts in the first line only', () => assert.equal(admitted({}, { 'base/a': `a: 1\n# ${mark}\n` }), ['warning base/a']));
test('the mark counts in the comments of other languages', () =>
  assert.equal(admitted({}, { 'base/a.ts': `// ${mark}`, 'base/b.ts': `/* ${mark} */\n` }), ['delete base/a.ts', 'delete base/b.ts']));
test('a file where a folder has to be is an error, even one that fleetc wrote', () =>
  assert.equal(admitted({ 'overlays/kr/a/k.yaml': ours }, { 'overlays/kr': ours }).at(-1), 'error overlays/kr'));
test('a folder where a file has to be is an error', () =>
  assert.equal(admitted({ 'overlays/kr': ours }, { 'overlays/kr/a': ours }).at(-1), 'error overlays/kr/a'));
test('an owned folder that is a file is an error', () =>
  assert.equal(admitted({ 'overlays/kr/a': ours }, { overlays: 'x' }).at(-1), 'error overlays'));
for (const kind of ['symlink', 'special', 'unreadable', 'not-utf-8'] as const) {
  test(`${kind}: a warning where nothing is written`, () =>
    assert.equal(admitted({ 'base/a': ours }, {}, [{ path: 'base/b', kind }]), ['create base/a', 'warning base/b']));
  test(`${kind}: an error in the place of a file`, () =>
    assert.equal(admitted({ 'base/a': ours }, {}, [{ path: 'base/a', kind }]), ['create base/a', 'error base/a']));
  test(`${kind}: an error in the place of a folder`, () =>
    assert.equal(admitted({ 'base/a/b': ours }, {}, [{ path: 'base', kind }]), ['create base/a/b', 'error base']));
}
test('what a stopped run left, and empty folders, are nobody else`s', () =>
  assert.equal(
    admitted({}, {}, [
      { path: 'base/a.fleetc-tmp', kind: 'leftover' },
      { path: 'base/b', kind: 'empty-folder' },
    ]),
    [],
  ));

test('every difference is drift and says why, but not an empty folder', () => {
  const strays: Stray[] = (['symlink', 'special', 'unreadable', 'not-utf-8', 'leftover', 'empty-folder'] as const).map((kind) => ({
    path: `base/x-${kind}`,
    kind,
  }));
  const changes = plan(tree({ 'base/a': ours, 'base/b': ours }), tree({ 'base/b': `${ours}#`, 'base/c': ours, 'base/d': 'theirs' }));
  assert.equal(
    driftOf(changes, strays).map(({ path, why }) => `${path} ${why}`),
    [
      'base/a is missing',
      'base/b differs from what fleetc compiles',
      'base/c is no longer compiled from the inventory',
      'base/d was not written by fleetc',
      'base/x-leftover is left by a compile that was stopped',
      'base/x-not-utf-8 is not UTF-8 text',
      'base/x-special is no regular file',
      'base/x-symlink is a symbolic link',
      'base/x-unreadable cannot be read',
    ],
  );
});

test('the folders of a path come outermost first', () => assert.equal(foldersOf('a/b/c'), ['a', 'a/b']));

test.run();
