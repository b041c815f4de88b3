import type { Kustomization, Label, Patch } from '../../generated/types/kustomization.d.ts';
import { toYaml } from './yaml.ts';

export type { Kustomization };

/** One operation of a JSON6902 patch. */
export interface Operation {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** A patch of exactly one object. Its first operation is a `test`, so that it can never change another object than it means to. */
export interface JsonPatch {
  readonly target: {
    readonly group?: string;
    readonly version: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
  readonly operations: readonly Operation[];
}

/** A ConfigMap of short values, made where it is used. */
export interface GeneratedConfigMap {
  readonly name: string;
  readonly namespace: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a folder is made of. */
export interface Content {
  /** Files of the folder, and folders with a kustomization.yaml. */
  readonly resources?: readonly string[];
  /** For the metadata of every object. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly configMaps?: readonly GeneratedConfigMap[];
  readonly patches?: readonly JsonPatch[];
}

export const kustomization = ({ resources = [], labels = {}, configMaps = [], patches = [] }: Content): Kustomization => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  ...(resources.length > 0 && { resources }),
  ...(Object.keys(labels).length > 0 && { labels: [metadataOnly(labels)] }),
  ...(configMaps.length > 0 && { configMapGenerator: configMaps.map(generator) }),
  ...(patches.length > 0 && { patches: patches.map(patch) }),
});

const metadataOnly = (pairs: Readonly<Record<string, string>>): Label => ({ pairs, includeSelectors: false });

const generator = ({ name, namespace, data, labels, annotations }: GeneratedConfigMap) => ({
  name,
  namespace,
  literals: Object.entries(data).map(([key, value]) => {
    if (isQuoted(value)) throw new Error(`bug: ConfigMap ${name}: Kustomize takes the quotes off ${key}=${value}`);
    return `${key}=${value}`;
  }),
  options: { disableNameSuffixHash: true as const, ...(labels && { labels }), ...(annotations && { annotations }) },
});

/** Whether Kustomize takes the first and the last character off a literal's value. */
export const isQuoted = (value: string): boolean => /^(["']).*\1$/s.test(value);

function patch({ target: { group, version, kind, name, namespace }, operations }: JsonPatch): Patch {
  const problem = unguarded(operations);
  if (problem !== undefined) throw new Error(`bug: patch of ${kind} ${name}: ${problem}`);
  return {
    target: { ...(group !== undefined && { group }), version, kind, name, ...(namespace !== undefined && { namespace }) },
    patch: toYaml(
      operations.map(({ op, path, value }, i) => {
        if ((op === 'remove') !== (value === undefined)) throw new Error(`bug: patch of ${kind} ${name}: value of ${op} ${path}`);
        if (op === 'remove') return { op, path };
        return i === operations.length - 1 && holdsLines(value) ? { op, value, path } : { op, path, value };
      }),
    ),
  };
}

/** Whether a value may be written as a block. Kustomize trims the text of a patch: a block at its very end would lose its last line break. */
export const holdsLines = (value: unknown): boolean => JSON.stringify(value ?? null).includes('\\n');

/** Why a patch could change another object, or another item of a list, than it means to. */
function unguarded(operations: readonly Operation[]): string | undefined {
  if (operations[0]?.op !== 'test') return 'its first operation is no test';
  let tested: string[] = [];
  for (const { op, path } of operations) {
    if (op === 'test') {
      tested.push(path);
      continue;
    }
    for (const { 0: segment, index } of path.matchAll(/\/\d+(?=\/|$)/g)) {
      const item = path.slice(0, index + segment.length);
      if (!tested.some((other) => other === item || other.startsWith(`${item}/`))) return `no test of ${item} before ${op} ${path}`;
    }
    // What was tested of a list says nothing more once its items have moved.
    const list = op === 'replace' ? undefined : /^(.*)\/\d+$/.exec(path)?.[1];
    if (list !== undefined) tested = tested.filter((other) => !other.startsWith(`${list}/`));
  }
  return;
}
