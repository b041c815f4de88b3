import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Content, kustomization, type Operation } from '../../scripts/kustomize/kustomization.ts';
import { asKustomization } from '../../scripts/kustomize/subset.ts';
import { toYaml } from '../../scripts/kustomize/yaml.ts';

const target = { group: 'apps', version: 'v1', kind: 'StatefulSet', name: 'agent', namespace: 'monitoring' };
const whole: Content = {
  patches: [{ operations: [{ value: 1, path: '/spec/replicas', op: 'test' }], target }],
  configMaps: [
    { data: { CLUSTER: 'a', URL: 'b=c' }, annotations: { wave: '1' }, labels: { x: 'z' }, namespace: 'monitoring', name: 'identity' },
  ],
  labels: { region: 'no' },
  resources: ['../../../base/rings/stable/agent', 'secrets.yaml'],
};

test('fields come in one order, whatever the order they were given in', () =>
  assert.is(
    toYaml(kustomization(whole)),
    `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../../base/rings/stable/agent
  - secrets.yaml
labels:
  - pairs:
      region: "no"
    includeSelectors: false
configMapGenerator:
  - name: identity
    namespace: monitoring
    literals:
      - CLUSTER=a
      - URL=b=c
    options:
      disableNameSuffixHash: true
      labels:
        x: z
      annotations:
        wave: "1"
patches:
  - target:
      group: apps
      version: v1
      kind: StatefulSet
      name: agent
      namespace: monitoring
    patch: |
      - op: test
        path: /spec/replicas
        value: 1
`,
  ));

test('what is empty is left out', () =>
  assert.equal(kustomization({ resources: ['a'], labels: {}, configMaps: [], patches: [] }), {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['a'],
  }));

const patchText = (...operations: Operation[]) => kustomization({ patches: [{ target, operations }] }).patches?.[0]?.patch;
const first: Operation = { op: 'test', path: '/spec/replicas', value: 1 };

test('a block at the end of a patch does not lose its line break', () =>
  assert.is(patchText(first, { op: 'add', path: '/a', value: 'x\n' })?.trim().split('\n').at(-1), '  path: /a'));

for (const [name, operations, says] of [
  ['no operation', [], 'its first operation is no test'],
  ['a first operation that is no test', [{ op: 'add', path: '/a', value: 1 }, first], 'its first operation is no test'],
  [
    'an item of a list without a test',
    [first, { op: 'replace', path: '/spec/containers/0/image', value: 'a' }],
    'no test of /spec/containers/0 before replace',
  ],
  [
    'a test of another item',
    [
      { op: 'test', path: '/c/1/name', value: 'a' },
      { op: 'replace', path: '/c/0/image', value: 'a' },
    ],
    'no test of /c/0 before',
  ],
  [
    'a test of an item with a longer number',
    [
      { op: 'test', path: '/c/10/name', value: 'a' },
      { op: 'remove', path: '/c/1' },
    ],
    'no test of /c/1 before',
  ],
  ['a test after the change', [first, { op: 'remove', path: '/c/0' }, { op: 'test', path: '/c/0', value: 'a' }], 'no test of /c/0 before'],
  [
    'a list within a list',
    [
      { op: 'test', path: '/c/0/name', value: 'a' },
      { op: 'remove', path: '/c/0/env/2' },
    ],
    'no test of /c/0/env/2 before',
  ],
  [
    'a test that an earlier removal made worthless',
    [
      { op: 'test', path: '/c/1', value: 'a' },
      { op: 'remove', path: '/c/1' },
      { op: 'replace', path: '/c/1', value: 'b' },
    ],
    'no test of /c/1 before replace',
  ],
  ['an operation without a value', [first, { op: 'add', path: '/a' }], 'value of add /a'],
  ['a removal with a value', [first, { op: 'remove', path: '/a', value: 1 }], 'value of remove /a'],
] as const)
  test(`is a bug: a patch with ${name}`, () =>
    assert.throws(
      () => patchText(...operations),
      (error: Error) => error.message.startsWith('bug: patch of StatefulSet agent: ') && error.message.includes(says),
    ));

for (const [name, operations] of [
  [
    'an item that is tested',
    [
      { op: 'test', path: '/c/0/name', value: 'a' },
      { op: 'replace', path: '/c/0/image', value: 'a' },
      { op: 'add', path: '/c/0/x', value: 'a' },
    ],
  ],
  [
    'an item that is tested as a whole',
    [
      { op: 'test', path: '/c/0', value: 'a' },
      { op: 'replace', path: '/c/0', value: 'b' },
    ],
  ],
  ['the end of a list', [first, { op: 'add', path: '/c/-', value: 'a' }]],
  ['a key with a number in it', [first, { op: 'add', path: '/metadata/annotations/prometheus.io~1port2', value: '1' }]],
  [
    'a test again after a removal',
    [
      { op: 'test', path: '/c/1', value: 'a' },
      { op: 'remove', path: '/c/1' },
      { op: 'test', path: '/c/1', value: 'b' },
      { op: 'remove', path: '/c/1' },
    ],
  ],
] as const)
  test(`is written: a patch of ${name}`, () => assert.type(patchText(...operations), 'string'));

