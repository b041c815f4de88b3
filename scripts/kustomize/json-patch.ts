import { isEqual } from '../kubernetes/equal.ts';
import type { Operation } from './kustomization.ts';

/** What a JSON6902 patch makes of a value. The value itself is not changed: untouched branches are shared, touched ones copied.
 *  As strict as RFC 6902: Kustomize adds what it should replace, counts list items from the end, and takes an absent value for null. */
export const applyPatch = (value: unknown, operations: readonly Operation[]): unknown =>
  operations.reduce((current, operation) => apply(current, pointer(operation.path), operation), value);

function pointer(path: string): readonly string[] {
  if (!path.startsWith('/')) throw new Error(`bug: ${path || 'an empty path'} is no path of an operation`);
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function apply(parent: unknown, [key, ...rest]: readonly string[], operation: Operation): unknown {
  const missing = () => new Error(`bug: ${operation.op} ${operation.path}: there is nothing at ${JSON.stringify(key)}`);
  if (key === undefined || typeof parent !== 'object' || parent === null) throw missing();
  if (Array.isArray(parent)) {
    const adds = operation.op === 'add' && rest.length === 0;
    const index = adds && key === '-' ? parent.length : /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
    if (!(index < parent.length + (adds ? 1 : 0))) throw missing();
    if (adds) return parent.toSpliced(index, 0, operation.value);
    if (rest.length > 0) return parent.with(index, apply(parent[index], rest, operation));
    return operation.op === 'remove' ? parent.toSpliced(index, 1) : parent.with(index, changed(parent[index], operation));
  }
  const record = parent as Readonly<Record<string, unknown>>;
  if (rest.length === 0 && operation.op === 'add') return { ...record, [key]: operation.value };
  if (!Object.hasOwn(record, key)) throw missing();
  if (rest.length > 0) return { ...record, [key]: apply(record[key], rest, operation) };
  if (operation.op !== 'remove') return { ...record, [key]: changed(record[key], operation) };
  const { [key]: _, ...others } = record;
  return others;
}

/** The value after a `test`, which leaves it, or a `replace`. */
function changed(value: unknown, { op, path, value: operand }: Operation): unknown {
  if (op === 'replace') return operand;
  if (isEqual(value, operand)) return value;
  throw new Error(`bug: test ${path}: ${JSON.stringify(value)} is not ${JSON.stringify(operand)}`);
}
