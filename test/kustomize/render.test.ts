import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { type Content, kustomization } from '../../scripts/kustomize/kustomization.ts';
import { filesOf, renderKustomization } from '../../scripts/kustomize/render.ts';
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

test.run();
