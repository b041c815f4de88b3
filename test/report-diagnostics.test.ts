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

test('JSON is the diagnostics', () => {
  assert.equal(JSON.parse(formatJson([diagnostic, placeless])), [diagnostic, placeless]);
});

test.run();
