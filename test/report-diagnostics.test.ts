import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../scripts/diagnostic.ts';
import { formatGitHub, formatJson, formatText } from '../scripts/report-diagnostics.ts';

const text = `import type { EdgeCluster } from '../generated/types/cluster.d.ts';\n\nexport default {\n\trole: 'egde',\n};\n`;
const sources = new Map([['clusters/eu.ts', text]]);

const diagnostic: Diagnostic = {
  code: 'inventory/unknown-value',
  severity: 'error',
  message: '"egde" is no role',
  hint: 'Did you mean "edge"?',
  span: { file: 'clusters/eu.ts', line: 4, column: 8, length: 6 },
  related: [{ message: 'in this call', span: { file: 'clusters/eu.ts', line: 3, column: 1, length: 6 } }],
};
const placeless: Diagnostic = { code: 'inventory/no-central', severity: 'warning', message: 'the fleet has no central cluster' };

test('a diagnostic is one line, its hint and the other places', () => {
  assert.is(
    formatText([diagnostic, placeless], sources, { color: false, frames: false }),
    `clusters/eu.ts:4:8: error: "egde" is no role [inventory/unknown-value]
  Did you mean "edge"?
  clusters/eu.ts:3:1: in this call
warning: the fleet has no central cluster [inventory/no-central]
`,
  );
});

test('a code frame shows the line before, the line, and carets under the place', () => {
  assert.is(
    formatText([diagnostic], sources, { color: false, frames: true }),
    `clusters/eu.ts:4:8: error: "egde" is no role [inventory/unknown-value]
  3 | export default {
  4 |  role: 'egde',
    |        ^^^^^^
  Did you mean "edge"?
  clusters/eu.ts:3:1: in this call
    2 |
    3 | export default {
      | ^^^^^^
`,
  );
});

test('a frame of a long line is cut around the place', () => {
  const long = new Map([['clusters/eu.ts', `${'x'.repeat(500)}HERE${'y'.repeat(500)}`]]);
  const lines = formatText([{ ...placeless, span: { file: 'clusters/eu.ts', line: 1, column: 501, length: 4 } }], long, {
    color: false,
    frames: true,
  }).split('\n');
  const [shown = '', carets = ''] = lines.slice(1);
  assert.is(shown.length < 120, true);
  assert.is(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'HERE');
});

test('a file that is not there has no frame', () => {
  assert.is(formatText([diagnostic], new Map(), { color: false, frames: true }).includes('|'), false);
});

test('colours are there when asked for', () => {
  assert.ok(formatText([diagnostic], sources, { color: true, frames: false }).includes('\u001b[31merror'));
  assert.not.ok(formatText([diagnostic], sources, { color: false, frames: true }).includes('\u001b'));
});

test('nothing from an inventory reaches the terminal as a control character', () => {
  const trick = '\u001b[2J\r\n\u0007\u009b\u202e\u200b\u2028\ud800\u007f';
  const bad: Diagnostic = {
    ...diagnostic,
    message: trick,
    hint: trick,
    span: { file: `clusters/${trick}.ts`, line: 1, column: 1, length: 3 },
    related: [{ message: trick, span: { file: trick, line: 1, column: 1, length: 1 } }],
  };
  const shown = formatText(
    [bad],
    new Map([
      [`clusters/${trick}.ts`, trick],
      [trick, trick],
    ]),
    { color: false, frames: true },
  );
  assert.equal(shown.match(/[^\n\x20-\x7e]/gu), null);
  assert.ok(shown.includes('\\x1b[2J\\x0d\\x0a\\x07\\x9b\\u{202e}'));
  const github = formatGitHub([bad]);
  assert.equal(github.match(/[^\n\x20-\x7e]/gu), null);
  assert.is(github.split('\n').length, 2);
});

test('the carets follow what is shown of the text before them', () => {
  const odd = new Map([['clusters/eu.ts', `a\u0007b HERE`]]);
  const [, shown = '', carets = ''] = formatText([{ ...placeless, span: { file: 'clusters/eu.ts', line: 1, column: 5, length: 4 } }], odd, {
    color: false,
    frames: true,
  }).split('\n');
  assert.is(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'HERE');
});

test('GitHub gets a command a diagnostic, on one line', () => {
  assert.is(
    formatGitHub([{ ...diagnostic, message: '100% wrong: a,b' }, placeless]),
    `::error file=clusters/eu.ts,line=4,col=8,endColumn=14,title=inventory/unknown-value::100%25 wrong: a,b%0ADid you mean "edge"?%0Aclusters/eu.ts:3:1: in this call
::warning title=inventory/no-central::the fleet has no central cluster
`,
  );
  const odd = formatGitHub([{ ...placeless, span: { file: 'clusters/a,b:c%.ts', line: 1, column: 1, length: 1 } }]);
  assert.ok(odd.startsWith('::warning file=clusters/a%2Cb%3Ac%25.ts,line=1,'));
});

const ofCluster = (cluster: string, change: Partial<Diagnostic> = {}): Diagnostic => ({
  ...diagnostic,
  cluster,
  message: `"${cluster}" may be offline for 1d`,
  hint: `See fleetc recommend ${cluster}.`,
  ...change,
});
const plain = (diagnostics: readonly Diagnostic[]): string => formatText(diagnostics, sources, { color: false, frames: false });

test('what is the same of many clusters at one place is said once, to people and to GitHub; JSON keeps each', () => {
  const many = ['edge-1', 'edge-10', 'edge-2'].map((name) => ofCluster(name));
  assert.match(
    plain(many),
    /^clusters\/eu\.ts:4:8: error: "edge-1" and 2 more may be offline for 1d \[.*\n {2}See fleetc recommend edge-1\.\n/,
  );
  assert.is(plain(many).split('error:').length, 2);
  assert.is(formatGitHub(many).trimEnd().split('\n').length, 1);
  assert.match(formatGitHub(many), '"edge-1" and 2 more');
  assert.is(JSON.parse(formatJson(many)).length, 3);
});

test('another figure, another place or another way out is said apart', () => {
  for (const change of [
    { message: '"edge-2" may be offline for 2d' },
    { hint: 'Do something else.' },
    { severity: 'warning' },
    { code: 'other/code' },
    { span: { file: 'clusters/eu.ts', line: 3, column: 1, length: 6 } },
  ] as const)
    assert.is(plain([ofCluster('edge-1'), ofCluster('edge-2', change)]).match(/(error|warning):/g)?.length, 2, JSON.stringify(change));
});

test('errors are told first, then by place; a place that takes part, once', () => {
  const related = [...(diagnostic.related ?? []), { message: 'the option', span: { file: 'a.ts', line: 1, column: 1, length: 1 } }];
  const text = plain([
    { ...placeless, span: { file: 'clusters/a.ts', line: 1, column: 1, length: 1 } },
    { ...diagnostic, related: [...related, ...related] },
    { ...diagnostic, span: { file: 'clusters/b.ts', line: 1, column: 1, length: 1 } },
  ]);
  assert.equal(
    text
      .split('\n')
      .filter((line) => !line.startsWith('  '))
      .map((line) => line.split(': ').slice(0, 2).join(' ')),
    ['clusters/b.ts:1:1 error', 'clusters/eu.ts:4:8 error', 'clusters/a.ts:1:1 warning', ''],
  );
  assert.is(text.match(/a\.ts:1:1: the option/g)?.length, 1);
});

test('JSON is the diagnostics', () => {
  assert.equal(JSON.parse(formatJson([diagnostic, placeless])), [diagnostic, placeless]);
});

test.run();
