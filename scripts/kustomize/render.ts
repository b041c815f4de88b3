import type { ConfigMapArgs, Kustomization, Patch } from '../../generated/types/kustomization.d.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { FileTree } from '../tree/tree.ts';
import { applyPatch } from './json-patch.ts';
import { holdsLines, isQuoted, type Operation } from './kustomization.ts';
import { asKustomization } from './subset.ts';
import { parseYaml } from './yaml.ts';

/** Folders and files of one tree that are rendered already: overlays share their bases, and nothing changes one. */
export type RenderCache = Map<string, readonly Rendered[]>;

/** An object, and what Kustomize knows it by. */
interface Rendered {
  readonly resource: Resource;
  /** Kind, name and namespace, the `default` one unless said: unique in the output. */
  readonly id: string;
  /** Objects come in the order of these strings. */
  readonly order: string;
}

/** What `kustomize build` makes of a folder: the same objects, in the same order. Throws at whatever is outside the portable subset, and at
 *  what Kustomize lets pass in silence, such as a patch of nothing. The objects belong to the cache: nobody may change them. */
export function renderKustomization(
  tree: FileTree,
  folder: string,
  cache: RenderCache = new Map(),
  parsed: ParseCache = new Map(),
): readonly Resource[] {
  const resources = build(tree, folder, { cache, parsed }, [])
    .filter(({ resource }) => (resource.metadata.annotations?.['config.kubernetes.io/local-config'] ?? 'false') === 'false')
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ resource }) => resource);
  refuseSubjectsWithoutNamespace(resources, folder);
  return resources;
}

/** Reads the folders of one tree as Kustomize does; throws where Kustomize would not build. */
export interface Renderer {
  render(folder: string): readonly Resource[];
  /** Every file that takes part in a folder. */
  filesOf(folder: string): readonly string[];
}

/** The values of texts that are parsed already; nobody may change them. Two trees that differ little share most of them. */
export type ParseCache = Map<string, readonly unknown[]>;

/** Renders the folders of one tree, each base once. */
export function rendererOf(tree: FileTree, parsed: ParseCache = new Map()): Renderer {
  const [rendered, files]: [RenderCache, FilesCache] = [new Map(), new Map()];
  return {
    render: (folder) => renderKustomization(tree, folder, rendered, parsed),
    filesOf: (folder) => filesOf(tree, folder, files, parsed),
  };
}

const readKustomization = (tree: FileTree, file: string, parsed: ParseCache): Kustomization => {
  const [value, ...others] = parse(tree, file, parsed);
  if (others.length > 0) throw new Error(`bug: ${file} has several documents`);
  return asKustomization(value, file);
};

/** Every file that takes part in a folder, in the order of reading: what Argo CD has to watch for it. */
export function filesOf(tree: FileTree, folder: string, cache: FilesCache = new Map(), parsed: ParseCache = new Map()): readonly string[] {
  const known = cache.get(folder);
  if (known === 'reading') throw new Error(`bug: ${folder} includes itself`);
  if (known !== undefined) return known;
  cache.set(folder, 'reading');
  const file = `${folder}/kustomization.yaml`;
  const included = (readKustomization(tree, file, parsed).resources ?? []).map((path) => resolve(folder, path, file));
  const files = [...new Set([file, ...included.flatMap((target) => (tree.has(target) ? [target] : filesOf(tree, target, cache, parsed)))])];
  cache.set(folder, files);
  return files;
}

/** Files of the folders of one tree that are known already. */
export type FilesCache = Map<string, readonly string[] | 'reading'>;

interface Known {
  readonly cache: RenderCache;
  readonly parsed: ParseCache;
}