test('a value whose quotes Kustomize would take off is a bug', () => {
  const withValue = (value: string) => () => kustomization({ configMaps: [{ name: 'a', namespace: 'b', data: { K: value } }] });
  for (const value of [`"x"`, `''`, `'a\nb'`]) assert.throws(withValue(value), /^bug: ConfigMap a: /);
  for (const value of [`"`, `"x'`, 'x"', '']) assert.not.throws(withValue(value));
});

// The schema gives the types; subset.ts checks what is read. Both have to take and refuse the same.
const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync('scripts/schemas/kustomization.schema.json', 'utf8')) as object,
);
const accepts = (value: unknown) => {
  try {
    asKustomization(value, 'x');
    return true;
  } catch {
    return false;
  }
};

test('the schema and the reader take all that is emitted', () => {
  for (const value of [
    kustomization(whole),
    kustomization({ resources: ['a.yaml'] }),
    { ...kustomization(whole), labels: [{ pairs: { a: 'b' }, includeSelectors: false, includeTemplates: false }] },
  ]) {
    assert.ok(validate(value), JSON.stringify(validate.errors));
    asKustomization(value, 'x');
  }
});

/** The value with each of its fields, items and scalars changed in one way at a time. */
function* mutants(value: unknown): Iterable<unknown> {
  for (const other of [
    null,
    'x y',
    '',
    'a\n',
    1,
    true,
    false,
    {},
    [],
    ['x', 'x'],
    'bad*name',
    'UPPER',
    '../x',
    '/x',
    'a/../b',
    'https://x/y',
    'v1',
    'k.m',
  ])
    yield other;
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const entries = Object.entries(value);
    const rebuilt = (list: [string, unknown][]) => (Array.isArray(value) ? list.map(([, item]) => item) : Object.fromEntries(list));
    yield rebuilt(entries.filter(([other]) => other !== key));
    yield rebuilt(entries.flatMap((entry) => (entry[0] === key ? [entry, [`${key}2`, entry[1]] as [string, unknown]] : [entry])));
    for (const mutant of mutants((value as Record<string, unknown>)[key]))
      yield rebuilt(entries.map((entry) => (entry[0] === key ? [key, mutant] : entry)));
  }
}

test('the schema and the reader refuse the same', () => {
  let [taken, refused] = [0, 0];
  for (const mutant of mutants(kustomization(whole))) {
    const valid = validate(mutant);
    assert.is(accepts(mutant), valid, JSON.stringify(mutant));
    if (valid) taken += 1;
    else refused += 1;
  }
  assert.ok(taken > 20 && refused > 500, `${taken} ${refused}`);
});

for (const [name, value] of [
  ['namePrefix', { namePrefix: 'x-' }],
  ['commonLabels', { commonLabels: { a: 'b' } }],
  ['labels in selectors', { labels: [{ pairs: { a: 'b' }, includeSelectors: true }] }],
  ['labels in templates', { labels: [{ pairs: { a: 'b' }, includeSelectors: false, includeTemplates: true }] }],
  ['a label that is no string', { labels: [{ pairs: { a: 1 }, includeSelectors: false }] }],
  ['a remote resource', { resources: ['https://github.com/a/b'] }],
  ['a resource with .. inside', { resources: ['a/../b'] }],
  ['an absolute resource', { resources: ['/etc'] }],
  [
    'a ConfigMap with a hash in its name',
    { configMapGenerator: [{ name: 'a', namespace: 'b', literals: ['A=b'], options: { disableNameSuffixHash: false } }] },
  ],
  ['a patch of everything', { patches: [{ target: {}, patch: '[]' }] }],
  ['a patch of a pattern', { patches: [{ target: { version: 'v1', kind: 'ConfigMap', name: 'a.*' }, patch: '[]' }] }],
  ['a patch in a file', { patches: [{ target: { version: 'v1', kind: 'ConfigMap', name: 'a' }, path: 'patch.yaml' }] }],
] as const)
  test(`is outside the subset: ${name}`, () => {
    const given = { ...kustomization({ resources: ['a'] }), ...value };
    assert.not.ok(validate(given));
    assert.throws(() => asKustomization(given, 'overlays/x/kustomization.yaml'), /^bug: overlays\/x\/kustomization\.yaml: /);
  });

test.run();
