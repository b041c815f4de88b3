import { Application, type IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { AppProject, type IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { input } from './example.ts';

const files = argocdFiles(input());
const documents = files.get('generated/argocd/autonomous/cluster-04.yaml') as readonly (IAppProject | IApplication)[];

test('F38: an edge with its own Argo CD gets one file that holds all of it, and is in none of the hub', () => {
  assert.equal(
    documents.map(({ kind, metadata }) => [kind, metadata.name]),
    [
      ['AppProject', 'argocd-root'],
      ['AppProject', 'edge'],
      ['Application', 'seoul-root'],
      ['Application', 'edge-cluster-04'],
    ],
  );
  for (const [path, others] of files) if (!path.includes('/autonomous/')) assert.not.match(JSON.stringify(others), 'cluster-04');
});

test('F38: its destination is the cluster it runs on, and its project reaches nothing but the edge’s namespaces', () => {
  const [root, project, rootApplication, application] = documents as readonly [IAppProject, IAppProject, IApplication, IApplication];
  const server = 'https://kubernetes.default.svc';
  assert.equal(application.spec.destination, { server, namespace: 'edge-metrics' });
  assert.equal(application.spec.source?.path, 'overlays/jp/cluster-04');
  assert.is(application.spec.project, 'edge');
  assert.is(
    application.metadata.annotations?.['argocd.argoproj.io/manifest-generate-paths'],
    '/overlays/jp/cluster-04;/base/rings/stable/node-exporter;/base/rings/stable/namespaces',
  );
  assert.equal(project.spec.destinations, [
    { server, namespace: 'edge-metrics' },
    { server, namespace: 'edge-metrics-host' },
  ]);
  assert.equal(root.spec.destinations, [{ server, namespace: 'argocd' }]);
  assert.equal(rootApplication.spec.source?.directory, { recurse: false, include: 'cluster-04.yaml' });
  assert.is(rootApplication.spec.project, 'argocd-root');
});

test('the strict models of Argo CD accept its documents', () => {
  for (const document of documents)
    if (document.kind === 'AppProject') new AppProject(document).validate();
    else new Application(document).validate();
});

test.run();
