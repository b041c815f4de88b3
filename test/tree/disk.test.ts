import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readOwned, write } from '../../scripts/tree/disk.ts';
import { driftOf } from '../../scripts/tree/ownership.ts';
import { plan } from '../../scripts/tree/plan.ts';
import { type FileTree, mark } from '../../scripts/tree/tree.ts';

const text = (value: string) => `# ${mark} from clusters/. DO NOT EDIT.\n${value}\n`;
const tree = (files: Record<string, string>): FileTree => new Map(Object.entries(files).map(([path, value]) => [path, text(value)]));

/** A repository in a folder of its own, gone when the body ends. */
function inRepository(body: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-disk-'));
  try {
    body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function put(root: string, files: FileTree): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

const entriesOf = (root: string) => (readdirSync(root, { recursive: true }) as string[]).map((path) => path.replaceAll('\\', '/')).sort();

function compile(root: string, wanted: FileTree) {
  const owned = readOwned(root);
  return write(root, owned, plan(wanted, owned.tree)).map(({ severity, span }) => `${severity} ${span?.file}`);
}

function check(root: string, wanted: FileTree) {
  const { tree: found, strays } = readOwned(root);
  return driftOf(plan(wanted, found), strays).map(({ path }) => path);
}

const before = tree({
  'base/parts/a/1/k.yaml': '1',
  'base/rings/stable/a/k.yaml': '1',
  'overlays/kr/a/k.yaml': '1',
  'overlays/kr/gone/k.yaml': '1',
  'generated/argocd/params/gone.yaml': '1',
});
const after = tree({
  'base/parts/a/2/k.yaml': '2',
  'base/rings/stable/a/k.yaml': '2',
  'overlays/kr/a/k.yaml': '2',
  'overlays/us/new/k.yaml': '2',
  'generated/argocd/params/new.yaml': '2',
});

test('a tree that was written is read as it is', () =>
  inRepository((root) => {
    const wanted = new Map([...before, ['base/unicode.yaml', text('é 漢 😀 \r\n\ttab')]]);
    assert.equal(compile(root, wanted), []);
    assert.equal(readOwned(root).tree, wanted);
    const paths = [...readOwned(root).tree.keys()];
    assert.equal(paths, paths.toSorted());
    assert.equal(readOwned(root).strays, []);
    assert.equal(check(root, wanted), []);
  }));

test('one tree becomes another, and folders that are empty then go', () =>
  inRepository((root) => {
    compile(root, before);
    assert.equal(compile(root, after), []);
    assert.equal(readOwned(root).tree, after);
    assert.not.ok(existsSync(join(root, 'overlays/kr/gone')));
    assert.not.ok(existsSync(join(root, 'base/parts/a/1')));
  }));

test('nothing but the owned folders is touched', () =>
  inRepository((root) => {
    put(
      root,
      new Map([
        ['README.md', 'x'],
        ['clusters/fleet.ts', 'x'],
        ['based/a', 'x'],
      ]),
    );
    mkdirSync(join(root, 'empty'));
    compile(root, before);
    compile(root, new Map());
    assert.equal(entriesOf(root), ['README.md', 'based', 'based/a', 'clusters', 'clusters/fleet.ts', 'empty']);
  }));

test('a file that does not differ is not written', () =>
  inRepository((root) => {
    compile(root, before);
    const times = () => [...before.keys()].map((path) => statSync(join(root, path)).ino);
    const first = times();
    compile(root, new Map([...before, ['base/new', text('')]]));
    assert.equal(times(), first);
  }));

test('a file of somebody else is kept, and its folder', () =>
  inRepository((root) => {
    compile(root, before);
    writeFileSync(join(root, 'overlays/kr/gone/notes.md'), 'mine');
    assert.equal(compile(root, after), ['warning overlays/kr/gone/notes.md']);
    assert.is(readFileSync(join(root, 'overlays/kr/gone/notes.md'), 'utf8'), 'mine');
    assert.equal(check(root, after), ['overlays/kr/gone/notes.md']);
  }));

test('a file of somebody else in the place of an output stops everything', () =>
  inRepository((root) => {
    compile(root, before);
    writeFileSync(join(root, 'overlays/kr/a/k.yaml'), 'mine');
    assert.equal(compile(root, after), ['error overlays/kr/a/k.yaml']);
    assert.equal(check(root, before), ['overlays/kr/a/k.yaml']);
    assert.is(readFileSync(join(root, 'overlays/kr/a/k.yaml'), 'utf8'), 'mine');
  }));

for (const [name, path] of [
  ['owned folder', 'overlays'],
  ['folder in one', 'overlays/kr'],
  ['file', 'overlays/kr/a/k.yaml'],
] as const)
  test(`a symbolic link in the place of an ${name} is not followed, neither to read nor to write`, () =>
    inRepository((root) => {
      put(
        root,
        new Map([
          ['elsewhere/kr/a/k.yaml', 'outside'],
          ['elsewhere/a/k.yaml', 'outside'],
        ]),
      );
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(path.endsWith('.yaml') ? join(root, 'elsewhere/a/k.yaml') : join(root, 'elsewhere'), join(root, path));
      assert.equal(readOwned(root), { tree: new Map(), strays: [{ path, kind: 'symlink' }] });
      const entries = entriesOf(root);
      assert.equal(compile(root, before), [`error ${path}`]);
      assert.equal(entriesOf(root), entries);
      assert.is(readFileSync(join(root, 'elsewhere/a/k.yaml'), 'utf8'), 'outside');
      assert.ok(check(root, before).includes(path));
    }));

test('a symbolic link beside the output is named and stays', () =>
  inRepository((root) => {
    compile(root, before);
    symlinkSync('.', join(root, 'base/loop'));
    assert.equal(compile(root, before), ['warning base/loop']);
    assert.equal(check(root, before), ['base/loop']);
  }));

test('a file that is not UTF-8 is named and stays', () =>
  inRepository((root) => {
    compile(root, before);
    writeFileSync(join(root, 'base/latin1'), Buffer.from([0x23, 0x20, 0xe9]));
    assert.equal(compile(root, before), ['warning base/latin1']);
    assert.equal(check(root, before), ['base/latin1']);
  }));

test('a file and a folder that cannot be read are named', () =>
  inRepository((root) => {
    compile(root, before);
    const paths = ['overlays/kr', 'base/parts/a/1/k.yaml'].map((path) => join(root, path));
    for (const path of paths) chmodSync(path, 0);
    // Whoever runs the tests as root can read them all the same.
    const isRoot = process.getuid?.() === 0;
    assert.equal(compile(root, before), isRoot ? [] : ['error base/parts/a/1/k.yaml', 'error overlays/kr']);
    for (const path of paths) chmodSync(path, 0o755);
  }));

test('a file becomes a folder only by hand', () =>
  inRepository((root) => {
    put(root, tree({ 'overlays/kr': '1' }));
    assert.equal(compile(root, before), ['error overlays/kr']);
    assert.equal(entriesOf(root), ['overlays', 'overlays/kr']);
  }));

test('what a stopped run left is drift, and the next run clears it up', () =>
  inRepository((root) => {
    compile(root, before);
    put(
      root,
      new Map([
        ['base/parts/b/k.yaml.fleetc-tmp', 'half'],
        ['overlays/kr/a/k.yaml.fleetc-tmp', ''],
      ]),
    );
    mkdirSync(join(root, 'base/empty/er'), { recursive: true });
    assert.equal(check(root, before), ['base/parts/b/k.yaml.fleetc-tmp', 'overlays/kr/a/k.yaml.fleetc-tmp']);
    assert.equal(compile(root, before), []);
    assert.equal(check(root, before), []);
    assert.not.ok(existsSync(join(root, 'base/parts/b')));
    assert.not.ok(existsSync(join(root, 'base/empty')));
  }));

test('a path that changes only its case is deleted before it is written', () =>
  inRepository((root) => {
    const [upper, lower] = [tree({ 'overlays/KR/a.yaml': '1' }), tree({ 'overlays/kr/a.yaml': '1' })];
    compile(root, upper);
    const { calls } = stopped(root, lower, Number.POSITIVE_INFINITY);
    assert.ok(calls.indexOf('rmSync overlays/KR/a.yaml') < calls.indexOf('renameSync overlays/kr/a.yaml.fleetc-tmp'));
    assert.equal([...readOwned(root).tree.keys()], ['overlays/kr/a.yaml']);
  }));

/** Compiles in a process of its own that is killed at its n-th change of the disk, in the midst of it if it writes. */
function stopped(root: string, wanted: FileTree, n: number) {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { relative } from 'node:path';
    let left = ${n === Number.POSITIVE_INFINITY ? 1e9 : n};
    const calls = [];
    for (const name of ['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync', 'rmdirSync']) {
      const real = fs[name];
      fs[name] = (path, ...args) => {
        calls.push(name + ' ' + relative(${JSON.stringify(root)}, path));
        if (left-- === 0) {
          if (name === 'writeFileSync') real(path, args[0].slice(0, args[0].length / 2));
          process.kill(process.pid, 'SIGKILL');
          for (;;);
        }
        return real(path, ...args);
      };
    }
    syncBuiltinESMExports();
    const { readOwned, write } = await import(${JSON.stringify(new URL('../../scripts/tree/disk.js', import.meta.url).href)});
    const { plan } = await import(${JSON.stringify(new URL('../../scripts/tree/plan.js', import.meta.url).href)});
    const owned = readOwned(${JSON.stringify(root)});
    write(${JSON.stringify(root)}, owned, plan(new Map(${JSON.stringify([...wanted])}), owned.tree));
    console.log(JSON.stringify(calls));
  `;
  const { stdout, stderr, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.is(stderr, '');
  return { killed: signal === 'SIGKILL', calls: (signal === null ? JSON.parse(stdout) : []) as string[] };
}

test('a kill at any moment leaves whole files and drift, and the next run completes the tree', () =>
  inRepository((root) => {
    compile(root, before);
    const { calls } = stopped(root, after, Number.POSITIVE_INFINITY);
    assert.equal(check(root, after), []);
    const lastDelete = calls.length - calls.filter((call) => call.startsWith('rmdirSync')).length;
    assert.ok(calls.length > 15);

    for (const n of calls.keys()) {
      rmSync(root, { recursive: true });
      mkdirSync(root);
      compile(root, before);
      assert.ok(stopped(root, after, n).killed);

      const { tree: found } = readOwned(root);
      for (const [path, content] of found) assert.ok([before.get(path), after.get(path)].includes(content), `${path} is not whole`);
      if (found.get('overlays/us/new/k.yaml') !== undefined) assert.is(found.get('base/rings/stable/a/k.yaml'), text('2'));
      if (found.get('base/rings/stable/a/k.yaml') === text('2')) assert.ok(found.has('base/parts/a/2/k.yaml'));
      if (!found.has('base/parts/a/1/k.yaml')) assert.not.ok(found.has('overlays/kr/gone/k.yaml'));
      if (n < lastDelete) assert.ok(check(root, after).length > 0, `no drift after ${n} changes`);

      assert.equal(compile(root, after), []);
      assert.equal(check(root, after), []);
      assert.equal(readOwned(root).strays, []);
    }
  }));

test.run();
