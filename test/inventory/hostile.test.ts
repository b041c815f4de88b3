import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluateText, loadWith } from './support.ts';

const chain = (count: number, next: (i: number) => string): string => Array.from({ length: count }, (_, i) => next(i)).join('\n');
const many = 'const many = Array.from({ length: 90_000 }, (_, i) => i);';
const long = `const long = 'x'.repeat(65_000);`;

/** Each ends in this diagnostic, and in nothing else that it could do. */
const cases: readonly (readonly [what: string, text: string, code: string])[] = [
  ['recursion without end', 'const f = (n) => f(n + 1); export default f(0);', 'inventory/limit'],
  ['recursion of two functions', 'function f(n) { return g(n); } function g(n) { return f(n); } export default f(1);', 'inventory/limit'],
  ['recursion that branches', 'const f = (n) => (n === 0 ? 1 : f(n - 1) + f(n - 1)); export default f(150);', 'inventory/limit'],
  [
    'calls within deep expressions',
    `const f = (n) => (n === 0 ? 0 : ${'('.repeat(80)}f(n - 1)${')'.repeat(80)}); export default f(180);`,
    'inventory/limit',
  ],
  [
    'a chain of functions',
    `const f0 = (x) => x; ${chain(250, (i) => `const f${i + 1} = (x) => f${i}(x);`)} export default f250(1);`,
    'inventory/limit',
  ],
  ['a list of ten million', 'export default Array.from({ length: 10_000_000 }, (_, i) => i);', 'inventory/limit'],
  [
    'a text that doubles',
    `const t0 = 'xx'; ${chain(60, (i) => `const t${i + 1} = t${i} + t${i};`)} export default t60;`,
    'inventory/limit',
  ],
  ['a text that is repeated', `export default 'x'.repeat(2_000_000_000);`, 'inventory/limit'],
  ['a text that is padded', `export default 'x'.padStart(2_000_000_000, 'y');`, 'inventory/limit'],
  ['a text that is replaced', `${long} export default long.replaceAll('x', long);`, 'inventory/limit'],
  ['a text that is joined', `${long} export default [long, long].join();`, 'inventory/limit'],
  ['a list of long texts that is joined', `${long} ${many} export default many.map(() => long).join();`, 'inventory/limit'],
  ['a text that is concatenated', `${long} export default long.concat(long);`, 'inventory/limit'],
  ['a template that grows', `${long} export default \`\${long}\${long}\`;`, 'inventory/limit'],
  [
    'a list that doubles',
    `const l0 = [1]; ${chain(60, (i) => `const l${i + 1} = [...l${i}, ...l${i}];`)} export default l60;`,
    'inventory/limit',
  ],
  [
    'a list that is concatenated',
    `const l0 = [1]; ${chain(60, (i) => `const l${i + 1} = l${i}.concat(l${i});`)} export default l60;`,
    'inventory/limit',
  ],
  [
    'lists that hold each other',
    `const l0 = [1]; ${chain(40, (i) => `const l${i + 1} = [l${i}, l${i}];`)} export default { name: 'x', role: 'edge', labels: l40 };`,
    'inventory/limit',
  ],
  [
    'a value of many levels',
    `const l0 = [1]; ${chain(4000, (i) => `const l${i + 1} = [l${i}];`)} export default l4000;`,
    'inventory/limit',
  ],
  ['loops within loops', `${many} export default many.map((a) => many.map((b) => a + b));`, 'inventory/limit'],
  ['long texts compared often', `${long} ${many} export default many.map(() => long.includes('xxxxxxxxxxxxy'));`, 'inventory/limit'],
  ['long texts split often', `${long} ${many} export default many.map(() => long.split(''));`, 'inventory/limit'],
  [
    'objects copied often',
    `const o = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => ['k' + i, i])); ${many} export default many.map(() => ({ ...o }));`,
    'inventory/limit',
  ],
  ['an object of many fields', `${many} export default Object.fromEntries(many.map((i) => [i, i]));`, 'inventory/limit'],
  ['arguments copied often', `${many} const f = (...xs) => xs; export default many.map(() => f(...many));`, 'inventory/limit'],
  ['too many clusters', 'export default Array.from({ length: 30_000 }, (_, i) => ({ name: `c${i}` }));', 'inventory/limit'],
  ['open brackets', `export default ${'['.repeat(300_000)}`, 'inventory/limit'],
  ['nested brackets', `export default ${'['.repeat(3000)}${']'.repeat(3000)};`, 'inventory/limit'],
  ['nested templates', `export default ${'`${'.repeat(3000)}1${'}`'.repeat(3000)};`, 'inventory/limit'],
  ['a sum without end', `export default ${'1+'.repeat(300_000)}1;`, 'inventory/limit'],
  ['conditions without end', `export default ${'1?1:'.repeat(100_000)}1;`, 'inventory/limit'],
  ['types without end', `const x: ${'Array<'.repeat(100_000)}x = 1; export default x;`, 'inventory/limit'],
  ['noise', '@ # '.repeat(100_000), 'inventory/syntax'],
  ['process', 'export default { name: process.exit(1) };', 'inventory/not-static'],
  ['require', `export default require('node:fs').readFileSync('/etc/passwd');`, 'inventory/not-static'],
  ['a dynamic import', `export default import('node:fs');`, 'inventory/not-static'],
  ['fetch', `export default fetch('https://example.com');`, 'inventory/not-static'],
  ['eval', `export default eval('process.exit(1)');`, 'inventory/not-static'],
  ['the constructor of a function', `export default (() => 1).constructor('return process')();`, 'inventory/reserved-key'],
  ['a getter', 'export default { get name() { return process.exit(1); } };', 'inventory/not-static'],
  ['a proxy', 'export default new Proxy({}, {});', 'inventory/not-static'],
  ['a prototype', 'export default { ["__proto__"]: { role: "central" } };', 'inventory/reserved-key'],
  ['an import of the host', `import fs from 'node:fs'; export default fs;`, 'inventory/import'],
  ['an import from the network', `import x from 'https://example.com/x.ts'; export default x;`, 'inventory/import'],
  ['an import that leaves clusters/', `import x from '../../x.ts'; export default x;`, 'inventory/import'],
  ['an import by absolute path', `import x from '/etc/x.ts'; export default x;`, 'inventory/import'],
];

