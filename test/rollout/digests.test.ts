import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { emitPart } from '../../scripts/rollout/digests.ts';

const configMap = (name: string, namespace: string, data: Readonly<Record<string, string>> = {}): Resource => {
  const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  return value;
};
const part = (...resources: readonly Resource[]) => ({ name: 'p', resources, secrets: [] });

test('a part is a folder of one file an object, and its name is its content', () => {
  const { dir, files } = emitPart(part(configMap('a', 'n')));
  assert.match(dir, /^base\/parts\/p\/[0-9a-f]{12}$/);
  assert.equal([...files.keys()].sort(), [`${dir}/configmap-a.yaml`, `${dir}/kustomization.yaml`]);
});

test('the order of objects does not change the digest, their content does', () => {
  const [a, b] = [configMap('a', 'n'), configMap('b', 'n')];
  assert.is(emitPart(part(a, b)).dir, emitPart(part(b, a)).dir);
  assert.is.not(emitPart(part(a)).dir, emitPart(part(configMap('a', 'n', { key: 'value' }))).dir);
});

test('two objects of one name in two namespaces get a file each', () => {
  const { dir, files } = emitPart(part(configMap('a', 'n'), configMap('a', 'm')));
  assert.equal([...files.keys()].sort(), [`${dir}/configmap-a.yaml`, `${dir}/kustomization.yaml`, `${dir}/m-configmap-a.yaml`]);
});

test('the same object twice is our bug', () => {
  assert.throws(() => emitPart(part(configMap('a', 'n'), configMap('a', 'm'), configMap('a', 'm'))), /^bug: /);
});

test.run();