function build(tree: FileTree, folder: string, known: Known, parents: readonly string[]): Rendered[] {
  if (parents.includes(folder)) throw new Error(`bug: ${[...parents, folder].join(' includes ')}`);
  const file = `${folder}/kustomization.yaml`;
  const { resources = [], configMapGenerator = [], patches = [], labels = [] } = readKustomization(tree, file, known.parsed);

  const all = resources.flatMap((path) => {
    const target = resolve(folder, path, file);
    const cached = known.cache.get(target);
    if (cached !== undefined) return cached;
    const made = tree.has(target) ? readResources(tree, folder, target, known.parsed) : build(tree, target, known, [...parents, folder]);
    known.cache.set(target, made);
    return made;
  });
  for (const args of configMapGenerator) all.push(rendered(configMap(args), file));
  const ids = new Set<string>();
  for (const { id } of all) {
    if (ids.has(id)) throw new Error(`bug: ${file} includes ${id} twice`);
    ids.add(id);
  }

  // Kustomize patches first and labels then, whatever the order of the fields.
  for (const patch of patches) applyTo(all, patch, file);
  const pairs = Object.assign({}, ...labels.map((label) => label.pairs)) as Readonly<Record<string, string>>;
  return Object.keys(pairs).length === 0 ? all : all.map((one) => ({ ...one, resource: labelled(one.resource, pairs) }));
}

/** The path of a resource from the root of the repository. */
function resolve(folder: string, path: string, file: string): string {
  const { up, down } = /^(?<up>(?:\.\.\/)*)(?<down>\w[-\w.]*(?:\/\w[-\w.]*)*)$/.exec(path)?.groups ?? {};
  const above = folder.split('/');
  if (up === undefined || down === undefined || up.length / 3 > above.length)
    throw new Error(`bug: ${file}: the resource ${JSON.stringify(path)}`);
  return [...above.slice(0, above.length - up.length / 3), down].join('/');
}

function readResources(tree: FileTree, folder: string, file: string, parsed: ParseCache): Rendered[] {
  if (!file.startsWith(`${folder}/`))
    throw new Error(`bug: ${folder}/kustomization.yaml: Kustomize reads no file outside its folder, such as ${file}`);
  return parse(tree, file, parsed).map((value) => rendered(asResource(value, file), file));
}

function parse(tree: FileTree, file: string, parsed: ParseCache): readonly unknown[] {
  const text = tree.get(file);
  if (text === undefined) throw new Error(`bug: there is no ${file}`);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  try {
    const values = parseYaml(text);
    parsed.set(text, values);
    return values;
  } catch (cause) {
    throw new Error(`bug: ${file}: ${(cause as Error).message}`, { cause });
  }
}

// Objects

function asResource(value: unknown, file: string): Resource {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Resource>;
  const bug = (what: string) => new Error(`bug: ${file}: ${kind ?? 'an object'} ${metadata?.name ?? ''}: ${what}`);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string')
    throw bug('apiVersion, kind or metadata.name is missing');
  if (metadata.namespace !== undefined && typeof metadata.namespace !== 'string') throw bug('metadata.namespace is no string');
  if (kind.endsWith('List') && 'items' in (value as object)) throw bug('Kustomize would take a list apart');
  for (const field of ['labels', 'annotations'] as const) {
    const values = metadata[field] === undefined ? undefined : Object.values(metadata[field] ?? {});
    if (values?.every((item) => typeof item === 'string') === false) throw bug(`metadata.${field} is no map of strings`);
    if (values?.length === 0) throw bug(`metadata.${field} is empty, which Kustomize drops`);
  }
  if (holdsNullItem(value)) throw bug('Kustomize refuses null in a list');
  return value as Resource;
}

function holdsNullItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => (item === null && Array.isArray(value)) || holdsNullItem(item));
}

function rendered(resource: Resource, file: string): Rendered {
  const { apiVersion, kind, metadata } = resource;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  if (kind === 'Namespace' && group !== '') throw new Error(`bug: ${file}: a Namespace of ${group}`);
  const type = `${group || '~G'}_${version}_${kind}`;
  return {
    resource,
    id: `${apiVersion}/${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`,
    order: `${places.get(kind) ?? 50} ${type} ${metadata.namespace ?? '~X'}|${metadata.name}`,
  };
}

function configMap({ name, namespace, literals, options: { labels, annotations } }: ConfigMapArgs) {
  const data: Record<string, string> = {};
  for (const literal of literals) {
    const [key, value] = [literal.slice(0, literal.indexOf('=')), literal.slice(literal.indexOf('=') + 1)];
    if (Object.hasOwn(data, key)) throw new Error(`bug: ConfigMap ${name} repeats ${key}`);
    data[key] = isQuoted(value) ? value.slice(1, -1) : value;
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    data,
  };
}

