import type { Resource } from '../kubernetes/resource.ts';

/** One place in an object where it differs. */
export interface Edit {
  readonly path: readonly (string | number)[];
  /** Absent where there was nothing. */
  readonly before?: unknown;
  /** Absent where there is nothing any more. */
  readonly after?: unknown;
  /** It is in what the clusters of a ring share, so that no value of one cluster can be in it. */
  readonly common: boolean;
}

/** Whether a part of an object comes from a base that clusters share. */
export type IsCommon = (part: object) => boolean;

/** Finds the edits between two versions of an object. What clusters share is compared once, however many of them have it. */
export function editFinder(isCommon: IsCommon): (before: Resource, after: Resource) => readonly Edit[] {
  const known = new WeakMap<object, WeakMap<object, readonly Edit[]>>();
  const ofField = (field: string, before: unknown, after: unknown): readonly Edit[] => {
    if (!isObject(before) || !isObject(after)) return differences(before, after, [field], isCommon, false);
    const ofBefore = known.get(before) ?? new WeakMap<object, readonly Edit[]>();
    known.set(before, ofBefore);
    const found = ofBefore.get(after) ?? differences(before, after, [field], isCommon, false);
    ofBefore.set(after, found);
    return found;
  };
  return (before, after) => {
    const [then, now]: readonly [Fields, Fields] = [{ ...before }, { ...after }];
    return keysOf(then, now).flatMap((field) => (then[field] === now[field] ? [] : ofField(field, then[field], now[field])));
  };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Keys of either, in their order as text. */
const keysOf = (one: object, other: object): readonly string[] => [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();

/** Lists are compared item by item where they are equally long; otherwise the whole list is the edit. */
function differences(before: unknown, after: unknown, path: Edit['path'], isCommon: IsCommon, common: boolean): readonly Edit[] {
  if (before === after) return [];
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const shared = isCommon(before) && isCommon(after);
    if (!Array.isArray(before) || !Array.isArray(after)) {
      const [then, now] = [before as Fields, after as Fields];
      return keysOf(then, now).flatMap((key) => differences(own(then, key), own(now, key), [...path, key], isCommon, shared));
    }
    if (before.length === after.length) return before.flatMap((item, i) => differences(item, after[i], [...path, i], isCommon, shared));
    return [{ path, before, after, common: shared }];
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }), common }];
}

const own = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
