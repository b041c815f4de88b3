import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { constantFrom, dictionary, assert as holds, property, stringMatching, tuple, uniqueArray } from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { type Content, kustomization } from '../../scripts/kustomize/kustomization.ts';
import { filesOf, rendererOf, renderKustomization } from '../../scripts/kustomize/render.ts';
import { documents, parseYaml, toYaml } from '../../scripts/kustomize/yaml.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { kustomizeBuild, kustomizeMissing } from '../support/kustomize.ts';

const folder = (content: Content) => toYaml(kustomization(content));
const object = (apiVersion: string, kind: string, name: string, rest: object = {}): Resource => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});
const namespaced = (apiVersion: string, kind: string, namespace: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { name, namespace }, ...rest }) satisfies Resource;

const deployment = namespaced('apps/v1', 'Deployment', 'monitoring', 'agent', {
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [{ name: 'agent', image: 'agent:1', args: ['--a', '--b'], resources: {}, env: [{ name: 'CLUSTER', value: 'no' }] }],
      },
    },
  },
});
const settings = namespaced('v1', 'ConfigMap', 'monitoring', 'settings', { data: { 'a/b~c': '1', plain: 'yes' } });

/** A base, a ring that names it, and an overlay: the shape of everything fleetc emits. */
const overlay = (content: Content, resources: readonly Resource[] = [deployment, settings]): FileTree =>
  new Map([
    ['base/parts/agent/1/kustomization.yaml', folder({ resources: ['resources.yaml'] })],
    ['base/parts/agent/1/resources.yaml', documents(resources)],
    ['base/rings/stable/agent/kustomization.yaml', folder({ resources: ['../../../parts/agent/1'] })],
    ['overlays/kr/a/kustomization.yaml', folder({ resources: ['../../../base/rings/stable/agent'], ...content })],
  ]);

/** What the real kustomize makes of a folder of a tree. */
function built(tree: FileTree, path: string) {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-render-'));
  try {
    for (const [file, text] of tree) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return kustomizeBuild(join(root, path));
  } finally {
    rmSync(root, { recursive: true });
  }
}

