import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import type { Fleet } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { wave } from '../kubernetes/waves.ts';
import { keep, ownServer } from './application.ts';
import { type EverRun, everOnEdges, nothingElse } from './ever-run.ts';

/** A cluster that a project may reach, with everything that is rendered for it. */
export interface Delivery {
  readonly cluster: string;
  readonly resources: readonly Resource[];
}

/** The project of a shard, or of the centre: exactly its clusters, their namespaces, and what they run or may have run. */
export const clusterProject = (fleet: Fleet, name: string, description: string, ever: EverRun, deliveries: readonly Delivery[]) =>
  project(fleet, name, {
    description,
    ever,
    // A thousand clusters outgrow the annotation of a client-side apply.
    annotations: { 'argocd.argoproj.io/sync-options': `${keep['argocd.argoproj.io/sync-options']},ServerSideApply=true` },
    destinations: deliveries.flatMap(({ cluster, resources }) =>
      namespacesOf(resources).map((namespace) => ({ name: cluster, namespace })),
    ),
    resources: deliveries.map(({ resources }) => resources),
  });

/** The project of the overlay on an edge with its own Argo CD. */
export const autonomousProject = (fleet: Fleet, name: string, description: string, resources: readonly Resource[]) =>
  project(fleet, name, {
    description,
    ever: everOnEdges,
    annotations: keep,
    destinations: namespacesOf(resources).map((namespace) => ({ server: ownServer, namespace })),
    resources: [resources],
  });

export const rootProject = 'argocd-root';

/** The only project that may reach Argo CD's own namespace: whoever writes there is its administrator. */
export const rootAppProject = (fleet: Fleet, resources: readonly Resource[]) =>
  project(fleet, rootProject, {
    description: `What ${fleet.name} tells Argo CD: its Applications, ApplicationSets, AppProjects and clusters.`,
    ever: nothingElse,
    annotations: keep,
    destinations: [{ server: ownServer, namespace: fleet.argocd.namespace }],
    resources: [resources],
  });

interface Allowed {
  readonly description: string;
  /** Allowed beside what is rendered. */
  readonly ever: EverRun;
  readonly annotations: Record<string, string>;
  /** By name or by server, never both: either match would do, so both together allow more than either (argo-cd's isDestinationMatched). */
  readonly destinations: { name?: string; server?: string; namespace: string }[];
  readonly resources: readonly (readonly Resource[])[];
}

/**
 * Both lists of kinds are explicit: an absent list of namespaced kinds allows all of them. It comes before the ApplicationSets: one that
 * finds no project looks again only after minutes.
 */
function project(fleet: Fleet, name: string, { description, ever, annotations, destinations, resources }: Allowed) {
  const namespaced = new Map<string, { group: string; kind: string }>();
  const clusterScoped = new Map<string, { group: string; kind: string; name: string }>();
  for (const key of ever.namespaced) {
    const [group = '', kind = ''] = key.split('/');
    namespaced.set(key, { group, kind });
  }
  for (const key of ever.clusterScoped) {
    const [group = '', kind = '', named = ''] = key.split('/');
    clusterScoped.set(key, { group, kind, name: named });
  }
  for (const list of resources)
    for (const { apiVersion, kind, metadata } of list) {
      const group = groupOf(apiVersion);
      if (metadata.namespace === undefined) clusterScoped.set(`${group}/${kind}/${metadata.name}`, { group, kind, name: metadata.name });
      else namespaced.set(`${group}/${kind}`, { group, kind });
    }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: fleet.argocd.namespace, annotations: { ...annotations, ...wave.access } },
    spec: {
      description,
      sourceRepos: [fleet.repository.url],
      destinations,
      clusterResourceWhitelist: byKey(clusterScoped),
      namespaceResourceWhitelist: byKey(namespaced),
    },
  } satisfies IAppProject;
}

/** The API group: empty for the core one. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

export const namespacesOf = (resources: readonly Resource[]): readonly string[] =>
  [...new Set(resources.flatMap(({ metadata: { namespace } }) => (namespace === undefined ? [] : [namespace])))].sort();

const byKey = <T>(map: ReadonlyMap<string, T>): T[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
