import { structuredPatch } from 'diff';
import type { Resource } from '../kubernetes/resource.ts';
import { toYaml } from '../kustomize/yaml.ts';
import { fieldsOf } from './fields.ts';
import { masker } from './mask.ts';

const contextLines = 3;
/** Lines that may differ before alignment takes too long: its time grows with their product. */
const mostDifferences = 1_500;
/** Of a diff. Nobody reads more of one object. */
const mostLines = 2_000;

/** Writes diffs of objects as YAML. A part that many objects share is written once. */
export function differ(): (before: Resource | undefined, after: Resource | undefined) => string {
  const known = new WeakMap<object, string>();
  const fieldText = (field: string, value: unknown): string => {
    if (typeof value !== 'object' || value === null) return yamlOf({ [field]: value });
    const text = known.get(value) ?? yamlOf({ [field]: value });
    known.set(value, text);
    return text;
  };
  return (before, after) => {
    const mask = masker();
    const hide = secretHider();
    const [then, now] = [before, after].map((resource) =>
      resource === undefined
        ? []
        : linesOf(
            mask(
              Object.entries(hide(resource))
                .map(([field, value]) => fieldText(field, value))
                .join(''),
            ),
          ),
    ) as [string[], string[]];
    return unified(then, now);
  };
}

function yamlOf(value: object): string {
  try {
    return toYaml(value);
  } catch {
    // Only what somebody else wrote can hold a text that our YAML refuses.
    return `${JSON.stringify(value, null, 2)}\n`;
  }
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Bytes of a Secret are a secret whatever they look like. */
function secretHider(): (resource: Resource) => object {
  const known = new Map<string, number>();
  const hidden = (value: unknown): string => {
    const text = JSON.stringify(value) ?? '';
    const number = known.get(text) ?? known.size + 1;
    known.set(text, number);
    return `(secret ${number})`;
  };
  const hiddenFields = (value: unknown) => Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, item]) => [key, hidden(item)]));
  return (resource) => {
    if (resource.kind !== 'Secret') return resource;
    const { data, stringData, ...rest } = resource as Resource & { readonly data?: unknown; readonly stringData?: unknown };
    return {
      ...rest,
      ...(data !== undefined && { data: hiddenFields(data) }),
      ...(stringData !== undefined && { stringData: hiddenFields(stringData) }),
    };
  };
}

/** A unified diff without file headers. */
export function unified(before: readonly string[], after: readonly string[]): string {
  const lines = hunks(before, after) ?? unaligned(before, after);
  const shown = lines.length <= mostLines ? lines : [...lines.slice(0, mostLines), `@@ ${lines.length - mostLines} lines more @@`];
  return shown.map((line) => `${line}\n`).join('');
}

function hunks(before: readonly string[], after: readonly string[]): string[] | undefined {
  if (before.length === 0) return [`@@ -0,0 +1,${after.length} @@`, ...after.map((line) => `+${line}`)];
  if (after.length === 0) return [`@@ -1,${before.length} +0,0 @@`, ...before.map((line) => `-${line}`)];
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  const patch = structuredPatch('', '', text(before), text(after), '', '', { context: contextLines, maxEditLength: mostDifferences });
  return patch?.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}

/** Where too much differs to be aligned: the lines that only one side has, or has more often. */
function unaligned(before: readonly string[], after: readonly string[]): string[] {
  const only = (lines: readonly string[], others: readonly string[]): string[] => {
    const left = new Map<string, number>();
    for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
    return lines.filter((line) => {
      const count = left.get(line) ?? 0;
      if (count > 0) left.set(line, count - 1);
      return count === 0;
    });
  };
  return [
    `@@ too much differs between ${before.length} and ${after.length} lines to show where: the lines of one side only @@`,
    ...only(before, after).map((line) => `-${line}`),
    ...only(after, before).map((line) => `+${line}`),
  ];
}
