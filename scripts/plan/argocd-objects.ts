import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import { expand, matchesPath } from '../argocd/expand.ts';
import { isEqual } from '../kubernetes/equal.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { parseYaml } from '../kustomize/yaml.ts';
import type { FileTree } from '../tree/tree.ts';
import { at, fieldsOf, itemsOf, textOf } from './fields.ts';

/** What the fleet's Argo CD is called where clusters are named. No cluster can have this name. */
export const argocd = 'Argo CD';

const folder = 'generated/argocd/';

/** Objects in the Argo CD of two trees that may differ, by the cluster that they are about. */
export interface ArgocdObjects {
  readonly before: ReadonlyMap<string, readonly Resource[]>;
  readonly after: ReadonlyMap<string, readonly Resource[]>;
  /** Changed files by the same names. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Why some of the older files cannot be read. */
  readonly unreadable?: string;
}

/**
 * What a change does in Argo CD. An Application counts to the cluster that it delivers to, although it is in the centre: with a parameter
 * file, the Application that the ApplicationSet makes of it; with an Argo CD on the edge, what is applied there. The rest is `argocd`'s.
 */
export function argocdObjects(before: FileTree, after: FileTree, changed: ReadonlySet<string>): ArgocdObjects {
  const paths = [...changed].filter((path) => path.startsWith(folder) && path.endsWith('.yaml'));
  const files = new Map<string, string[]>();
  const sides = { before: new Map<string, Resource[]>(), after: new Map<string, Resource[]>() };
  let unreadable: string | undefined;
  const parsed = new Map<string, readonly unknown[]>();
  const parse = (text: string): readonly unknown[] => {
    const known = parsed.get(text) ?? parseYaml(text);
    parsed.set(text, known);
    return known;
  };
  const read = (tree: FileTree, path: string): readonly unknown[] => {
    const text = tree.get(path);
    if (text === undefined) return [];
    try {
      return parse(text);
    } catch (error) {
      if (tree === after) throw new Error(`bug: ${path}: ${(error as Error).message}`, { cause: error });
      unreadable ??= `${path}: ${(error as Error).message}`;
      return [];
    }
  };
  const add = (side: 'before' | 'after', owner: string, resources: readonly Resource[]) => {
    const known = sides[side].get(owner);
    if (known === undefined) sides[side].set(owner, [...resources]);
    else for (const resource of resources) known.push(resource);
  };
  const tell = (owner: string, path: string) => {
    files.set(owner, [...(files.get(owner) ?? []), path]);
  };

  for (const path of paths) {
    if (path.startsWith(`${folder}params/`)) continue;
    const owner = /^generated\/argocd\/autonomous\/(.+)\.yaml$/.exec(path)?.[1] ?? argocd;
    tell(owner, path);
    for (const [side, tree] of [
      ['before', before],
      ['after', after],
    ] as const)
      add(side, owner, read(tree, path).filter(isResource));
  }

  const sets = {
    before: applicationSets(before, (path) => read(before, path)),
    after: applicationSets(after, (path) => read(after, path)),
  };
  const moved = [...sets.before, ...sets.after].filter((set) => !isAmong(set, sets.before) || !isAmong(set, sets.after));
  const params = new Set(paths.filter((path) => path.startsWith(`${folder}params/`)));
  for (const path of params) tell(clusterOf(path, read(after, path)[0] ?? read(before, path)[0]), path);
  if (moved.length > 0)
    for (const tree of [before, after])
      for (const path of tree.keys()) if (path.startsWith(`${folder}params/`) && moved.some((set) => makes(set, path))) params.add(path);
  for (const [side, tree] of [
    ['before', before],
    ['after', after],
  ] as const)
    for (const path of params) {
      const [values] = read(tree, path);
      if (values === undefined) continue;
      const application = attempt(() =>
        sets[side].filter((set) => makes(set, path)).flatMap((set) => expand(set, new Map([[path, fieldsOf(values)]]))),
      );
      if (typeof application !== 'string') add(side, clusterOf(path, values), application.filter(isResource));
      else if (side === 'after') throw new Error(`bug: ${path}: ${application}`);
      else unreadable ??= `${path}: ${application}`;
    }
  return { ...sides, files, ...(unreadable !== undefined && { unreadable }) };
}

function applicationSets(tree: FileTree, read: (path: string) => readonly unknown[]): readonly IApplicationSet[] {
  const sets: IApplicationSet[] = [];
  for (const path of tree.keys())
    if (/^generated\/argocd\/[^/]+\.yaml$/.test(path) && tree.get(path)?.includes('kind: ApplicationSet\n'))
      // Whatever else is wrong with it, expand() says.
      for (const resource of read(path)) if (at(resource, 'kind') === 'ApplicationSet') sets.push(resource as IApplicationSet);
  return sets;
}

const isAmong = (set: IApplicationSet, sets: readonly IApplicationSet[]): boolean => sets.some((other) => isEqual(set, other));

/** Whether an ApplicationSet has a generator for this parameter file. */
const makes = (set: IApplicationSet, path: string): boolean =>
  itemsOf(at(set, 'spec', 'generators'))
    .flatMap((generator) => itemsOf(at(generator, 'git', 'files')))
    .some((file) => matchesPath(textOf(at(file, 'path')) ?? '', path));

const clusterOf = (path: string, values: unknown): string =>
  textOf(at(values, 'cluster')) ?? path.slice(path.lastIndexOf('/') + 1, -'.yaml'.length);

const isResource = (value: unknown): value is Resource =>
  typeof at(value, 'apiVersion') === 'string' && typeof at(value, 'kind') === 'string' && typeof at(value, 'metadata', 'name') === 'string';

function attempt<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}
