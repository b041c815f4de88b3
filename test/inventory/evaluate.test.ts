import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Path } from '../../scripts/inventory/values.ts';
import { codesOf, coveredText, evaluateText, loadWith } from './support.ts';

/** Prelude of every expression below, for us and for JavaScript. */
const prelude = `
const list = [3, 1, 2];
const words = ['a', 'bc', ''];
const object = { a: 1, 'b-c': [true, null], nested: { deep: 'x' } };
const absent = undefined;
const add = (a, b = 10, ...rest) => { const sum = a + b; return sum + rest.length; };
const pick = ({ a, nested: { deep, none = 'd' }, ...others }, [first, , third = 9]) => [a, deep, none, others, first, third];
`;

const expressions = [
  // literals
  `'a'`,
  `"\\u0041\\n"`,
  '`t`',
  '1_000',
  '0x1F',
  '1e3',
  '.5',
  'true',
  'null',
  '[]',
  '({})',
  '[[1], [2, [3]]]',
  `({ 'x-y': 1, 2: 3, [\`k\${1}\`]: 4 })`,
  // operators
  '1 + 2 * 3 - 4 / 8 % 3',
  '2 ** 3 ** 2',
  '-(1 + 1)',
  '+5',
  `'a' + 1`,
  `1 + 'a' + 'b'`,
  '1 < 2',
  `'a' < 'b'`,
  `'b' >= 'ba'`,
  '1 === 1',
  `'1' !== '2'`,
  '!0',
  '!!list',
  '0 || 5',
  '0 ?? 5',
  'absent ?? 5',
  `'' && 1`,
  '1 && 2',
  'null ?? absent ?? 3',
  'true ? 1 : 2',
  `'' ? 1 : 2`,
  'list === list',
  '[] === []',
  'absent === undefined',
  '10 / 4',
  '0.1 + 0.2',
  // templates
  '`${1}-${"a"}-${true}`',
  '`${list.length}`',
  // access
  'object.a',
  `object['b-c'][0]`,
  'object.nested.deep.length',
  'object.none',
  'object?.a',
  'absent?.a.b.c',
  'absent?.[0].x',
  'object.none?.()',
  'object.none?.a(1).b',
  'list[0]',
  'list[9]',
  `'abc'[1]`,
  'list.length',
  `words['length']`,
  // spread
  '[...list, ...words]',
  '({ ...object, a: 2 })',
  '({ ...null, ...undefined, ...false, b: 1 })',
  '({ a: 5, ...object })',
  // calls
  'add(1)',
  'add(1, 2)',
  'add(1, 2, 3, 4)',
  'add(...list)',
  'add(1, undefined)',
  'pick(object, list)',
  '((x) => ({ x }))(1)',
  '((...xs) => xs)(1, 2)',
  '(({ a } = { a: 7 }) => a)()',
  '(([[x]]) => x)([[4]])',
  '((n) => ((m) => n + m))(1)(2)',
  // lists
  'list.map((x) => x * 2)',
  'list.map((x, i) => x * i)',
  'list.filter((x) => x > 1)',
  'list.filter((_, i) => i)',
  'list.flatMap((x) => [x, [x]])',
  'list.concat(4, [5, [6]])',
  'list.includes(2)',
  'list.includes(7)',
  `list.join('-')`,
  'list.join()',
  `[1, null, undefined, 'x'].join('')`,
  'list.slice(1)',
  'list.slice(-2, -1)',
  'list.slice()',
  'list.map(String)',
  `['1', '2.5'].map(Number)`,
  'Array.from({ length: 3 }, (_, i) => i * i)',
  'Array.from({ length: 0 }, (_, i) => i)',
  // objects
  'Object.keys(object)',
  'Object.values(object)',
  'Object.entries(object)',
  'Object.keys({ b: 1, 10: 2, a: 3, 9: 4 })',
  'Object.fromEntries(list.map((x) => [`k${x}`, x]))',
  'Object.fromEntries(Object.entries(object).filter(([key]) => key !== "a"))',
  'Object.entries({ a: 1 }).map(([k, v]) => k + v)',
  // texts
  `'aB'.toUpperCase()`,
  `'aB'.toLowerCase()`,
  `'7'.padStart(3, '0')`,
  `'7'.padStart(3)`,
  `'7'.padEnd(3, 'ab')`,
  `'7'.padStart(0)`,
  `'abc'.slice(1)`,
  `'abc'.slice(-2, -1)`,
  `'abc'.substring(2, 0)`,
  `'a,b,c'.split(',')`,
  `'abc'.split('')`,
  `'a,b'.split(',', 1)`,
  `' x '.trim()`,
  `' x '.trimStart()`,
  `' x '.trimEnd()`,
  `'abc'.startsWith('b', 1)`,
  `'abc'.endsWith('c')`,
  `'abc'.includes('d')`,
  `'a.b.c'.replaceAll('.', '-')`,
  `'ab'.replaceAll('', '-')`,
  `'ab'.repeat(3)`,
  `'ab'.repeat(0)`,
  `'a'.concat('b', 'c')`,
  `'abc'.at(-1)`,
  `'abc'.at(9)`,
  `'abc'.charAt(1)`,
  `'abcb'.indexOf('b')`,
  `'abcb'.indexOf('b', 2)`,
  `'abcb'.lastIndexOf('b')`,
  `'ABC'.toLowerCase().split('').map((c) => c + c).join('')`,
  'String(1)',
  'String(true)',
  `String('x')`,
  `Number('12')`,
  `Number(' 1e2 ')`,
  'Number(true)',
];

