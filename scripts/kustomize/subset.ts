import type { Kustomization } from '../../generated/types/kustomization.d.ts';

/** A constant, a string that matches, a list with items, a map, or an object with these fields and no other; `?` marks those it may lack. */
type Shape = string | boolean | RegExp | readonly [Shape] | { readonly [field: string]: Shape };

const name = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const strings = { '*': /(?:)/ };

/** The same as scripts/schemas/kustomization.schema.json, which the types come from. */
const subset: Shape = {
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  'resources?': [/^(\.\.\/)*[A-Za-z0-9][-A-Za-z0-9._]*(\/[A-Za-z0-9][-A-Za-z0-9._]*)*$/],
  'labels?': [{ pairs: strings, includeSelectors: false, 'includeTemplates?': false }],
  'configMapGenerator?': [
    {
      name,
      namespace: name,
      literals: [/^[-._a-zA-Z0-9]+=/],
      options: { disableNameSuffixHash: true, 'labels?': strings, 'annotations?': strings },
    },
  ],
  'patches?': [
    {
      target: {
        'group?': /^[a-z0-9][-a-z0-9.]*$/,
        version: /^v[0-9]+((alpha|beta)[0-9]+)?$/,
        kind: /^[A-Z][A-Za-z0-9]*$/,
        name,
        'namespace?': name,
      },
      patch: /./,
    },
  ],
};

/** The value, if it keeps to the subset of Kustomize that fleetc emits. */
export function asKustomization(value: unknown, file: string): Kustomization {
  const problem = departure(value, subset, '');
  if (problem !== undefined) throw new Error(`bug: ${file}: ${problem}`);
  return value as Kustomization;
}

/** Where and how a value departs from a shape. */
function departure(value: unknown, shape: Shape, path: string): string | undefined {
  const bad = `${path || 'the document'} is outside the portable subset: ${JSON.stringify(value)}`;
  if (typeof shape !== 'object') return value === shape ? undefined : bad;
  if (shape instanceof RegExp) return typeof value === 'string' && shape.test(value) ? undefined : bad;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return bad;
  if (isList(shape)) return Array.isArray(value) ? firstOf(value.entries(), () => shape[0]) : bad;
  if (Array.isArray(value)) return bad;
  const missing = Object.keys(shape).find((field) => !/[?*]$/.test(field) && !Object.hasOwn(value, field));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  return firstOf(Object.entries(value), (field) => shape[field] ?? shape[`${field}?`] ?? shape['*']);

  function firstOf(items: Iterable<readonly [string | number, unknown]>, shapeOf: (key: string) => Shape | undefined): string | undefined {
    for (const [key, item] of items) {
      const inner = shapeOf(String(key));
      const problem = inner === undefined ? `${path}.${key} is outside the portable subset` : departure(item, inner, `${path}.${key}`);
      if (problem !== undefined) return problem;
    }
    return;
  }
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
