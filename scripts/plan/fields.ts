/** Somebody may have written anything into the older manifests, so that no field is what its type says until it was looked at. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** The fields of an object; none of anything else. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;

/** The items of a list; none of anything else. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A value as a sentence says it: a text as it is, anything else as JSON. */
export const wordOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : JSON.stringify(value));

/** The texts among the items of a list. */
export const textsOf = (value: unknown): readonly string[] => itemsOf(value).filter((item) => typeof item === 'string');

/** What is at the end of the path; undefined where the path breaks off. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (Object.hasOwn(fieldsOf(inner), key) ? fieldsOf(inner)[key] : undefined), value);