for (const expression of expressions)
  test(`it is what JavaScript makes of it: ${expression}`, () => {
    const { value, codes } = evaluateText(`${prelude}export default ${expression};`);
    // The oracle runs what this file wrote, nothing else.
    const expected: unknown = runInThisContext(`(() => {${prelude}return ${expression};})()`);
    assert.equal(codes, []);
    assert.equal(value, expected);
  });

test('types are as if they were not there', () => {
  const { value, codes } = evaluateText(`
    import type { EdgeCluster } from '../generated/types/cluster.d.ts';
    import { type Fleet } from '../generated/types/fleet.d.ts';
    interface Size { readonly big: boolean }
    type Names = readonly string[];
    export type { Size };
    const names = ['a', 'b'] as const satisfies Names;
    function first<T>(list: readonly T[], size?: Size): T { return list[0]! as T; }
    export default { name: first<string>(names), sizes: ({ big: true } satisfies Size) } satisfies Partial<EdgeCluster>;
  `);
  assert.equal(codes, []);
  assert.equal(value, { name: 'a', sizes: { big: true } });
});

test('files import values, defaults and whole files from each other', () => {
  const { value, codes } = evaluateText(
    `import main, { port as p, twice } from './_shared.ts';
     import * as shared from './_shared.js';
     import { deep } from './sub/_deep';
     export default [main, p, twice(4), shared.port, shared.twice(1), deep];`,
    {
      'clusters/_shared.ts': `export const port = 9100; export function twice(n) { return n * 2; } const main = 'm'; export { main as default };`,
      'clusters/sub/_deep.ts': `export { port as deep } from '../_shared.ts';`,
    },
  );
  assert.equal(codes, []);
  assert.equal(value, ['m', 9100, 8, 9100, 2, 9100]);
});

test('functions may use what is declared after them, constants may not', () => {
  assert.equal(evaluateText('const f = () => later; const later = 1; export default f();').value, 1);
  assert.equal(evaluateText('export default g(); function g() { return 2; }').value, 2);
  assert.equal(evaluateText('const early = later; const later = 1; export default early;').codes, ['1:15 inventory/unknown-name']);
});

test('only the branch that is taken is evaluated', () => {
  assert.equal(evaluateText('export default true ? 1 : missing;').value, 1);
  assert.equal(evaluateText('export default false && missing;').value, false);
  assert.equal(evaluateText('export default ({ x: 1 }).x ?? missing;').value, 1);
});

