import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Where the world is: disk, terminal, environment, clock. Everything else is a function from value to value. */
const ioFiles = ['scripts/cli.ts', 'scripts/inventory/read.ts', 'scripts/plan/base.ts', 'scripts/tree/disk.ts'];

/** Publishing and the advice of a live fleet wait for the world: there the first line of a file says whether it does. */
const isMarkedIo = (file: string) => /^scripts\/(?:publish|advise)\//.test(file) && readFileSync(file, 'utf8').startsWith('// [IO]\n');

/** Node's modules that compute and touch nothing, and of some only what does. */
const pureModules: Readonly<Record<string, readonly string[]>> = {
  'node:buffer': ['isUtf8'],
  'node:crypto': ['createHash'],
  'node:net': ['isIP', 'isIPv4', 'isIPv6'],
  // `posix` alone, since paths in the output are the same everywhere.
  'node:path': ['posix'],
  'node:zlib': ['gzipSync'],
};

/** Packages that are a way to the world, or to a terminal. */
const ioPackages = ['commander'];

/** What is there without an import and gives another answer elsewhere, later, or to somebody else. */
const ioGlobals =
  'process console fetch Date performance navigator Intl setTimeout setInterval setImmediate queueMicrotask globalThis global require eval Function WebSocket XMLHttpRequest'.split(
    ' ',
  );
const ioMembers = ['Math.random', 'import.meta', 'crypto.randomUUID', 'crypto.getRandomValues'];
/** Methods that go by the locale of the process. */
const localeMethods = ['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase', 'toLocaleDateString'];

/** From the bottom up: a file imports what stands in its own line or above, never below. The most exact entry counts. */
const layers: readonly (readonly string[])[] = [
  ['diagnostic.ts', 'versions.ts', 'compiler-version.ts', 'kubernetes', 'tree/tree.ts'],
  ['tree'],
  ['kustomize'],
  ['schemas'],
  ['inventory'],
  ['unsupported-versions.ts', 'report-diagnostics.ts'],
  ['telemetry', 'rollout/buckets.ts'],
  ['advise'],
  ['parts'],
  ['rollout'],
  [
    'advise/outage-edge.ts',
    'advise/outage-check.ts',
    'advise/outage-format.ts',
    'advise/recommend-surroundings.ts',
    'advise/recommend-edge.ts',
    'advise/recommend-format.ts',
    'advise/recommend-json.ts',
  ],
  ['options'],
  ['overlays'],
  ['argocd'],
  ['verify'],
  ['compile.ts'],
  ['plan'],
  ['publish'],
  [
    'advise/status.ts',
    'advise/status-steps.ts',
    'advise/status-format.ts',
    'advise/status-query.ts',
    'advise/status-command.ts',
    'advise/recommend-inventory.ts',
    'advise/recommend-command.ts',
    'advise/outage-command.ts',
    'advise/size-command.ts',
  ],
  ['cli.ts'],
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Gone once tsc has run. */
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

const scripts = sourcesBelow('scripts', '.ts').filter((file) => !file.endsWith('.d.ts'));
const parsed = new Map(
  scripts.map((file) => [file, ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true)] as const),
);
const imports = [...parsed].flatMap(([file, source]) => importsOf(file, source));

test('the parser sees the sources: files, imports, and those of types', () => {
  assert.ok(scripts.length > 50);
  assert.ok(imports.length > 200);
  const text = "import type { A } from './a.ts';\nimport { type B } from '../b.ts';\nexport { c as d } from 'c';\nimport './e.ts';\n";
  assert.equal(importsOf('scripts/x/x.ts', sourceFile(text)), [
    { from: 'scripts/x/x.ts', to: 'scripts/x/a.ts', typeOnly: true, names: ['A'] },
    { from: 'scripts/x/x.ts', to: 'scripts/b.ts', typeOnly: false, names: ['B'] },
    { from: 'scripts/x/x.ts', to: 'c', typeOnly: false, names: ['c'] },
    { from: 'scripts/x/x.ts', to: 'scripts/x/e.ts', typeOnly: false, names: ['*'] },
  ]);
});

test('the files for input and output are there', () => {
  for (const file of ioFiles) assert.ok(scripts.includes(file), file);
});

test('nothing but those files reads or writes, asks the clock, the environment or chance, or goes by the locale', () => {
  const found = [...parsed]
    .filter(([file]) => !ioFiles.includes(file) && !isMarkedIo(file))
    .flatMap(([file, source]) => impurities(file, source));
  assert.equal(found, []);
});

test('the rule against input and output finds each way out', () => {
  const ways = [
    "import { readFileSync } from 'node:fs';",
    "import { join } from 'node:path';",
    "import { randomBytes } from 'node:crypto';",
    "import { Command } from 'commander';",
    'const a = process.env;',
    'const b = Date.now();',
    'const c = new Date();',
    'const d = Math.random();',
    "const e = await fetch('x');",
    "const f = import('x');",
    'console.log(1);',
    'const g = import.meta.url;',
    'names.sort((a, b) => a.localeCompare(b));',
    'const h = { process };',
    'setTimeout(() => {}, 1);',
  ];
  for (const way of ways) assert.is.not(impurities('x.ts', sourceFile(way)).length, 0, way);
  const clean = [
    "import { posix } from 'node:path';",
    "import type { Stats } from 'node:fs';",
    'const a = rule.process;',
    "const b = { process: 1, 'fetch': 2 };",
    'interface C { readonly Date: string }',
    'const d = Math.max(1, 2);',
    "const e = 'console.log(1)';",
  ];
  for (const text of clean) assert.equal(impurities('x.ts', sourceFile(text)), [], text);
});

