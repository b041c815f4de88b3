import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { kustomization } from '../../scripts/kustomize/kustomization.ts';
import { rendererOf } from '../../scripts/kustomize/render.ts';
import { documents, header, toYaml } from '../../scripts/kustomize/yaml.ts';
import { plan } from '../../scripts/tree/plan.ts';
import { formatPlanText, planJson, planReport } from '../../scripts/tree/report.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';

const configMap = (name: string, value: string): Resource & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'monitoring' },
  data: { value },
});
const namespace: Resource = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } };

const base = (path: string, resources: readonly Resource[]): FileTree =>
  new Map([
    [`${path}/kustomization.yaml`, toYaml(kustomization({ resources: ['resources.yaml'] }), { header })],
    [`${path}/resources.yaml`, documents(resources)],
  ]);
const overlay = (cluster: string, path: string, labels = { cluster }): FileTree =>
  new Map([[`overlays/kr/${cluster}/kustomization.yaml`, toYaml(kustomization({ resources: [`../../../${path}`], labels }), { header })]]);
const trees = (...all: readonly FileTree[]): FileTree => new Map(all.flatMap((tree) => [...tree]));

const old = trees(
  base('base/x/1', [namespace, configMap('kept', '1'), configMap('changed', '1'), configMap('old', '1')]),
  overlay('a', 'base/x/1'),
  overlay('b', 'base/x/1'),
);
const fresh = base('base/x/2', [namespace, configMap('kept', '1'), configMap('changed', '2'), configMap('new', '1')]);

const report = (wanted: FileTree, found: FileTree) => planReport(plan(wanted, found), wanted, found, rendererOf);
const id = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'monitoring', name });

test('equal trees: no changes, no clusters', () => {
  assert.equal(report(old, old), { summary: { created: 0, updated: 0, deleted: 0, clusters: 0 }, files: [], clusters: [] });
  assert.is(formatPlanText(report(old, old)), 'No changes.\n');
});

test('a cluster that moves to another base: its objects added, changed and removed; the other cluster is not named', () => {
  const wanted = trees(old, fresh, overlay('a', 'base/x/2'));
  assert.equal(report(wanted, old), {
    summary: { created: 2, updated: 1, deleted: 0, clusters: 1 },
    files: [
      { path: 'base/x/2/kustomization.yaml', change: 'create' },
      { path: 'base/x/2/resources.yaml', change: 'create' },
      { path: 'overlays/kr/a/kustomization.yaml', change: 'update' },
    ],
    clusters: [
      {
        region: 'kr',
        cluster: 'a',
        files: ['base/x/2/kustomization.yaml', 'base/x/2/resources.yaml', 'overlays/kr/a/kustomization.yaml'],
        added: [id('new')],
        changed: [id('changed')],
        removed: [id('old')],
      },
    ],
  });
});

test('a changed base: every cluster on it, told together in text', () => {
  const text = formatPlanText(
    report(trees(old, base('base/x/1', [namespace, configMap('changed', '2'), configMap('new', '1'), configMap('kept', '1')])), old),
  );
  assert.is(
    text,
    `1 file: 0 to create, 1 to update, 0 to delete
  ~ base/x/1/resources.yaml

2 clusters: kr/a, kr/b
  + ConfigMap monitoring/new
  ~ ConfigMap monitoring/changed
  - ConfigMap monitoring/old
`,
  );
});

test('a new cluster and one that goes: all objects added, all removed', () => {
  const { clusters } = report(trees(old, overlay('c', 'base/x/1')), trees(old, overlay('d', 'base/x/1')));
  assert.equal(
    clusters.map(({ cluster, added, changed, removed }) => [cluster, added.length, changed.length, removed.length]),
    [
      ['c', 4, 0, 0],
      ['d', 0, 0, 4],
    ],
  );
});

test('a file that is written another way, with the same objects: no object changes', () => {
  const wanted = trees(old, base('base/x/1', [configMap('old', '1'), configMap('changed', '1'), configMap('kept', '1'), namespace]));
  const { clusters } = report(wanted, old);
  assert.equal(
    clusters.map(({ added, changed, removed }) => [added, changed, removed]),
    [
      [[], [], []],
      [[], [], []],
    ],
  );
  assert.match(formatPlanText(report(wanted, old)), '2 clusters: kr/a, kr/b\n  no object changes\n');
});

test('a change of a label changes every object', () => {
  const { clusters } = report(trees(old, overlay('a', 'base/x/1', { cluster: 'z' })), old);
  assert.equal(
    clusters.map(({ changed }) => changed),
    [[{ apiVersion: 'v1', kind: 'Namespace', name: 'monitoring' }, id('changed'), id('kept'), id('old')]],
  );
});

const broken: readonly [name: string, files: Record<string, string>][] = [
  ['broken YAML', { 'overlays/kr/a/kustomization.yaml': 'a: [' }],
  ['no kustomization', { 'overlays/kr/a/kustomization.yaml': '' }],
  ['another field', { 'overlays/kr/a/kustomization.yaml': `${header}namePrefix: x\n` }],
  ['an object that is no object', { 'base/x/1/resources.yaml': '- 1\n' }],
  ['itself included', { 'overlays/kr/a/kustomization.yaml': toYaml(kustomization({ resources: ['../../kr/a'] })) }],
];
for (const [name, files] of broken)
  test(`an overlay on disk with ${name} is told as such`, () => {
    const found = trees(old, new Map(Object.entries(files)));
    const [cluster] = report(old, found).clusters;
    assert.is(cluster?.cluster, 'a');
    assert.is(cluster?.added.length, 4);
    assert.match(cluster?.unreadable ?? '', /^(overlays|base)\//);
    assert.match(formatPlanText(report(old, found)), '  ! what is on disk cannot be rendered: ');
  });

test('an overlay whose kustomization was deleted is told as such', () => {
  const found = new Map([...old, ['overlays/kr/a/prometheus.yaml', header]]);
  found.delete('overlays/kr/a/kustomization.yaml');
  assert.match(report(old, found).clusters[0]?.unreadable ?? '', 'overlays/kr/a/kustomization.yaml');
});

test('our own tree that does not render is a bug, not a report', () => {
  assert.throws(
    () =>
      report(
        trees(
          old,
          new Map([
            ['overlays/kr/a/kustomization.yaml', 'a: ['],
            ['overlays/kr/a/x', ''],
          ]),
        ),
        old,
      ),
    /^bug: /,
  );
});

test('clusters that no change reaches are not read', () => {
  const many = trees(old, ...Array.from({ length: 50 }, (_, i) => overlay(`c${i}`, 'base/x/1')));
  const wanted = trees(many, fresh, overlay('c7', 'base/x/2'));
  let rendered: string[] = [];
  const watched = (tree: FileTree) => {
    const renderer = rendererOf(tree);
    return {
      filesOf: (folder: string) => renderer.filesOf(folder),
      render: (folder: string) => {
        rendered.push(folder);
        return renderer.render(folder);
      },
    };
  };
  planReport(plan(wanted, many), wanted, many, watched);
  assert.equal(rendered, ['overlays/kr/c7', 'overlays/kr/c7']);
  rendered = [];
  const other = trees(many, new Map([['generated/argocd/params/c7.yaml', header]]));
  planReport(plan(other, many), other, many, watched);
  assert.equal(rendered, []);
});

test('the JSON is the report', () => {
  const changed = report(trees(old, overlay('a', 'base/x/1', { cluster: 'z' })), old);
  assert.equal(JSON.parse(planJson(changed)), changed);
  assert.is(planJson(changed).at(-1), '\n');
});

test.run();