const complaints: readonly (readonly [text: string, ...codes: string[]])[] = [
  ['export default missing;', '1:16 inventory/unknown-name'],
  ['export default process.env.HOME;', '1:16 inventory/not-static'],
  ['export default Object.assign({}, {});', '1:16 inventory/not-static'],
  ['export default [1].reduce((a) => a);', '1:20 inventory/not-static'],
  [`export default 'a'.normalize();`, '1:20 inventory/not-static'],
  [`export default 'a'.replaceAll('a', '$&');`, '1:16 inventory/not-static'],
  ['export default ({}).a.b;', '1:23 inventory/wrong-type'],
  ['export default 1 + [];', '1:16 inventory/wrong-type'],
  ['export default `${undefined}`;', '1:19 inventory/wrong-type'],
  ['export default 1 / 0;', '1:16 inventory/wrong-type'],
  [`export default Number('x');`, '1:16 inventory/wrong-type'],
  ['export default [...{}];', '1:17 inventory/wrong-type'],
  ['export default { ...[] };', '1:18 inventory/wrong-type'],
  ['export default (1)();', '1:16 inventory/wrong-type'],
  ['const [a] = { b: 1 }; export default a;', '1:7 inventory/wrong-type'],
  ['export default { a: 1, b: 2, a: 3 };', '1:30 inventory/duplicate-key'],
  ['export default { a: 1, ["a"]: 3 };', '1:24 inventory/duplicate-key'],
  ['const a = 1; const a = 2; export default a;', '1:20 inventory/duplicate-name'],
  ['export default 1; export default 2;', '1:19 inventory/duplicate-name'],
  ['const x = 1;', '1:1 inventory/no-default-export'],
  [`import { a } from 'node:fs'; export default a;`, '1:19 inventory/import'],
  [`import { a } from '../scripts/cli.ts'; export default a;`, '1:19 inventory/import'],
  [`import { a } from './../../etc/passwd.ts'; export default a;`, '1:19 inventory/import'],
  [`import { a } from './_none.ts'; export default a;`, '1:19 inventory/missing-file'],
  [`import { a } from './x.ts'; export default a;`, '1:19 inventory/import-cycle'],
  [`import './_shared.ts'; export default 1;`, '1:1 inventory/not-static'],
  ['export default ({}).__proto__;', '1:21 inventory/reserved-key'],
  [`export default ({})['constructor'];`, '1:21 inventory/reserved-key'],
  ['export default { __proto__: {} };', '1:18 inventory/reserved-key'],
  [`export default Object.fromEntries([['__proto__', 1]]);`, '1:16 inventory/reserved-key'],
  ['const { constructor } = {}; export default constructor;', '1:9 inventory/reserved-key'],
  ['export default { a: 1', '1:22 inventory/syntax'],
  ['const = 1; export default [1; 2];', '1:7 inventory/syntax', '1:9 inventory/syntax', '1:29 inventory/syntax'],
];

for (const [text, ...codes] of complaints) test(`it is refused at the place: ${text}`, () => assert.equal(evaluateText(text).codes, codes));

test('all mistakes of a file are found in one run, and one mistake is told once', () => {
  const { codes } = evaluateText(`
const bad = missing;
const f = (x) => ({ x, y: process.pid });
export default [bad, bad, f(1), f(2), new Date(), { z: eval('1') }];`);
  assert.equal(codes, [
    '4:39 inventory/not-static',
    '2:13 inventory/unknown-name',
    '3:27 inventory/not-static',
    '4:56 inventory/not-static',
  ]);
});

test('an import cycle and a missing export are told with a suggestion', () => {
  const { diagnostics } = evaluateText(
    `import { prot } from './_shared.ts'; import * as s from './_shared.ts'; export default [prot, s.pot];`,
    {
      'clusters/_shared.ts': 'export const port = 1;',
    },
  );
  assert.equal(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [
      ['inventory/missing-export', 'Did you mean "port"?'],
      ['inventory/missing-export', 'Did you mean "port"?'],
    ],
  );
});

test('a value keeps the place of its literal and the calls that it came through', () => {
  const files = {
    'clusters/_make.ts': `export const edge = (name, address) => ({ name, role: 'edge', region: 'kr', option: 'remote-scrpe', nodes: [{ name: 'n', address }] });\n`,
    'clusters/edge-1.ts': `import { edge } from './_make.ts';\nexport default [edge('a', '10.0.0.1'), edge('b', 'x')];\n`,
  };
  const { diagnostics } = loadWith(files);
  assert.equal(
    diagnostics.map(({ span, related }) => [span, ...(related ?? [])]),
    [
      [
        { file: 'clusters/_make.ts', line: 1, column: 85, length: 14 },
        { message: 'in this call', span: { file: 'clusters/edge-1.ts', line: 2, column: 17, length: 21 } },
      ],
    ],
  );
  const mended = loadWith({ ...files, 'clusters/_make.ts': files['clusters/_make.ts'].replace('scrpe', 'scrape') });
  assert.equal(codesOf(mended), ['clusters/edge-1.ts:2:50 inventory/invalid-value']);
  assert.equal(mended.diagnostics[0]?.related?.[0]?.message, 'used here');
});

test('the span of a value of many lines ends with its first line', () => {
  for (const end of ['\n', '\r\n']) {
    const { diagnostics } = evaluateText(`export default ({${end}  a: 1,${end}}).a.b.c;${end}export const x = [${end}1, missing${end}];`);
    assert.equal(
      diagnostics.map(({ span }) => [span?.line, span?.column, span?.length]),
      [
        [3, 6, 1],
        [5, 4, 7],
      ],
    );
    const whole = evaluateText(`export default {${end}  a: 1,${end}} + {${end}};`);
    assert.is(whole.diagnostics[0]?.span?.length, 1);
  }
});