test('imports go one way: from a layer to itself and to those above it in the list', () => {
  const found = imports
    .filter(({ to }) => to.startsWith('scripts/'))
    .filter(({ from, to }) => layerOf(from) < layerOf(to))
    .map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? 'a type of ' : ''}${to}`);
  assert.equal(found, []);
});

test('every file has its layer', () => {
  assert.equal(
    scripts.filter((file) => layerOf(file) === -1),
    [],
  );
});

test('no file needs itself to load', () => {
  // A single wrong import closes many ways; the shortest name it best.
  const found = [...cycles(imports.filter(({ typeOnly }) => !typeOnly))].sort((a, b) => a.length - b.length);
  assert.equal(found.slice(0, 3), []);
});

test('a cycle is told with its way, and types make none', () => {
  const edge = (from: string, to: string): Import => ({ from, to, typeOnly: false, names: [] });
  assert.equal(cycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd')]), ['a -> b -> c -> a']);
  assert.equal(cycles([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')]), []);
});

test('the compiler of the whole is for the command line, for a plan that compiles the base again, and for tests', () => {
  assert.equal(
    imports.filter(({ to }) => to === 'scripts/compile.ts').map(({ from }) => from),
    ['scripts/cli.ts', 'scripts/plan/output-causes.ts'],
  );
  assert.equal(
    imports.filter(({ to }) => to === 'scripts/cli.ts'),
    [],
  );
});

const optionFolders = readdirSync('scripts/options', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

test('every folder of options is registered by its name, and nothing else is', async () => {
  const { options } = await import('../scripts/options/index.ts');
  assert.equal(Object.keys(options).sort(), optionFolders);
  for (const [name, option] of Object.entries(options)) assert.is(option.name, name);
});

test('every option has the same files to read, so that one explains the others', () => {
  for (const folder of optionFolders) {
    const files = readdirSync(`scripts/options/${folder}`);
    for (const file of ['index.ts', 'check.ts', 'edge.ts', 'centre.ts'])
      assert.ok(files.includes(file), `scripts/options/${folder}/${file}`);
  }
});

test('no option imports another', () => {
  const optionOf = (file: string) => /^scripts\/options\/([^/]+)\//.exec(file)?.[1];
  const found = imports.filter(({ from, to }) => {
    const [one, other] = [optionOf(from), optionOf(to)];
    return one !== undefined && other !== undefined && one !== other;
  });
  assert.equal(
    found.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('every test file ends with test.run(), without which its tests do not run', () => {
  const files = sourcesBelow('test', '.test.ts').filter((file) => !/\/(golden|rejects|tools)\//.test(file));
  assert.ok(files.length > 20);
  assert.equal(
    files.filter((file) => !/\ntest\.run\(\);\n$/.test(readFileSync(file, 'utf8'))),
    [],
  );
});

function sourcesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .sort();
}

function sourceFile(text: string): ts.SourceFile {
  return ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022, true);
}

function importsOf(file: string, source: ts.SourceFile): readonly Import[] {
  return source.statements.flatMap((statement): readonly Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const module = statement.moduleSpecifier.text;
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement.exportClause;
    const named = clause && ts.isImportClause(clause) ? clause.namedBindings : clause;
    const elements = named !== undefined && (ts.isNamedImports(named) || ts.isNamedExports(named)) ? [...named.elements] : [];
    return [
      {
        from: file,
        to: module.startsWith('.') ? posix.join(posix.dirname(file), module) : module,
        // Not `import { type A }`: tsc leaves the import in place, and the module is loaded.
        typeOnly: ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly === true : statement.isTypeOnly,
        names: elements.length === 0 ? ['*'] : elements.map(({ name, propertyName }) => (propertyName ?? name).text),
      },
    ];
  });
}

/** Where a file does what only the files for input and output may do. */
function impurities(file: string, source: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const tell = (node: ts.Node, what: string) => {
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1} ${what}`);
  };
  for (const { to, typeOnly, names } of importsOf(file, source)) {
    if (typeOnly) continue;
    const allowed = pureModules[to];
    if (to.startsWith('node:') && (allowed === undefined || names.some((name) => !allowed.includes(name))))
      found.push(`${file} imports ${names.join(', ')} of ${to}`);
    if (ioPackages.includes(to)) found.push(`${file} imports ${to}`);
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isIdentifier(node) && ioGlobals.includes(node.text) && refers(node)) tell(node, node.text);
    if (ts.isPropertyAccessExpression(node) && ioMembers.includes(node.getText(source))) tell(node, node.getText(source));
    if (ts.isPropertyAccessExpression(node) && localeMethods.includes(node.name.text)) tell(node, node.name.text);
    if (ts.isMetaProperty(node)) tell(node, 'import.meta');
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) tell(node, 'import()');
    // The middle waits for nothing.
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) tell(node, 'async');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether the identifier is a reference, and not the name of a field. */
function refers(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !(
    ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

/** The number of the layer that names the file most exactly; -1 where none does. */
function layerOf(file: string): number {
  const path = file.slice('scripts/'.length);
  const exact = layers.findIndex((layer) => layer.includes(path));
  return exact >= 0 ? exact : layers.findIndex((layer) => layer.includes(path.split('/')[0] ?? ''));
}

/** Ways from a file back to itself, each once. */
function cycles(edges: readonly Import[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...way, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

test.run();
