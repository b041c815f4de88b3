import { ApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { centralApplicationSet, edgeApplicationSet } from '../../scripts/argocd/application-set.ts';
import { fleet } from './example.ts';

const sets = [edgeApplicationSet(fleet(), 'edge-kr-00'), centralApplicationSet(fleet(), 'metrics-central')];

test('F23: an ApplicationSet is a strict Go template over parameter files, of one branch, in a literal project', () => {
  for (const { metadata, spec } of sets) {
    assert.is(spec.goTemplate, true);
    assert.equal(spec.goTemplateOptions, ['missingkey=error']);
    assert.is(spec.template.spec.project, metadata.name);
    assert.equal(spec.generators, [
      {
        git: {
          repoURL: 'https://github.com/acme/fleet.git',
          revision: 'refs/heads/main',
          requeueAfterSeconds: 1800,
          files: [{ path: `generated/argocd/params/${metadata.name}/*.yaml` }],
        },
      },
    ]);
    assert.not('templatePatch' in spec);
    assert.not('strategy' in spec);
  }
});

test('F27: the source is one folder without overrides of Kustomize', () => {
  for (const { spec } of sets) {
    assert.equal(spec.template.spec.source, {
      repoURL: 'https://github.com/acme/fleet.git',
      targetRevision: 'refs/heads/main',
      path: '{{.overlay}}',
    });
    assert.not('sources' in spec.template.spec);
  }
});

test('F28: an Application prunes, heals itself, never syncs an empty rendering, and never gives up', () => {
  for (const { spec } of sets) {
    const { automated, retry, syncOptions } = spec.template.spec.syncPolicy;
    assert.equal(automated, { enabled: true, prune: true, selfHeal: true, allowEmpty: false });
    assert.equal(retry, { limit: -1, refresh: true, backoff: { duration: '30s', factor: 2, maxDuration: '30m' } });
    assert.equal(syncOptions, ['ServerSideApply=true', 'FailOnSharedResource=true', 'PruneLast=true']);
  }
});

test('F29: an ApplicationSet never deletes an Application, and nothing deletes the ApplicationSet', () => {
  for (const { metadata, spec } of sets) {
    assert.equal(spec.syncPolicy, { applicationsSync: 'create-update', preserveResourcesOnDeletion: true });
    assert.equal(metadata.finalizers, ['resources-finalizer.argocd.argoproj.io']);
    assert.is(metadata.annotations['argocd.argoproj.io/sync-options'], 'Prune=false,Delete=false');
  }
});

test('F29: an ApplicationSet is as small for a thousand clusters as for one', () => {
  for (const set of sets) assert.ok(JSON.stringify(set).length < 4096);
});

test('an Application is compared by the API server, whose defaults are no difference: Argo CD 3.3 to 3.5 wants to be told', () => {
  for (const { spec } of sets) assert.is(spec.template.metadata.annotations['argocd.argoproj.io/compare-options'], 'ServerSideDiff=true');
});

test('F33: Argo CD is not asked to create a namespace that is a manifest', () => {
  for (const set of sets) assert.not.match(JSON.stringify(set), /CreateNamespace|managedNamespaceMetadata/);
});

test('the strict model of Argo CD accepts an ApplicationSet', () => {
  for (const set of sets) new ApplicationSet(set).validate();
});

test.run();
