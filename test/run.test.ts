import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const runner = fileURLToPath(new URL('run.js', import.meta.url));
const uvu = "import { test } from 'uvu';\n";
const good = `${uvu}test('a', () => {});\ntest('b', () => {});\ntest.run();\n`;
/** In two pieces, as the runner looks for it in this file too. */
const only = `${uvu}test('a', () => {});\ntest.${'only'}('b', () => {});\ntest.run();\n`;

/** Runs the runner on test files, each with the same text as source and as compiled file unless said. */
function run(
  files: Readonly<Record<string, string>>,
  { args = [], only = {} }: { args?: readonly string[]; only?: Readonly<Record<string, string>> } = {},
) {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-run-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    write('package.json', '{ "type": "module" }');
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    mkdirSync(join(root, 'out/test'), { recursive: true });
    copyFileSync(runner, join(root, 'out/test/run.js'));
    for (const [name, text] of Object.entries(files)) {
      write(`test/${name}.test.ts`, text);
      write(`out/test/${name}.test.js`, text);
    }
    for (const [path, text] of Object.entries(only)) write(path, text);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['out/test/run.js', ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { lines: stdout.trimEnd().split('\n'), last: stdout.trimEnd().split('\n').at(-1), stdout, stderr, status };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('tests that pass are counted over all files, and say nothing', () => {
  const { lines, status, stderr } = run({ a: good, 'deep/er/b': good });
  assert.equal(lines, ['4 passed, 0 failed']);
  assert.is(stderr, '');
  assert.is(status, 0);
});

test('a failing test is printed in full and counted, beside those that pass', () => {
  const { stdout, last, status } = run({
    a: good,
    b: `${uvu}test('x', () => {});\ntest('y', () => { throw new Error('the reason'); });\ntest.run();\n`,
  });
  assert.match(stdout, 'FAILED b');
  assert.match(stdout, 'the reason');
  assert.is(last, '3 passed, 1 failed');
  assert.is(status, 1);
});

test('a long output of a failing file is printed to its end', () => {
  const { stdout } = run({
    a: `${uvu}test('a', () => { for (let i = 0; i < 20000; i += 1) console.log('line', i, 'x'.repeat(80)); throw new Error(); });\ntest.run();\n`,
  });
  for (const i of [0, 10_000, 19_999]) assert.match(stdout, `line ${i} x`);
});

test('what passes prints nothing but lines that start with `not run:`', () => {
  const { lines } = run({
    a: `${uvu}console.log('noise');\nconsole.log('not run: no kustomize');\nconsole.error('more noise');\ntest('a', () => {});\ntest.run();\n`,
  });
  assert.equal(lines, ['a: not run: no kustomize', '1 passed, 0 failed']);
});

test('skipped tests are counted', () => {
  const { last, status } = run({ a: `${uvu}test('a', () => {});\ntest.skip('b', () => {});\ntest.run();\n` });
  assert.is(last, '1 passed, 0 failed, 1 skipped');
  assert.is(status, 0);
});

const traps: readonly [name: string, text: string, says: RegExp, last: string][] = [
  [
    'a file without test.run()',
    `${uvu}test('a', () => { throw new Error(); });\n`,
    /FAILED trap: printed no summary/,
    '2 passed, 1 failed',
  ],
  ['a file without a test', `${uvu}test.run();\n`, /FAILED trap: holds no test/, '2 passed, 1 failed'],
  ['a test marked as the only one', only, /FAILED trap: marks a test as the only one/, '3 passed, 1 failed, 1 skipped'],
  ['a file that does not load', "import './absent.js';\n", /FAILED trap: ended with exit code 1/, '2 passed, 1 failed'],
  [
    'a test that never ends',
    `${uvu}test('a', () => new Promise(() => {}));\ntest.run();\n`,
    /FAILED trap: ended with exit code 1/,
    '2 passed, 1 failed',
  ],
  [
    'a file that hangs',
    `${uvu}test('a', () => new Promise(() => setInterval(() => {}, 1000)));\ntest.run();\n`,
    /FAILED trap: did not end within 2 s/,
    '2 passed, 1 failed',
  ],
  [
    'a loop without end',
    `${uvu}test('a', () => { for (;;); });\ntest.run();\n`,
    /FAILED trap: did not end within 2 s/,
    '2 passed, 1 failed',
  ],
  [
    'an exit code without a failed test',
    `${good}process.on('exit', () => { process.exitCode = 3; });\n`,
    /FAILED trap: ended with exit code 3/,
    '4 passed, 1 failed',
  ],
  ['an exit before the tests', `${good}process.exit(0);\n`, /FAILED trap: printed no summary/, '2 passed, 1 failed'],
];
for (const [name, text, says, last] of traps)
  test(`fails: ${name}`, () => {
    const result = run({ good, trap: text }, { args: ['--time-limit', '2'] });
    assert.match(result.stdout, says);
    assert.is(result.last, last);
    assert.is(result.status, 1);
  });

test('fails: a source that is not compiled', () => {
  const { stdout, last, status } = run({ good }, { only: { 'test/new.test.ts': good } });
  assert.match(stdout, 'FAILED new: is not compiled');
  assert.is(last, '2 passed, 1 failed');
  assert.is(status, 1);
});

test('a compiled file without a source is named and not run', () => {
  const { lines, status } = run({ good }, { only: { 'out/test/gone.test.js': 'process.exit(1);\n' } });
  assert.match(lines[0] ?? '', /^stale: .*gone\.test\.js/);
  assert.equal(lines.slice(1), ['2 passed, 0 failed']);
  assert.is(status, 0);
});

test('arguments choose files by a part of their path, and one that chooses none fails', () => {
  const files = { 'x/a': good, 'x/b': good, 'y/c': good };
  assert.is(run(files, { args: ['test/x/'] }).last, '4 passed, 0 failed');
  assert.is(run(files, { args: ['b.test', 'c.test'] }).last, '4 passed, 0 failed');
  const { last, status } = run(files, { args: ['absent'] });
  assert.is(last, '0 passed, 1 failed');
  assert.is(status, 1);
});

test('a process that a test left behind does not hold the run up', () => {
  const leaves = `${uvu}import { spawn } from 'node:child_process';\ntest('a', () => { spawn('sleep', ['5'], { stdio: 'inherit', detached: true }).unref(); });\ntest.run();\n`;
  const start = performance.now();
  assert.is(run({ a: leaves }).last, '1 passed, 0 failed');
  assert.ok(performance.now() - start < 4_000);
});

test.run();
