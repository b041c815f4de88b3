import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explained } from './readiness.ts';

const stack = ['', 'goroutine 1 [running]:', 'main.main()', '\tgithub.com/x/y/main.go:12 +0x1d', 'created by main', '\tmain.go:9', 'exit'];

const first = (...lines: readonly string[]): string | undefined => explained(`${lines.join('\n')}\n`).split('\n')[0];

for (const [what, lines, cause] of [
  ['a panic', ['ts=1 caller=a.go:1 level=error err=late', 'panic: no bucket', ...stack], 'panic: no bucket'],
  ['a fatal error', ['fatal error: out of memory', ...stack], 'fatal error: out of memory'],
  [
    "Thanos' own error",
    ['ts=1 caller=a.go:1 level=info', 'ts=2 caller=b.go:2 level=error err="no"', ...stack],
    'ts=2 caller=b.go:2 level=error err="no"',
  ],
  ["Prometheus' own error", ['time=1 level=ERROR source=a.go:1 msg="no"', ...stack], 'time=1 level=ERROR source=a.go:1 msg="no"'],
  ['a wrong flag', ['prometheus: error: unknown long flag', ...stack], 'prometheus: error: unknown long flag'],
  ['an error of Kubernetes', ['I1123 1 a.go:1] "starts"', 'E1123 1 a.go:2] "no"', ...stack], 'E1123 1 a.go:2] "no"'],
  ['where it was', ['ts=1 caller=a.go:1 level=info', ...stack], 'ts=1 caller=a.go:1 level=info'],
] as const)
  test(`the cause comes first: ${what}`, () => assert.is(first(...lines), cause));

test('a log without a cause is its last lines, each line is there once, and none too long', () => {
  assert.is(explained('1\n2\n3\n4\n5\n6\n'), '2\n3\n4\n5\n6');
  assert.is(explained('a\nlevel=error b\nc\n'), 'level=error b\na\nc');
  assert.is(explained('x'.repeat(1000)).length, 400);
  assert.is(explained(''), '');
});

test.run();