const labelled = (resource: Resource, pairs: Readonly<Record<string, string>>): Resource => ({
  ...resource,
  metadata: { ...resource.metadata, labels: { ...resource.metadata.labels, ...pairs } },
});

/** Kustomize adds the namespace of a ServiceAccount to every subject without one that has its name, even to a User. */
function refuseSubjectsWithoutNamespace(resources: readonly Resource[], folder: string): void {
  const accounts = new Set(resources.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name));
  for (const { kind, metadata, subjects = [] } of resources as readonly (Resource & {
    subjects?: readonly { name?: string; namespace?: string }[];
  })[])
    for (const { name = '', namespace } of kind.endsWith('RoleBinding') ? subjects : [])
      if (namespace === undefined && accounts.has(name))
        throw new Error(
          `bug: ${folder}: ${kind} ${metadata.name}: Kustomize adds a namespace to the subject ${name}, as a ServiceAccount has that name`,
        );
}

// Patches

/** Replaces the one object that the patch is for. */
function applyTo(all: Rendered[], { target, patch }: Patch, file: string): void {
  const name = `${target.kind} ${target.namespace === undefined ? '' : `${target.namespace}/`}${target.name}`;
  const [found, ...others] = [...all.entries()].filter(([, { resource }]) => isTarget(resource, target));
  if (found === undefined) throw new Error(`bug: ${file}: the patch of ${name} is for nothing`);
  if (others.length > 0) throw new Error(`bug: ${file}: the patch of ${name} is for ${others.length + 1} objects`);
  const [at, one] = found;
  try {
    all[at] = { ...one, resource: asResource(applyPatch(one.resource, operations(patch)), file) };
  } catch (cause) {
    throw new Error(`bug: ${file}: the patch of ${name}: ${(cause as Error).message.replace(/^bug: /, '')}`, { cause });
  }
}

/** Each value is an anchored regular expression to Kustomize; without a namespace, any namespace will do, and without a group any group. */
function isTarget({ apiVersion, kind, metadata }: Resource, target: Patch['target']): boolean {
  if (kind !== target.kind || metadata.name !== target.name) return false;
  if (target.namespace !== undefined && metadata.namespace !== target.namespace) return false;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return version === target.version && (target.group === undefined || new RegExp(`^(?:${target.group})$`).test(group));
}

function operations(text: string): readonly Operation[] {
  const [list, ...others] = parseYaml(text);
  if (!Array.isArray(list) || others.length > 0) throw new Error('bug: it is no list of operations');
  for (const { op, path } of list as readonly Partial<Operation>[]) {
    if (typeof path !== 'string' || !['test', 'add', 'replace', 'remove'].includes(op ?? ''))
      throw new Error(`bug: the operation ${op} ${path}`);
    if (op !== 'test' && /^\/(?:apiVersion|kind|metadata|metadata\/name(?:space)?)$/.test(path))
      throw new Error(`bug: ${op} ${path} makes another object of it`);
  }
  if (holdsLines(list.at(-1)?.value) && !/\n {2}path: .*\n$/.test(text)) throw new Error('bug: Kustomize takes the last line break off it');
  return list as readonly Operation[];
}

// Order

/** Where a kind comes in the output, two digits each; 50 for those not named.
 *  sigs.k8s.io/kustomize/api internal/builtins/SortOrderTransformer.go: `defaultOrderFirst` and `defaultOrderLast`. */
const places = new Map([
  ...[
    'Namespace',
    'ResourceQuota',
    'StorageClass',
    'CustomResourceDefinition',
    'ServiceAccount',
    'PodSecurityPolicy',
    'Role',
    'ClusterRole',
    'RoleBinding',
    'ClusterRoleBinding',
    'ConfigMap',
    'Secret',
    'Endpoints',
    'Service',
    'LimitRange',
    'PriorityClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Deployment',
    'StatefulSet',
    'CronJob',
    'PodDisruptionBudget',
  ].map((kind, i) => [kind, 10 + i] as const),
  ['MutatingWebhookConfiguration', 98],
  ['ValidatingWebhookConfiguration', 99],
]);
