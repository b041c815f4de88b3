import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';

/** Parameter files: path to their one document. */
export type ParamFiles = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export type Application = IApplication & { readonly metadata: { readonly name: string; readonly namespace: string } };

/** What the ApplicationSet controller makes of a git files generator with `goTemplate` and `missingkey=error`. */
export function expand(set: IApplicationSet, files: ParamFiles): readonly Application[] {
  const { goTemplate, goTemplateOptions, generators, template, templatePatch } = set.spec;
  if (goTemplate !== true || goTemplateOptions?.includes('missingkey=error') !== true)
    throw new Error(`${set.metadata.name}: a missing parameter would be expanded to "<no value>"`);
  if (templatePatch !== undefined) throw new Error(`${set.metadata.name}: templatePatch is not expanded`);
  const patterns = generators.flatMap(({ git }) => (git?.files ?? []).map(({ path }) => path));
  return [...files]
    .filter(([path]) => patterns.some((pattern) => matchesPath(pattern, path)))
    .map(([path, file]) => {
      // The generator's own `path` replaces a parameter of this name.
      const values = { ...file, path: { path: path.slice(0, path.lastIndexOf('/')) } };
      const { metadata, spec } = fill(template, values) as typeof template;
      return {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { ...metadata, name: metadata.name ?? '', namespace: set.metadata.namespace ?? '' },
        spec,
      };
    });
}

/** Argo CD's older globbing lets `*` reach into subfolders; the newer one does not. The folder is flat, so that both agree. */
export function matchesPath(pattern: string, path: string): boolean {
  const [before = '', after] = pattern.split('*', 2);
  return after === undefined
    ? path === pattern
    : path.startsWith(before) && path.endsWith(after) && path.length >= before.length + after.length;
}

const action = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/** Only strings are templates; keys are, too. */
function fill(value: unknown, params: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') return text(value, params);
  if (Array.isArray(value)) return value.map((entry) => fill(entry, params));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [text(key, params), fill(entry, params)]));
  return value;
}

function text(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(action, (whole, expression: string) => {
    const key = /^\.([A-Za-z_]\w*)$/.exec(expression)?.[1];
    if (key === undefined) throw new Error(`${whole} is more than a field`);
    const value = params[key];
    if (typeof value !== 'string') throw new Error(value === undefined ? `map has no entry for key "${key}"` : `${whole} is not a string`);
    return value;
  });
}
