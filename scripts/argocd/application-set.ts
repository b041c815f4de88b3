import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { Fleet } from '../inventory/inventory.ts';
import { automated, generatedFrom, keep, revision } from './application.ts';

/** One Application for every edge of the shard. */
export const edgeApplicationSet = (fleet: Fleet, shard: string) =>
  applicationSet(fleet, {
    name: shard,
    applicationName: 'edge-{{.cluster}}',
    namespace: fleet.namespace,
    labels: {
      'fleetc.dev/cluster': '{{.cluster}}',
      'fleetc.dev/region': '{{.region}}',
      'fleetc.dev/ring': '{{.ring}}',
      'fleetc.dev/option': '{{.option}}',
    },
  });

/** One Application for the centre, and in a large fleet one more for each bucket of edges. */
export const centralApplicationSet = (fleet: Fleet, namespace: string) =>
  applicationSet(fleet, {
    name: 'central',
    applicationName: 'central-{{.application}}',
    namespace,
    labels: { 'fleetc.dev/cluster': '{{.cluster}}', 'fleetc.dev/region': '{{.region}}' },
  });

interface Variant {
  /** Of the ApplicationSet, its AppProject and its folder of parameter files. */
  readonly name: string;
  readonly applicationName: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/**
 * Deleting an ApplicationSet, or a parameter file, never deletes an Application or what it runs: `create-update` forbids it to the
 * controller, and holds when the ApplicationSet itself is deleted only with the finalizer (argo-cd#18201).
 * The project is a literal: a templated one would let whoever writes a parameter file choose it.
 */
function applicationSet(fleet: Fleet, { name, applicationName, namespace, labels }: Variant) {
  const repoURL = fleet.repository.url;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name,
      namespace: fleet.argocd.namespace,
      annotations: keep,
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
      generators: [
        {
          git: {
            repoURL,
            revision: revision(fleet),
            requeueAfterSeconds: 1800,
            files: [{ path: `generated/argocd/params/${name}/*.yaml` }],
          },
        },
      ],
      template: {
        metadata: { name: applicationName, labels, annotations: { ...comparedByServer, ...generatedFrom('{{.generatePaths}}') } },
        spec: {
          project: name,
          source: { repoURL, targetRevision: revision(fleet), path: '{{.overlay}}' },
          destination: { name: '{{.cluster}}', namespace },
          revisionHistoryLimit: 3,
          syncPolicy: { ...automated, syncOptions: overlaySyncOptions },
        },
      },
    },
  } satisfies IApplicationSet;
}

/** Namespaces are manifests of the overlay, each with its Pod Security level, so Argo CD is not asked to create one. */
export const overlaySyncOptions = ['ServerSideApply=true', 'FailOnSharedResource=true', 'PruneLast=true'];

/** The API server's defaults are no difference then. Argo CD before 3.6 does not conclude this from ServerSideApply. */
export const comparedByServer = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
