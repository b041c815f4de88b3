import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codesOf, edgeText, loadWith } from './support.ts';

const edge = (fields: string) =>
  `export default { name: 'edge-1', role: 'edge', region: 'kr', nodes: [{ name: 'n', address: '10.0.0.1' }], ${fields} };`;
const messages = (fields: string) =>
  loadWith({ 'clusters/edge-1.ts': edge(fields) }).diagnostics.map(({ code, message }) => `${code}: ${message}`);

test('defaults are filled in, also within objects that are not written', () => {
  const { inventory } = loadWith();
  assert.equal(inventory?.edges[0], {
    name: 'edge-1',
    role: 'edge',
    region: 'kr',
    option: 'remote-scrape',
    nodes: [{ name: 'n1', address: '10.0.0.1' }],
    labels: {},
    resources: {},
    network: { ingress: 'open' },
    delivery: 'push',
    kubelet: { unsafeSkipVerify: false },
    storage: {},
    settings: { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} },
  });
  assert.equal(inventory?.fleet.rings, ['stable']);
  assert.is(inventory?.central.receive?.replicationFactor, 3);
});

test('two clusters never share a default', () => {
  const { inventory } = loadWith({ 'clusters/edge-2.ts': edgeText.replace('edge-1', 'edge-2').replace('10.0.0.1', '10.0.0.2') });
  assert.is.not(inventory?.edges[0]?.labels, inventory?.edges[1]?.labels);
});

test('a field that is undefined is as if it were not written', () => {
  assert.equal(messages(`option: 'remote-scrape', ring: undefined, network: undefined, unknown: undefined`), []);
  const { inventory } = loadWith({ 'clusters/edge-1.ts': edgeText.replace(`region:`, `ring: undefined, region:`) });
  assert.is(inventory?.edges[0] && 'ring' in inventory.edges[0], false);
});

test('the place of a value is its literal, that of a default the object it belongs to', () => {
  const { sourced } = loadWith({ 'clusters/edge-1.ts': edge(`option: 'remote-scrape', network: {}`) });
  const found = sourced?.clusters.find(({ value }) => value.name === 'edge-1');
  const column = (...path: (string | number)[]) => found?.at(...path).column;
  assert.equal(
    [column('name'), column('nodes', 0, 'address'), column('network', 'ingress'), column('delivery'), column()],
    [24, 92, 141, 16, 16],
  );
});

test('clusters come in the order of their names, whatever file they are in', () => {
  const { inventory } = loadWith({
    'clusters/a.ts': edgeText.replace('edge-1', 'zz').replace('10.0.0.1', '10.0.0.2'),
    'clusters/b.ts': edgeText.replace('edge-1', 'aa').replace('10.0.0.1', '10.0.0.3'),
  });
  assert.equal(
    inventory?.edges.map(({ name }) => name),
    ['aa', 'edge-1', 'zz'],
  );
});

test('a wrong role or option is one error, not one for each field that does not fit', () => {
  assert.equal(messages(`option: 'prometeus-agent', settings: { replicas: 2 }`), [
    'inventory/unknown-value: "prometeus-agent" is no option',
  ]);
  assert.equal(messages(`settings: { replicas: 2 }`), ['inventory/missing-field: "option" is missing']);
  assert.equal(codesOf(loadWith({ 'clusters/edge-1.ts': `export default { name: 'edge-1', role: 'egde', x: 1 };` })), [
    'clusters/edge-1.ts:1:40 inventory/unknown-value',
  ]);
});

test('the settings of another option, and fields that do not exist yet, are unknown', () => {
  assert.equal(messages(`option: 'prometheus-agent', settings: {}`), ['inventory/unknown-field: there is no field "settings"']);
  assert.equal(messages(`option: 'remote-scrape', settings: { replicas: 2 }`), [
    'inventory/unknown-field: there is no field "settings.replicas"',
  ]);
  assert.equal(messages(`option: 'remote-scrape', migration: { from: 'prometheus-agent' }, lifecycle: 'draining'`), [
    'inventory/unknown-field: there is no field "migration"',
    'inventory/unknown-field: there is no field "lifecycle"',
  ]);
});

test('all errors of a cluster are found in one run, each in words', () => {
  assert.equal(
    messages(
      `option: 'thanos-sidecar', name: 'X', storage: { size: 5, class: 'a..b' }, settings: { replicas: 3, endpoints: [] }, network: 'open'`,
    ),
    [
      'inventory/duplicate-key: "name" is written twice in this object',
      'inventory/wrong-type: "storage.size" is a text, not 5',
      'inventory/invalid-value: "a..b" does not fit "storage.class"',
      'inventory/unknown-value: "settings.replicas" cannot be 3',
      'inventory/invalid-value: "settings.endpoints" needs 1 or more items',
      'inventory/wrong-type: "network" is an object, not "open"',
    ],
  );
});

