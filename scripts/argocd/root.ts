import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { Fleet } from '../inventory/inventory.ts';
import { rootProject } from './app-project.ts';
import { automated, generatedFrom, keep, ownServer, revision } from './application.ts';

interface Folder {
  readonly name: string;
  /** Of the files in generated/argocd or one of its folders; subfolders are left alone. */
  readonly path: string;
  readonly include: string;
}

/** The one object that an administrator applies by hand. It syncs itself with everything else in generated/argocd. */
export const rootApplication = (fleet: Fleet) =>
  folderApplication(fleet, { name: `${fleet.name}-root`, path: 'generated/argocd', include: '*.yaml' });

/** An Application of plain manifests for Argo CD's own namespace. */
export const folderApplication = (fleet: Fleet, { name, path, include }: Folder) =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: fleet.argocd.namespace,
      annotations: { ...keep, ...generatedFrom(`/${path}/${include}`) },
    },
    spec: {
      project: rootProject,
      source: {
        repoURL: fleet.repository.url,
        targetRevision: revision(fleet),
        path,
        directory: { recurse: false, include },
      },
      destination: { server: ownServer, namespace: fleet.argocd.namespace },
      revisionHistoryLimit: 3,
      syncPolicy: { ...automated, syncOptions: ['FailOnSharedResource=true', 'PruneLast=true'] },
    },
  }) satisfies IApplication;
