import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { type Edge, type Inventory, ringOf } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { clusterLabels, overlayDir } from '../overlays/overlay.ts';
import type { FileTree } from '../tree/tree.ts';
import { autonomousProject, rootAppProject } from './app-project.ts';
import { automated, generatedFrom, keep, ownServer, revision } from './application.ts';
import { comparedByServer, overlaySyncOptions } from './application-set.ts';
import { generatePaths } from './params.ts';
import { folderApplication } from './root.ts';

/**
 * Everything for the Argo CD on an edge, in one file: it is applied there once, by hand, and keeps itself up to date from then on.
 * No other Argo CD is involved, so the destination is the cluster that Argo CD runs on.
 */
export function autonomous({ fleet }: Inventory, edge: Edge, resources: readonly Resource[], tree: FileTree): readonly Resource[] {
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: `edge-${edge.name}`,
      namespace: fleet.argocd.namespace,
      labels: {
        ...clusterLabels(edge),
        'fleetc.dev/ring': ringOf(fleet, edge),
        'fleetc.dev/option': edge.option,
      },
      annotations: { ...keep, ...comparedByServer, ...generatedFrom(generatePaths(tree, overlayDir(edge))) },
    },
    spec: {
      project: autonomousProjectName,
      source: { repoURL: fleet.repository.url, targetRevision: revision(fleet), path: overlayDir(edge) },
      destination: { server: ownServer, namespace: fleet.namespace },
      revisionHistoryLimit: 3,
      syncPolicy: { ...automated, syncOptions: overlaySyncOptions },
    },
  } satisfies IApplication;
  const root = folderApplication(fleet, {
    name: `${fleet.name}-root`,
    path: 'generated/argocd/autonomous',
    include: `${edge.name}.yaml`,
  });
  const project = autonomousProject(fleet, autonomousProjectName, `What ${fleet.name} runs on ${edge.name}.`, resources);
  return [rootAppProject(fleet, [root, project]), project, root, application];
}

const autonomousProjectName = 'edge';