const rendersAsKustomize: readonly [name: string, tree: FileTree][] = [
  ['a base', overlay({})],
  ['labels on metadata only', overlay({ labels: { region: 'no', 'fleetc.io/cluster': '1e3' } })],
  [
    'a generated ConfigMap',
    overlay({
      configMaps: [{ name: 'identity', namespace: 'monitoring', data: { CLUSTER: 'a', EMPTY: '', QUOTE: `'`, URL: 'https://x/?a=b' } }],
      labels: { region: 'kr' },
    }),
  ],
  [
    'a generated ConfigMap with labels, annotations and lines',
    overlay({
      configMaps: [
        { name: 'identity', namespace: 'monitoring', data: { A: 'one\ntwo\n' }, labels: { x: 'y' }, annotations: { wave: '-10' } },
      ],
    }),
  ],
  [
    'patches with every operation',
    overlay({
      patches: [
        {
          target: { group: 'apps', version: 'v1', kind: 'Deployment', name: 'agent', namespace: 'monitoring' },
          operations: [
            { op: 'test', path: '/spec/template/spec/containers/0/name', value: 'agent' },
            { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'agent:2' },
            { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--c' },
            { op: 'test', path: '/spec/template/spec/containers/0/args/1', value: '--b' },
            { op: 'add', path: '/spec/template/spec/containers/0/args/1', value: '--between' },
            { op: 'test', path: '/spec/template/spec/containers/0/args/0', value: '--a' },
            { op: 'remove', path: '/spec/template/spec/containers/0/args/0' },
            { op: 'add', path: '/spec/replicas', value: 3 },
            { op: 'add', path: '/metadata/annotations', value: { wave: '5' } },
            { op: 'add', path: '/spec/template/spec/hostNetwork', value: true },
          ],
        },
        {
          target: { version: 'v1', kind: 'ConfigMap', name: 'settings' },
          operations: [
            { op: 'test', path: '/data/a~1b~0c', value: '1' },
            { op: 'replace', path: '/data/a~1b~0c', value: '1.10' },
            { op: 'remove', path: '/data/plain' },
            { op: 'add', path: '/data/config', value: 'a: |\n  b\n' },
          ],
        },
      ],
      labels: { region: 'kr' },
    }),
  ],
  [
    'a patch of a generated ConfigMap',
    overlay({
      configMaps: [{ name: 'identity', namespace: 'monitoring', data: { A: '1' } }],
      patches: [
        {
          target: { version: 'v1', kind: 'ConfigMap', name: 'identity' },
          operations: [
            { op: 'test', path: '/data/A', value: '1' },
            { op: 'add', path: '/data/B', value: 'on' },
          ],
        },
      ],
    }),
  ],
  [
    'objects marked as local, or as not local',
    overlay({}, [
      { ...deployment, metadata: { ...deployment.metadata, annotations: { 'config.kubernetes.io/local-config': 'true' } } },
      { ...settings, metadata: { ...settings.metadata, annotations: { 'config.kubernetes.io/local-config': 'false' } } },
    ]),
  ],
  [
    'every kind with a place of its own, and others, in whatever order they come',
    overlay({}, [
      ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) =>
        object('admissionregistration.k8s.io/v1', kind, 'a'),
      ),
      namespaced('policy/v1', 'PodDisruptionBudget', 'b', 'a'),
      namespaced('batch/v1', 'CronJob', 'b', 'a'),
      namespaced('apps/v1', 'StatefulSet', 'b', 'a'),
      namespaced('apps/v1', 'Deployment', 'b', 'a'),
      namespaced('apps/v1', 'DaemonSet', 'b', 'a'),
      namespaced('v1', 'PersistentVolumeClaim', 'b', 'a'),
      object('v1', 'PersistentVolume', 'a'),
      object('scheduling.k8s.io/v1', 'PriorityClass', 'a'),
      namespaced('v1', 'LimitRange', 'b', 'a'),
      ...['b', 'b-c', 'a'].flatMap((namespace) => ['z', 'a-b', 'a'].map((name) => namespaced('v1', 'Service', namespace, name))),
      namespaced('v1', 'Endpoints', 'b', 'a'),
      namespaced('v1', 'ConfigMap', 'b', 'a'),
      object('v1', 'ConfigMap', 'a'),
      object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'a'),
      namespaced('rbac.authorization.k8s.io/v1', 'RoleBinding', 'b', 'a'),
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'a'),
      namespaced('rbac.authorization.k8s.io/v1', 'Role', 'b', 'a'),
      namespaced('v1', 'ServiceAccount', 'b', 'a'),
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'a.example.com'),
      object('storage.k8s.io/v1', 'StorageClass', 'a'),
      namespaced('v1', 'ResourceQuota', 'b', 'a'),
      object('v1', 'Namespace', 'b'),
      object('v1', 'Namespace', 'a'),
      namespaced('networking.k8s.io/v1', 'NetworkPolicy', 'b', 'a'),
      namespaced('discovery.k8s.io/v1', 'EndpointSlice', 'b', 'a'),
      namespaced('monitoring.coreos.com/v1', 'PrometheusRule', 'b', 'a'),
      namespaced('monitoring.coreos.com/v1alpha1', 'ScrapeConfig', 'b', 'a'),
      namespaced('monitoring.coreos.com/v1', 'ServiceMonitor', 'b', 'a'),
      namespaced('argoproj.io/v1alpha1', 'Application', 'b', 'a'),
      namespaced('v1', 'Pod', 'b', 'a'),
      namespaced('external-secrets.io/v1', 'ExternalSecret', 'b', 'a', {
        spec: { empty: {}, none: null, list: [], number: 1.5, text: '08' },
      }),
    ]),
  ],
];

if (kustomizeMissing === undefined)
  for (const [name, tree] of rendersAsKustomize)
    test(`renders as kustomize does: ${name}`, () => {
      const { stdout, stderr, status } = built(tree, 'overlays/kr/a');
      assert.is(stderr, '');
      assert.is(status, 0);
      assert.equal(renderKustomization(tree, 'overlays/kr/a'), parseYaml(stdout));
    });
else console.log(`not run: comparisons with kustomize: ${kustomizeMissing}`);

const identity = { version: 'v1', kind: 'ConfigMap', name: 'settings', namespace: 'monitoring' };
const test1 = { op: 'test', path: '/data/plain', value: 'yes' } as const;
const binding = (subject: object) =>
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'b', { subjects: [{ name: 'scraper', ...subject }] });
const account = namespaced('v1', 'ServiceAccount', 'monitoring', 'scraper');
/** An overlay's kustomization with one patch whose text is given as it is. */
const patched = (text: string, target: object = identity) =>
  new Map([
    ...overlay({}),
    [
      'overlays/kr/a/kustomization.yaml',
      toYaml({ ...kustomization({ resources: ['../../../base/rings/stable/agent'] }), patches: [{ target, patch: text }] }),
    ],
  ]);
const inBase = (text: string) => new Map([...overlay({}), ['base/parts/agent/1/resources.yaml', text]]);