for (const [what, text, code] of cases)
  test(`${what} ends in a diagnostic`, () => {
    const { diagnostics, inventory } = loadWith({ 'clusters/x.ts': text });
    assert.is(inventory, undefined);
    assert.ok(
      diagnostics.some((diagnostic) => diagnostic.code === code && diagnostic.span?.file === 'clusters/x.ts'),
      `${code} is not among ${diagnostics.map((diagnostic) => diagnostic.code).join(', ') || 'nothing'}`,
    );
  });

test('nothing of an inventory is executed', () => {
  const host = globalThis as { touched?: boolean };
  delete host.touched;
  for (const text of [
    'globalThis.touched = true; export default {};',
    `export default { get name() { globalThis.touched = true; return 'x'; } }.name;`,
    `export default [1].map(() => eval('globalThis.touched = true'));`,
    'export default `${{ toString() { globalThis.touched = true; } }}`;',
    `export default Function('globalThis.touched = true')();`,
    `export default ''.constructor.constructor('globalThis.touched = true')();`,
    'class A { static { globalThis.touched = true; } } export default A;',
  ])
    assert.ok(evaluateText(text).diagnostics.length > 0, text);
  assert.is(host.touched, undefined);
  assert.is(Object.hasOwn(Object.prototype, 'role'), false);
});

test('every construct that would have to be run is told of, each at its own place', () => {
  const refused = [
    'class A {}',
    'function* g() { yield 1; }',
    'async function h() { return 1; }',
    'let l = 1;',
    'var v = 1;',
    'for (;;) {}',
    'while (true) {}',
    'if (1) {}',
    'throw 1;',
    'try {} catch {}',
    'switch (1) {}',
    'enum E { A }',
    'namespace N { export const x = 1; }',
    'declare const d: string;',
    `import fs = require('fs');`,
    `export * from './_a.ts';`,
    'a = 1;',
    'debugger;',
    'export = 1;',
    'label: 1;',
    'export const e1 = new Date();',
    'export const e2 = await 1;',
    'export const e3 = /x/;',
    'export const e4 = 1n;',
    'export const e5 = tag`x`;',
    'export const e6 = typeof 1;',
    'export const e7 = void 1;',
    'export const e8 = delete q.w;',
    'export const e9 = this;',
    'export const e10 = import.meta.url;',
    'export const e11 = function () { return 1; };',
    'export const e12 = class {};',
    'export const e13 = <string>"x";',
    'export const e14 = ~1;',
    'export const e15 = 1 == 1;',
    'export const e16 = 1 | 2;',
    'export const e17 = "a" in {};',
    'export const e18 = (1, 2);',
    'export const e19 = [1, , 2];',
    'export const e20 = { m() { return 1; } };',
    'export const e21 = { set s(x) {} };',
    'export const e22 = i++;',
    'export const e23 = --i;',
    'export const e24 = () => { return; };',
    'export const e25 = () => { const x = 1; };',
    'export const e26 = () => { if (1) return 1; return 2; };',
    'export const e27 = async () => 1;',
    `import './_a.ts';`,
    `import j from './_a.ts' with { type: 'json' };`,
  ];
  const { diagnostics } = evaluateText(`${refused.join('\n')}\nexport default 1;\n`, { 'clusters/_a.ts': 'export const a = 1;' });
  const lines = new Set(diagnostics.filter(({ code }) => code === 'inventory/not-static').map(({ span }) => span?.line));
  assert.equal(
    refused.filter((_, i) => !lines.has(i + 1)),
    [],
  );
  assert.equal(
    diagnostics.filter(({ code }) => code !== 'inventory/not-static'),
    [],
  );
  assert.equal(
    diagnostics.filter(({ hint }) => !hint),
    [],
  );
});

test.run();
