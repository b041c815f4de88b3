import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import type { Resource } from '../kubernetes/resource.ts';
import { groupOf } from './app-project.ts';
import type { Application } from './expand.ts';

/** How Argo CD knows a cluster: a destination may give either, and is resolved to both before it is matched. */
export interface KnownCluster {
  readonly name: string;
  readonly server: string;
}

/**
 * Why Argo CD would refuse to sync this Application, by its own rules; nothing when it would not.
 * https://github.com/argoproj/argo-cd/blob/v3.6.1/pkg/apis/application/v1alpha1/app_project_types.go
 */
export function* refusals(
  project: IAppProject,
  application: Application,
  cluster: KnownCluster,
  resources: readonly Resource[],
): Iterable<string> {
  const { source, destination } = application.spec;
  if (!isSourcePermitted(project, source?.repoURL ?? '')) yield `repository ${source?.repoURL} is not in sourceRepos`;
  const namespaces = new Set([destination.namespace ?? '']);
  const kinds = new Map<string, { group: string; kind: string; name: string; namespaced: boolean }>();
  for (const { apiVersion, kind, metadata } of resources) {
    const namespaced = metadata.namespace !== undefined;
    if (metadata.namespace !== undefined) namespaces.add(metadata.namespace);
    const group = groupOf(apiVersion);
    kinds.set(`${group}/${kind}/${namespaced ? '' : metadata.name}`, { group, kind, name: metadata.name, namespaced });
  }
  for (const namespace of namespaces)
    if (!isDestinationMatched(project, cluster, namespace)) yield `namespace ${namespace} of ${cluster.name} is no destination`;
  for (const object of kinds.values())
    if (!isKindPermitted(project, object)) yield `${object.kind}${object.namespaced ? '' : ` ${object.name}`} is not allowed`;
}

export function isSourcePermitted({ spec }: IAppProject, repoURL: string): boolean {
  let allowed = false;
  for (const pattern of spec.sourceRepos ?? []) {
    const denies = pattern.startsWith('!');
    const matched = matches(normalized(denies ? pattern.slice(1) : pattern), normalized(repoURL), '/') !== denies;
    if (matched) allowed = true;
    else if (denies) return false;
  }
  return allowed;
}

/** The server OR the name, AND the namespace. */
export function isDestinationMatched({ spec }: IAppProject, { name, server }: KnownCluster, namespace: string): boolean {
  let allowed = false;
  for (const item of spec.destinations ?? []) {
    const [itemName, itemServer, itemNamespace] = [item.name ?? '', item.server ?? '', item.namespace ?? ''];
    const byName = name !== '' && matchesOrDenies(itemName, name);
    const byServer = server !== '' && matchesOrDenies(itemServer, server);
    const byNamespace = matchesOrDenies(itemNamespace, namespace);
    if ((byName || byServer) && byNamespace) allowed = true;
    else if (byNamespace && ((!byName && itemName.startsWith('!')) || (!byServer && itemServer.startsWith('!')))) return false;
    else if (!byNamespace && itemNamespace.startsWith('!') && byServer) return false;
  }
  return allowed;
}

/** An absent list of namespaced kinds allows all of them, an absent list of cluster-scoped kinds none. */
export function isKindPermitted(
  { spec }: IAppProject,
  { group, kind, name, namespaced }: { readonly group: string; readonly kind: string; readonly name: string; readonly namespaced: boolean },
): boolean {
  const listed = (list: readonly { group: string; kind: string; name?: string }[]) =>
    list.some((item) => matches(item.kind, kind) && matches(item.group, group) && (!item.name || matches(item.name, name)));
  return namespaced
    ? (spec.namespaceResourceWhitelist === undefined || listed(spec.namespaceResourceWhitelist)) &&
        !listed(spec.namespaceResourceBlacklist ?? [])
    : listed(spec.clusterResourceWhitelist ?? []) && !listed(spec.clusterResourceBlacklist ?? []);
}

const matchesOrDenies = (pattern: string, value: string): boolean =>
  pattern.startsWith('!') ? !matches(pattern.slice(1), value) : matches(pattern, value);

/** Argo CD's globs, as far as projects use them: `*`, `**` across separators, `?`. */
function matches(pattern: string, value: string, separator = ''): boolean {
  if (pattern === value || pattern === '*') return true;
  if (!pattern.includes('*') && !pattern.includes('?')) return false;
  const one = separator === '' ? '.' : `[^${separator}]`;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*|\*|\?/g, (glob) => (glob === '**' ? '.*' : glob === '*' ? `${one}*` : one));
  return new RegExp(`^${source}$`, 's').test(value);
}

const normalized = (repoURL: string): string =>
  repoURL
    .trim()
    .toLowerCase()
    .replace(/\.git$/, '');