const refused: readonly [name: string, tree: FileTree, says: string][] = [
  [
    'a patch of nothing',
    overlay({ patches: [{ target: { ...identity, name: 'absent' }, operations: [test1] }] }),
    'the patch of ConfigMap monitoring/absent is for nothing',
  ],
  [
    'a patch of an object in another namespace',
    overlay({ patches: [{ target: { ...identity, namespace: 'other' }, operations: [test1] }] }),
    'is for nothing',
  ],
  ['a patch of another group', overlay({ patches: [{ target: { ...identity, group: 'apps' }, operations: [test1] }] }), 'is for nothing'],
  ['a patch of another version', overlay({ patches: [{ target: { ...identity, version: 'v2' }, operations: [test1] }] }), 'is for nothing'],
  [
    'a patch of two objects',
    overlay({ patches: [{ target: { version: 'v1', kind: 'ConfigMap', name: 'settings' }, operations: [test1] }] }, [
      settings,
      { ...settings, metadata: { name: 'settings', namespace: 'other' } },
    ]),
    'is for 2 objects',
  ],
  [
    'a test that does not hold',
    overlay({ patches: [{ target: identity, operations: [{ ...test1, value: 'no' }] }] }),
    'test /data/plain: "yes" is not "no"',
  ],
  [
    'a test of another type',
    overlay({ patches: [{ target: identity, operations: [{ ...test1, value: true }] }] }),
    'test /data/plain: "yes" is not true',
  ],
  [
    'a test of what is absent',
    overlay({ patches: [{ target: identity, operations: [{ op: 'test', path: '/data/absent', value: null }] }] }),
    'test /data/absent: there is nothing at "absent"',
  ],
  [
    'a replacement of what is absent, which Kustomize adds',
    overlay({ patches: [{ target: identity, operations: [test1, { op: 'replace', path: '/data/absent', value: '1' }] }] }),
    'replace /data/absent: there is nothing',
  ],
  [
    'a removal of what is absent',
    overlay({ patches: [{ target: identity, operations: [test1, { op: 'remove', path: '/data/absent' }] }] }),
    'remove /data/absent: there is nothing',
  ],
  [
    'an addition to what is absent',
    overlay({ patches: [{ target: identity, operations: [test1, { op: 'add', path: '/a/b', value: 1 }] }] }),
    'add /a/b: there is nothing at "a"',
  ],
  [
    'an item that is absent',
    patched('- op: test\n  path: /spec/template/spec/containers/1/name\n  value: x\n', {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      name: 'agent',
    }),
    'there is nothing at "1"',
  ],
  [
    'an item counted from the end',
    patched('- op: test\n  path: /spec/template/spec/containers/-1/name\n  value: agent\n', {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      name: 'agent',
    }),
    'there is nothing at "-1"',
  ],
  [
    'an item beyond the end',
    patched('- op: add\n  path: /spec/template/spec/containers/2\n  value: {}\n', {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      name: 'agent',
    }),
    'there is nothing at "2"',
  ],
  ['a path without a slash', patched('- op: add\n  path: data\n  value: {}\n'), 'data is no path'],
  ['an operation of another kind', patched('- op: move\n  path: /data\n  from: /x\n'), 'the operation move /data'],
  ['a patch that is no list', patched('data:\n  plain: null\n'), 'it is no list of operations'],
  ['a patch that is broken', patched('- op: [\n'), 'ConfigMap monitoring/settings'],
  [
    'a patch that ends in a block, whose last line break Kustomize takes off',
    patched('- op: add\n  path: /data/plain\n  value: |\n    x\n'),
    'the last line break',
  ],
  ...['/kind', '/apiVersion', '/metadata/name', '/metadata/namespace', '/metadata'].map((path): [string, FileTree, string] => [
    `a change of ${path}`,
    patched(`- op: replace\n  path: ${path}\n  value: x\n`),
    'makes another object of it',
  ]),
  [
    'an annotation that a patch makes a number',
    patched('- op: add\n  path: /metadata/annotations\n  value:\n    wave: 5\n'),
    'metadata.annotations is no map of strings',
  ],
  ['an object twice', overlay({}, [settings, settings]), 'includes v1/ConfigMap monitoring/settings twice'],
  [
    'an object in the default namespace, and in none',
    overlay({}, [namespaced('v1', 'ConfigMap', 'default', 'a'), object('v1', 'ConfigMap', 'a')]),
    'twice',
  ],
  [
    'a generated ConfigMap that is there already',
    overlay({ configMaps: [{ name: 'settings', namespace: 'monitoring', data: { a: 'b' } }] }),
    'overlays/kr/a/kustomization.yaml includes v1/ConfigMap monitoring/settings twice',
  ],
  ['a part that is included twice', overlay({ resources: ['../../../base/rings/stable/agent', '../../../base/parts/agent/1'] }), 'twice'],
  [
    'a literal twice',
    new Map([
      [
        'a/kustomization.yaml',
        toYaml({
          ...kustomization({ configMaps: [{ name: 'a', namespace: 'b', data: { K: 'v' } }] }),
          configMapGenerator: [{ name: 'a', namespace: 'b', literals: ['K=1', 'K=2'], options: { disableNameSuffixHash: true } }],
        }),
      ],
      ...overlay({ resources: ['../../../a'] }),
    ]),
    'repeats K',
  ],
  ['a folder that is not there', overlay({ resources: ['../../../base/absent'] }), 'there is no base/absent/kustomization.yaml'],
  ['a folder above the repository', overlay({ resources: ['../../../../x'] }), 'the resource "../../../../x"'],
  [
    'a file of another folder',
    overlay({ resources: ['../../../base/parts/agent/1/resources.yaml'] }),
    'Kustomize reads no file outside its folder',
  ],
  ['a folder that includes itself', overlay({ resources: ['../a'] }), 'overlays/kr/a includes overlays/kr/a'],
  [
    'two kustomizations in a file',
    new Map([
      ...overlay({}),
      [
        'base/parts/agent/1/kustomization.yaml',
        `${folder({ resources: ['resources.yaml'] })}---\n${folder({ resources: ['resources.yaml'] })}`,
      ],
    ]),
    'base/parts/agent/1/kustomization.yaml has several documents',
  ],
  [
    'a field outside the subset',
    new Map([...overlay({}), ['base/parts/agent/1/kustomization.yaml', `${folder({ resources: ['resources.yaml'] })}namespace: x\n`]]),
    'base/parts/agent/1/kustomization.yaml: .namespace is outside the portable subset',
  ],
  [
    'YAML with a repeated key',
    inBase('apiVersion: v1\nkind: ConfigMap\nkind: Secret\n'),
    'base/parts/agent/1/resources.yaml: Map keys must be unique at line 3, column 1',
  ],
  ['an object without a kind', inBase('apiVersion: v1\nmetadata: { name: a }\n'), 'apiVersion, kind or metadata.name is missing'],
  ['an object without a name', inBase('apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n'), 'apiVersion, kind or metadata.name is missing'],
  ['a text', inBase('hello\n'), 'apiVersion, kind or metadata.name is missing'],
  ['a list of objects', inBase('apiVersion: v1\nkind: List\nmetadata: { name: a }\nitems: []\n'), 'Kustomize would take a list apart'],
  [
    'a label that is no string',
    inBase('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, labels: { a: 1 } }\n'),
    'metadata.labels is no map of strings',
  ],
  [
    'empty annotations, which Kustomize drops',
    inBase('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, annotations: {} }\n'),
    'metadata.annotations is empty',
  ],
  [
    'null in a list',
    inBase('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nspec: { a: [{ b: [null] }] }\n'),
    'Kustomize refuses null in a list',
  ],
  [
    'a user with the name of a ServiceAccount, to which Kustomize adds a namespace',
    overlay({}, [account, binding({ kind: 'User' })]),
    'Kustomize adds a namespace to the subject scraper',
  ],
];
for (const [name, tree, says] of refused)
  test(`refuses ${name}`, () =>
    assert.throws(
      () => renderKustomization(tree, 'overlays/kr/a'),
      (error: Error) => error.message.startsWith('bug: ') && error.message.includes(says),
    ));

