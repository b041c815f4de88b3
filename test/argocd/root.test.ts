import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDestinationMatched } from '../../scripts/argocd/admit.ts';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { rootApplication } from '../../scripts/argocd/root.ts';
import { fleet, input, secretStore } from './example.ts';

test('the root Application syncs the files of generated/argocd and none of its folders', () => {
  const { spec, metadata } = rootApplication(fleet());
  assert.is(metadata.name, 'seoul-root');
  assert.equal(spec.source, {
    repoURL: 'https://github.com/acme/fleet.git',
    targetRevision: 'refs/heads/main',
    path: 'generated/argocd',
    directory: { recurse: false, include: '*.yaml' },
  });
  assert.is(metadata.annotations['argocd.argoproj.io/manifest-generate-paths'], '/generated/argocd/*.yaml');
  new Application(rootApplication(fleet())).validate();
});

test('it goes to the cluster of Argo CD by its address: registered by somebody, that cluster has another name than in-cluster', () => {
  const { destination, project } = rootApplication(fleet()).spec;
  assert.equal(destination, { server: 'https://kubernetes.default.svc', namespace: 'argocd' });
  const registered = { name: 'cluster-01', server: destination.server };
  const [own] = (argocdFiles(input()).get('generated/argocd/root.yaml') ?? []) as readonly IAppProject[];
  assert.is(own?.metadata.name, project);
  assert.ok(own !== undefined && isDestinationMatched(own, registered, destination.namespace));
});

test('everything that the root Application syncs, itself included, survives a prune', () => {
  const files = [...argocdFiles(input({ fleet: fleet({ secretStore }) }))].filter(([path]) =>
    /^generated\/argocd\/[^/]+\.yaml$/.test(path),
  );
  assert.equal(
    files.map(([path]) => path.slice('generated/argocd/'.length)),
    ['central.yaml', 'clusters.yaml', 'edge-kr-00.yaml', 'root.yaml'],
  );
  for (const object of files.flatMap(([, documents]) => documents)) {
    const { metadata } = object as { metadata: { annotations: Record<string, string>; namespace: string } };
    assert.is(metadata.namespace, 'argocd');
    assert.match(metadata.annotations['argocd.argoproj.io/sync-options'] ?? '', /^Prune=false,Delete=false/);
  }
});

test('F32: AppProjects come before the ApplicationSets that look for them; no Application or ApplicationSet has a sync wave', () => {
  const all = [...argocdFiles(input()).values()].flat().filter((object): object is IAppProject => 'kind' in object);
  for (const { kind, metadata } of all)
    assert.is(
      metadata.annotations?.['argocd.argoproj.io/sync-wave'],
      kind === 'AppProject' ? '-20' : undefined,
      `${kind} ${metadata.name}`,
    );
});

test.run();
