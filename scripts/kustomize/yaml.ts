import { parseAllDocuments, stringify } from 'yaml';
import { mark } from '../tree/tree.ts';

/** First line of every YAML file that the compiler emits. */
export const header = `# ${mark} from clusters/. DO NOT EDIT.\n`;

/** Every scalar is written so that YAML 1.1 (Kustomize, Prometheus, Argo CD) and YAML 1.2 read the same value. */
const format = { compat: 'yaml-1.1', lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false } as const;

/** One document. Keys keep the order of the literal; a key that is undefined is left out. */
export function toYaml(value: unknown, options: { readonly header?: string } = {}): string {
  const problem = unwritable(value);
  if (problem !== undefined) throw new Error(`bug: no YAML for ${problem}`);
  return (options.header ?? '') + stringify(value, format);
}

/** One file of Kubernetes objects, with the header. */
export const documents = (objects: readonly object[]): string => header + objects.map((object) => toYaml(object)).join('---\n');

/** YAML 1.1 refuses these characters, or takes them for line breaks; JSON would not escape them. */
const unsafe = /[\x7f-\x9f\u2028\u2029\ufeff\p{Surrogate}]/u;
/** Nothing but a double-quoted scalar can hold these. */
const control = /[\0-\x08\x0b-\x1f]/;

/** Why a value cannot be written so that all read it alike, and people review it: several lines have to come out as a literal block, here and
 *  in `kustomize build`. */
function unwritable(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      if (unsafe.test(value)) return 'a string with a character that YAML 1.1 does not know';
      if (!value.includes('\n')) return;
      if (control.test(value)) return 'a multi-line string with a control character';
      if (/^\n|[\t ](?:\n|$)/.test(value)) return 'a multi-line string with an empty first line, or a line that ends in blanks';
      return;
    case 'object':
      if (value === null) return;
      for (const [key, item] of Object.entries(value)) {
        if (key.includes('\n') || unsafe.test(key)) return `the key ${JSON.stringify(key)}`;
        const problem = unwritable(item);
        if (problem !== undefined) return `${key}: ${problem}`;
      }
      return;
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}, which JSON cannot hold`;
    case 'boolean':
    case 'undefined':
      return;
    default:
      return `a ${typeof value}`;
  }
}

/** All documents of a text, empty ones left out. A mistake throws and says line and column; a repeated key is a mistake. */
export function parseYaml(text: string): unknown[] {
  const values: unknown[] = [];
  for (const document of parseAllDocuments(text, { version: '1.2', strict: true, uniqueKeys: true })) {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    if (value !== null) values.push(value);
  }
  return values;
}
