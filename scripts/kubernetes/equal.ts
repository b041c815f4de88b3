/** Whether two JSON values are the same, whatever the order of their keys. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [entries, other] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return (
    entries.length === Object.keys(b).length && entries.every(([key, value]) => Object.hasOwn(other, key) && isEqual(value, other[key]))
  );
}