if (kustomizeMissing === undefined) {
  test('kustomize does let pass in silence what is refused here for that reason', () => {
    for (const name of [
      'a patch of nothing',
      'a patch of two objects',
      'a replacement of what is absent, which Kustomize adds',
      'an item counted from the end',
      'a user with the name of a ServiceAccount, to which Kustomize adds a namespace',
    ]) {
      const tree = refused.find(([other]) => other === name)?.[1] as FileTree;
      const { status, stderr } = built(tree, 'overlays/kr/a');
      assert.equal([name, status, stderr], [name, 0, '']);
    }
    const outputOf = (start: string) => built(refused.find(([name]) => name.startsWith(start))?.[1] as FileTree, 'overlays/kr/a').stdout;
    assert.match(outputOf('a user'), '  name: scraper\n  namespace: monitoring\n');
    assert.match(outputOf('a patch that ends in a block'), '  plain: x\n');
  });

  test('a tree of every shape at once renders as kustomize does', () => {
    const kinds = [
      ['v1', 'Namespace', false],
      ['v1', 'ConfigMap', true],
      ['v1', 'Service', true],
      ['apps/v1', 'StatefulSet', true],
      ['apps/v1', 'DaemonSet', true],
      ['rbac.authorization.k8s.io/v1', 'ClusterRole', false],
      ['monitoring.coreos.com/v1', 'PrometheusRule', true],
      ['monitoring.coreos.com/v1alpha1', 'ScrapeConfig', true],
      ['policy/v1', 'PodDisruptionBudget', true],
    ] as const;
    const name = stringMatching(/^[a-z]([-a-z0-9]{0,4}[a-z0-9])?$/);
    const resource = tuple(constantFrom(...kinds), name, name).map(([[apiVersion, kind, inNamespace], namespace, own]) =>
      inNamespace ? namespaced(apiVersion, kind, namespace, own, { spec: { own } }) : object(apiVersion, kind, own),
    );
    holds(
      property(
        uniqueArray(resource, {
          minLength: 2,
          maxLength: 40,
          selector: ({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`,
        }),
        dictionary(name, name, { maxKeys: 3, noNullPrototype: true }),
        (resources, labels) => {
          const half = resources.length >> 1;
          const tree = new Map([
            ...overlay({ resources: ['../../../base/rings/stable/agent', 'more.yaml'], labels }, resources.slice(0, half)),
            ['overlays/kr/a/more.yaml', documents(resources.slice(half))],
          ]);
          const { stdout, status } = built(tree, 'overlays/kr/a');
          assert.is(status, 0);
          assert.equal(renderKustomization(tree, 'overlays/kr/a'), parseYaml(stdout));
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });
}

test('a subject with a namespace, or with the name of nobody, is rendered', () => {
  assert.is(
    renderKustomization(overlay({}, [account, binding({ kind: 'ServiceAccount', namespace: 'monitoring' })]), 'overlays/kr/a').length,
    2,
  );
  assert.is(renderKustomization(overlay({}, [account, binding({ kind: 'User', name: 'somebody' })]), 'overlays/kr/a').length, 2);
});

test('overlays share what they have in common, and no overlay changes it', () => {
  const patch = (replicas: number) => ({
    target: { group: 'apps', version: 'v1', kind: 'Deployment', name: 'agent' },
    operations: [
      { op: 'test', path: '/spec/replicas', value: 1 } as const,
      { op: 'replace', path: '/spec/replicas', value: replicas } as const,
    ],
  });
  const tree = new Map(overlay({}));
  for (let i = 0; i < 20; i += 1)
    tree.set(
      `overlays/kr/c${i}/kustomization.yaml`,
      folder({ resources: ['../../../base/rings/stable/agent'], labels: { cluster: `c${i}` }, patches: [patch(i + 2)] }),
    );
  const cache = new Map();
  const once = renderKustomization(tree, 'overlays/kr/a', cache);
  const copy = structuredClone(once);
  const all = Array.from({ length: 20 }, (_, i) => renderKustomization(tree, `overlays/kr/c${i}`, cache));
  for (const [i, resources] of all.entries()) assert.equal(resources, renderKustomization(tree, `overlays/kr/c${i}`));
  assert.equal(once, copy);
  const data = (resources: readonly Resource[] = []) =>
    (resources.find(({ kind }) => kind === 'ConfigMap') as unknown as { data: object }).data;
  assert.is(data(all[0]), data(all[19]));
});

test('the files of a folder are all that take part in it, each once, and no other', () => {
  const tree = new Map([
    ...overlay({ resources: ['../../../base/rings/stable/agent', 'secrets.yaml'] }),
    ['overlays/kr/a/secrets.yaml', documents([object('v1', 'Namespace', 'x')])],
    ['overlays/kr/a/notes.md', ''],
    ['base/other/kustomization.yaml', folder({ resources: ['x'] })],
  ]);
  const files = [
    'overlays/kr/a/kustomization.yaml',
    'base/rings/stable/agent/kustomization.yaml',
    'base/parts/agent/1/kustomization.yaml',
    'base/parts/agent/1/resources.yaml',
    'overlays/kr/a/secrets.yaml',
  ];
  assert.equal(filesOf(tree, 'overlays/kr/a'), files);
  assert.equal(rendererOf(tree).filesOf('overlays/kr/a'), files);
  // Neither more nor less: without any one of them it does not render, and without all others it does.
  for (const file of files) assert.throws(() => renderKustomization(new Map([...tree].filter(([path]) => path !== file)), 'overlays/kr/a'));
  assert.is(renderKustomization(new Map([...tree].filter(([path]) => files.includes(path))), 'overlays/kr/a').length, 3);
});

test.run();