test('clusters that map makes are told apart by their items', () => {
  const { diagnostics } = loadWith({
    'clusters/edge-1.ts': `const names = ['a', 'b'];\nexport default names.map((name) => ({ name, role: 'edge', region: 'nowhere', option: 'prometheus-agent', nodes: [{ name, address: '10.0.0.' + (names.slice(0, 1).includes(name) ? 1 : 2) }] }));\n`,
  });
  assert.equal(
    diagnostics.map(({ code, related }) => [code, related?.[0]]),
    ["'a'", "'b'"].map((_, i) => [
      'inventory/unknown-region',
      { message: 'for this item', span: { file: 'clusters/edge-1.ts', line: 1, column: 16 + i * 5, length: 3 } },
    ]),
  );
});

// Properties

const seed = 20240229;

/** Any value that JSON can hold, without the keys that are refused. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 6 }).filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key)),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

/** The value as TypeScript, one leaf a line, and the text of each leaf. */
function print(value: unknown, path: Path, leaves: (readonly [Path, string])[]): string {
  if (Array.isArray(value)) return `[\n${value.map((item, i) => `${print(item, [...path, i], leaves)},\n`).join('')}]`;
  if (value !== null && typeof value === 'object')
    return `{\n${Object.entries(value)
      .map(([key, field]) => `${JSON.stringify(key)}: ${print(field, [...path, key], leaves)},\n`)
      .join('')}}`;
  const text = Object.is(value, -0) ? '-0' : JSON.stringify(value);
  leaves.push([path, text]);
  return text;
}

test('a printed value evaluates to itself, and the place of every leaf covers its text', () => {
  fc.assert(
    fc.property(json, (value) => {
      const leaves: (readonly [Path, string])[] = [];
      const text = `export default ${print(value, [], leaves)};`;
      const { value: back, evaluated, codes } = evaluateText(text);
      assert.equal(codes, []);
      assert.equal(JSON.stringify(back), JSON.stringify(value));
      for (const [path, leaf] of leaves) assert.is(evaluated && coveredText(evaluated, path, text), leaf);
    }),
    { seed, numRuns: 150 },
  );
});

const tokens =
  'export default const import from type as satisfies function return => ( ) [ ] { } , ; : . ... ?. ?? || && === ! + - * / % ** < > ? = a b x "s" `t` `${ }` 1 0 null true undefined let var class new await async get set delete for if this process eval Object Array from length map filter join __proto__ constructor /x/ @ # \\ \u0000 \ud800'.split(
    ' ',
  );

test('no soup of tokens makes it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 40 }), (soup) => {
      const text = soup.join(' ');
      for (const source of [text, `export default ${text}`, `const a = 1; const b = { x: [a] }; export default [${text}];`])
        evaluateText(source);
    }),
    { seed, numRuns: 400 },
  );
});

test('an expression of numbers, texts and conditions is what JavaScript makes of it', () => {
  const { number, text } = fc.letrec<{ number: string; text: string; flag: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 99 }).map(String),
      fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      tie('text').map((a) => `${a}.length`),
      fc.tuple(tie('flag'), tie('number'), tie('number')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    ),
    text: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(`'a'`, `'Bc'`, `''`, '`d`'),
      fc.tuple(tie('text'), tie('number')).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie('text'), tie('number')).map(([a, b]) => `\`\${${a}}-\${${b}}\``),
      tie('text').map((a) => `${a}.toUpperCase()`),
      fc.tuple(tie('text'), fc.integer({ min: -3, max: 3 })).map(([a, n]) => `${a}.slice(${n})`),
      fc.tuple(tie('text'), tie('text')).map(([a, b]) => `[${a}, ${b}].map((x, i) => x + i).join('|')`),
    ),
    flag: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('true', 'false'),
      fc
        .tuple(tie('number'), fc.constantFrom('<', '<=', '===', '!==', '>'), tie('number'))
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      fc.tuple(tie('text'), tie('text')).map(([a, b]) => `${a}.startsWith(${b})`),
      fc.tuple(tie('flag'), fc.constantFrom('&&', '||'), tie('flag')).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      tie('flag').map((a) => `!${a}`),
    ),
  }));
  fc.assert(
    fc.property(fc.oneof(number, text), (expression) => {
      const { value, codes } = evaluateText(`export default ${expression};`);
      assert.equal(codes, []);
      // The oracle runs what this test generated, nothing else.
      assert.is(value, runInThisContext(expression));
    }),
    { seed, numRuns: 300 },
  );
});

test.run();