test('a duration or a quantity that does not fit is told how one is written', () => {
  const hints = (fields: string) =>
    loadWith({ 'clusters/edge-1.ts': edge(`option: 'prometheus-agent', ${fields}`) }).diagnostics.map(({ hint }) => hint ?? '');
  for (const [fields, form] of [
    [`network: { maxOffline: '1 day' }`, /Such as 30m, 6h or 1d\.$/],
    [`network: { maxOffline: 24 }`, /Such as 30m, 6h or 1d\.$/],
    [`storage: { size: '1GB' }`, /Such as 512Mi or 20Gi\.$/],
    [`resources: { 'prometheus-agent': { limits: { memory: '1GB' } } }`, /Such as 512Mi or 1Gi\.$/],
    [`resources: { 'prometheus-agent': { limits: { cpu: '0.5' } } }`, /Such as 500m or 2\.$/],
  ] as const) {
    const [hint, ...others] = hints(fields);
    assert.match(hint ?? '', form);
    assert.equal(others, []);
  }
});

test('what could not be evaluated is not complained about again', () => {
  assert.equal(
    messages(`option: 'remote-scrape', server: process.env.SERVER, ...missing, network: { ingress: eval('1') }`).map(
      (text) => text.split(':')[0],
    ),
    ['inventory/not-static', 'inventory/unknown-name', 'inventory/not-static'],
  );
  assert.equal(messages(`option: 'remote-scrape', labels: { a: missing, b: 1 }`), [
    'inventory/unknown-name: there is no "missing" here',
    'inventory/wrong-type: "labels.b" is a text, not 1',
  ]);
  assert.equal(codesOf(loadWith({ 'clusters/edge-1.ts': edgeText.replace(/nodes: .*]/, 'nodes: [missing, { ...{ ...missing } }]') })), [
    'clusters/edge-1.ts:1:95 inventory/unknown-name',
    'clusters/edge-1.ts:1:114 inventory/unknown-name',
  ]);
  const spread = loadWith({ 'clusters/edge-1.ts': 'export default { ...missing };' });
  assert.equal(codesOf(spread), ['clusters/edge-1.ts:1:21 inventory/unknown-name']);
});

test('names go nowhere as paths, YAML or Markdown', () => {
  for (const name of [
    '../../etc',
    'a/b',
    'a b',
    'a: b',
    '- a',
    '`a`',
    '[a](b)',
    '<b>',
    'a\\nb',
    'A',
    '-a',
    'a-',
    '',
    '1a',
    'é',
    'a'.repeat(41),
    'a|b',
    '${a}',
    '{{a}}',
  ]) {
    const { diagnostics } = loadWith({ 'clusters/edge-1.ts': edgeText.replace('edge-1', name) });
    assert.equal(
      diagnostics.map(({ code, span }) => [code, span?.column]),
      [['inventory/invalid-value', 24]],
      name,
    );
  }
});

test('a field that is missing because its name is misspelt is one error', () => {
  assert.equal(codesOf(loadWith({ 'clusters/edge-1.ts': edgeText.replace('region', 'regoin') })), [
    'clusters/edge-1.ts:1:48 inventory/unknown-field',
  ]);
  assert.equal(codesOf(loadWith({ 'clusters/edge-1.ts': edgeText.replace('region', 'zone') })), [
    'clusters/edge-1.ts:1:16 inventory/missing-field',
    'clusters/edge-1.ts:1:48 inventory/unknown-field',
  ]);
});

test('constants that hold each other stop at a bound, for every cluster', () => {
  const lists = Array.from({ length: 40 }, (_, i) => `const l${i + 1} = [l${i}, l${i}];`).join('\n');
  const cluster = (i: number) => `{ name: 'c${i}', role: 'edge', region: 'kr', labels: l40 }`;
  assert.equal(
    loadWith({ 'clusters/x.ts': `const l0 = [1];\n${lists}\nexport default [${cluster(1)}, ${cluster(2)}];` }).diagnostics.map(
      ({ code }) => code,
    ),
    ['inventory/limit'],
  );
});

test('a function is not a value', () => {
  assert.equal(messages(`option: 'remote-scrape', ring: () => 'x'`), ['inventory/wrong-type: a function is not a value of the inventory']);
});

test('an error in a shared constant is told once, however many clusters use it', () => {
  const files = Object.fromEntries(
    [1, 2, 3].map((i) => [
      `clusters/edge-${i}.ts`,
      `import { size } from './_s.ts'; ${edge(`option: 'prometheus-agent', storage: { size }`).replace('edge-1', `edge-${i}`).replace('10.0.0.1', `10.0.0.${i}`)}`,
    ]),
  );
  assert.equal(codesOf(loadWith({ ...files, 'clusters/_s.ts': `export const size = '5 GB';` })), [
    'clusters/_s.ts:1:21 inventory/invalid-value',
  ]);
});

test('more than a thousand diagnostics are cut short, and that is said', () => {
  const { diagnostics } = loadWith({ 'clusters/x.ts': `export default [${'a, '.repeat(5000)}];` });
  assert.is(diagnostics.length, 1001);
  assert.is(diagnostics.at(-1)?.message, 'there are more than 1000 diagnostics; these are the first');
});

test.run();
