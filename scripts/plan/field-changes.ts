import { isEqual } from '../kubernetes/equal.ts';
import { type Fields, at as fieldAt, fieldsOf, textOf } from './fields.ts';

/** Where a field is: its keys, and the places of items in each version, which differ where items came or went before them. */
export interface FieldChange {
  readonly before: readonly (string | number)[] | undefined;
  readonly after: readonly (string | number)[] | undefined;
  readonly from?: unknown;
  readonly to?: unknown;
}

type Path = readonly (string | number)[];

/** The fields in which two values differ, the innermost ones. Items of a list that have names are told apart by them. */
export function fieldChanges(before: unknown, after: unknown, then: Path = [], now: Path = []): readonly FieldChange[] {
  if (isEqual(before, after)) return [];
  if (before === undefined) return [{ before: undefined, after: now, to: after }];
  if (after === undefined) return [{ before: then, after: undefined, from: before }];
  if (Array.isArray(before) && Array.isArray(after)) {
    const pairs = pairsByName(before, after) ?? (before.length === after.length ? before.map((_, i) => [i, i] as const) : undefined);
    if (pairs === undefined) return [{ before: then, after: now, from: before, to: after }];
    const found = pairs.flatMap(([a, b]) =>
      fieldChanges(a === undefined ? undefined : before[a], b === undefined ? undefined : after[b], [...then, a ?? 0], [...now, b ?? 0]),
    );
    // The same items in another order.
    return found.length > 0 ? found : [{ before: then, after: now, from: before, to: after }];
  }
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => fieldChanges(fieldAt(before, key), fieldAt(after, key), [...then, key], [...now, key]));
  return [{ before: then, after: now, from: before, to: after }];
}

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Items that belong together by their names, in the order of the newer list, then those that are gone; undefined without unique names. */
function pairsByName(
  before: readonly unknown[],
  after: readonly unknown[],
): readonly (readonly [number | undefined, number | undefined])[] | undefined {
  const [then, now] = [before, after].map(indicesByName);
  if (then === undefined || now === undefined) return undefined;
  return [
    ...[...now].map(([name, i]) => [then.get(name), i] as const),
    ...[...then].filter(([name]) => !now.has(name)).map(([, i]) => [i, undefined] as const),
  ];
}

function indicesByName(list: readonly unknown[]): ReadonlyMap<string, number> | undefined {
  const indices = new Map<string, number>();
  for (const [i, item] of list.entries()) {
    const name = textOf(fieldsOf(item).name);
    if (name === undefined || indices.has(name)) return undefined;
    indices.set(name, i);
  }
  return indices;
}

/** Such as `nodes[1].address`. */
export const fieldName = (path: Path): string =>
  path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`))
    .join('');
