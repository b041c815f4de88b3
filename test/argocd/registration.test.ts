import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesPath } from '../../scripts/argocd/expand.ts';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { registrationApplications, registrations } from '../../scripts/argocd/registration.ts';
import { fleet, input, inventory, scraped, secretStore } from './example.ts';

const withStore = { fleet: fleet({ secretStore }) };
const many = (count: number) => Array.from({ length: count }, (_, i) => scraped(`edge-${String(i).padStart(5, '0')}`));

test('without a secret store nothing registers a cluster', () => {
  assert.not([...argocdFiles(input()).keys()].some((path) => path.startsWith('generated/argocd/clusters')));
});

test('with a store, each cluster that Argo CD reaches at a known address is registered by reference', () => {
  const secrets = [...registrations(inventory(withStore)).values()].flat();
  // cluster-03 has no address, cluster-04 an Argo CD of its own.
  assert.equal(secrets.map(({ metadata }) => metadata.name).sort(), ['cluster-cluster-01', 'cluster-cluster-02']);
  const secret = secrets.find(({ metadata }) => metadata.name === 'cluster-cluster-02');
  assert.ok(secret);
  assert.equal(secret.spec.target.template.data, {
    name: 'cluster-02',
    server: 'https://cluster-02.example:6443',
    config: '{{ .config }}',
  });
  assert.is(secret.spec.target.template.metadata.labels['argocd.argoproj.io/secret-type'], 'cluster');
  assert.is(secret.spec.data[0]?.remoteRef.key, 'fleet/cluster-02/argocd-cluster');
  assert.is(secret.spec.target.deletionPolicy, 'Retain');
  new ExternalSecret(secret).validate();
});

test('a bucket is named by the first two hexadecimal digits of the SHA-256 of its clusters', () => {
  assert.equal([...registrations(inventory({ ...withStore, edges: [] })).keys()], ['generated/argocd/clusters/cf.yaml']);
});

for (const [edges, applications] of [
  [2, 1],
  [249, 1],
  [250, 16],
  [5000, 256],
] as const)
  test(`F19: ${edges} edges are registered by ${applications} Applications, each file by one, at most 300 objects in one`, () => {
    const given = inventory({ ...withStore, edges: many(edges) });
    const files = [...registrations(given)];
    const all = registrationApplications(given);
    assert.is(all.length, applications);
    assert.is(new Set(all.map(({ metadata }) => metadata.name)).size, applications);
    const counts = new Map<string, number>();
    for (const [path, secrets] of files) {
      const owners = all.filter(({ spec: { source } }) => matchesPath(`${source.path}/${source.directory.include}`, path));
      assert.is(owners.length, 1, path);
      const name = owners[0]?.metadata.name ?? '';
      counts.set(name, (counts.get(name) ?? 0) + secrets.length);
    }
    assert.ok(Math.max(...counts.values()) <= 300);
    assert.is(
      [...counts.values()].reduce((sum, count) => sum + count, 0),
      edges + 1,
    );
  });

test.run();
