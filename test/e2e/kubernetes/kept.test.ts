import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { changedByServer } from './kept.ts';

const metadata = { name: 'x', namespace: 'y' };
const changes = (apiVersion: string, spec: object, live: object): readonly string[] => [
  ...changedByServer({ apiVersion, kind: 'Kind', metadata, spec } as Resource, {
    apiVersion,
    kind: 'Kind',
    metadata: { ...metadata, uid: '1' },
    spec: live,
  }),
];

test('what the server adds to an object is its default, and no change', () => {
  assert.equal(changes('apps/v1', { replicas: 1 }, { replicas: 1, revisionHistoryLimit: 10 }), []);
  assert.equal(changes('monitoring.coreos.com/v1', { replicas: 1 }, { replicas: 1, shards: 1 }), []);
});

test('a value written otherwise is a change: Kubernetes shortens quantities', () => {
  assert.equal(changes('v1', { cpu: '1000m' }, { cpu: '1' }), ['.spec.cpu: "1000m" became "1"']);
  assert.equal(changes('v1', { gone: true }, {}), ['.spec.gone: true became undefined']);
  assert.equal(changes('v1', { list: ['a', 'b'] }, { list: ['b', 'a'] }), [
    '.spec.list[0]: "a" became "b"',
    '.spec.list[1]: "b" became "a"',
  ]);
  assert.equal(changes('v1', { list: ['a'] }, { list: ['a', 'b'] }), ['.spec.list: 1 entries became 2']);
});

test('a default inside a list is a change of a custom resource, and none of what Kubernetes serves itself', () => {
  const [spec, live] = [{ list: [{ a: { b: 1 } }] }, { list: [{ a: { b: 1, c: 2 } }] }];
  assert.equal(changes('monitoring.coreos.com/v1', spec, live), ['.spec.list[0].a.c: added, 2']);
  for (const builtIn of ['v1', 'apps/v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1', 'policy/v1'])
    assert.equal(changes(builtIn, spec, live), []);
});

test.run();
