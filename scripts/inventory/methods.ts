import {
  describe,
  type Field,
  type FunctionValue,
  isReservedKey,
  keysOf,
  type ListValue,
  type ObjectValue,
  type Origin,
  type Primitive,
  type Value,
} from './values.ts';

/** What a built-in function needs of the evaluation that runs it. Everything it makes goes through here, where it is bounded. */
export interface Run {
  /** Counts work, in steps; false when there is none left. */
  spend(steps: number, at: Origin): boolean;
  complain(at: Origin, code: `inventory/${string}`, message: string, hint?: string): Value;
  primitive(value: Primitive, origin: Origin): Value;
  list(items: readonly Value[], origin: Origin): Value;
  object(fields: ReadonlyMap<string, Field>, origin: Origin, incomplete?: boolean): Value;
}

type Builtin = (run: Run, values: readonly Value[], call: Origin) => Value;

export const maxList = 100_000;
export const maxFields = 20_000;
export const maxText = 65_536;

/** The call of a list method, by name; undefined for one that the inventory does not have. */
export function callListMethod(run: Run, list: ListValue, name: string, values: readonly Value[], call: Origin): Value | undefined {
  const method = Object.hasOwn(listMethods, name) ? listMethods[name] : undefined;
  if (!method) return undefined;
  if (!run.spend(list.items.length, call)) return { kind: 'failed', origin: call };
  return method(run, list, values, call);
}

export const listMethodNames = (): readonly string[] => [...Object.keys(listMethods), 'length'];
export const textMethodNames = (): readonly string[] => [...Object.keys(textMethods), 'length'];

// Lists

const listMethods: Readonly<Record<string, (run: Run, list: ListValue, values: readonly Value[], call: Origin) => Value>> = {
  map: (run, list, values, call) => eachItem(run, list, values, call, (results) => run.list(results, call)),
  filter: (run, list, values, call) =>
    eachItem(run, list, values, call, (results) =>
      run.list(
        list.items.filter((_, i) => isTruthy(results[i] as Value)),
        call,
      ),
    ),
  flatMap: (run, list, values, call) =>
    eachItem(run, list, values, call, (results) =>
      run.list(
        results.flatMap((value) => (value.kind === 'list' ? value.items : [value])),
        call,
      ),
    ),
  concat: (run, list, values, call) => {
    const length = values.reduce((sum, value) => sum + (value.kind === 'list' ? value.items.length : 1), list.items.length);
    if (length > maxList) return tooLong(run, call, length);
    return run.list([...list.items, ...values.flatMap((value) => (value.kind === 'list' ? value.items : [value]))], call);
  },
  includes: (run, list, [wanted], call) =>
    run.primitive(
      list.items.some((item) => wanted !== undefined && isSame(item, wanted)),
      call,
    ),
  join: (run, list, [separator], call) => {
    const between = separator === undefined || (separator.kind === 'primitive' && separator.value === undefined) ? ',' : textOf(separator);
    if (between === undefined)
      return run.complain(call, 'inventory/wrong-type', `join needs a text to put between, not ${describe(separator as Value)}`);
    const texts: string[] = [];
    let length = 0;
    for (const item of list.items) {
      const text = item.kind === 'primitive' && (item.value === undefined || item.value === null) ? '' : textOf(item);
      if (text === undefined) return run.complain(call, 'inventory/wrong-type', `join needs a list of texts; it has ${describe(item)}`);
      length += text.length + between.length;
      if (length > maxText) return tooLongText(run, call, length);
      texts.push(text);
    }
    return run.primitive(texts.join(between), call);
  },
  slice: (run, list, values, call) => {
    const bounds = integers(values);
    if (!bounds) return run.complain(call, 'inventory/wrong-type', `slice needs whole numbers, not ${values.map(describe).join(' and ')}`);
    return run.list(list.items.slice(...bounds), call);
  },
};

/** The results of a function for each item, if none of them failed as a whole. */
function eachItem(run: Run, list: ListValue, values: readonly Value[], call: Origin, then: (results: readonly Value[]) => Value): Value {
  const callback = values[0];
  if (callback?.kind !== 'function') return notAFunction(run, callback, call);
  const results: Value[] = [];
  for (const [i, item] of list.items.entries()) {
    if (!run.spend(1, call)) return { kind: 'failed', origin: call };
    results.push(callback.apply([item, run.primitive(i, call)], { ...call, item: item.origin }));
  }
  return then(results);
}

const notAFunction = (run: Run, value: Value | undefined, call: Origin): Value =>
  value?.kind === 'failed'
    ? value
    : run.complain(
        call,
        'inventory/wrong-type',
        `a function is needed here, not ${value ? describe(value) : 'nothing'}`,
        'Write an arrow function: `(item) => …`.',
      );

const tooLong = (run: Run, call: Origin, length: number): Value =>
  run.complain(call, 'inventory/limit', `a list of ${length} items; at most ${maxList} are allowed`);

const tooLongText = (run: Run, call: Origin, length: number): Value =>
  run.complain(call, 'inventory/limit', `a text of ${length} characters; at most ${maxText} are allowed`);

// Texts

interface TextMethod {
  /** `text` or `number` an argument, with `?` if it may be left out. */
  readonly takes: readonly ('text' | 'text?' | 'number' | 'number?')[];
  /** Takes any number of its last argument. */
  readonly rest?: true;
  /** Characters of the result, where it may be longer than the text: asked before the result is made. */
  readonly length?: (text: string, ...values: never[]) => number;
  readonly apply: (text: string, ...values: never[]) => string | number | boolean | undefined | readonly string[];
}

const padded = (text: string, length: number): number => Math.max(text.length, length);

const textMethods: Readonly<Record<string, TextMethod>> = {
  toLowerCase: { takes: [], apply: (text) => text.toLowerCase() },
  toUpperCase: { takes: [], apply: (text) => text.toUpperCase() },
  padStart: { takes: ['number', 'text?'], length: padded, apply: (text, length: number, fill?: string) => text.padStart(length, fill) },
  padEnd: { takes: ['number', 'text?'], length: padded, apply: (text, length: number, fill?: string) => text.padEnd(length, fill) },
  slice: { takes: ['number?', 'number?'], apply: (text, from?: number, to?: number) => text.slice(from, to) },
  substring: { takes: ['number', 'number?'], apply: (text, from: number, to?: number) => text.substring(from, to) },
  split: { takes: ['text', 'number?'], apply: (text, separator: string, most?: number) => text.split(separator, most) },
  trim: { takes: [], apply: (text) => text.trim() },
  trimStart: { takes: [], apply: (text) => text.trimStart() },
  trimEnd: { takes: [], apply: (text) => text.trimEnd() },
  startsWith: { takes: ['text', 'number?'], apply: (text, start: string, from?: number) => text.startsWith(start, from) },
  endsWith: { takes: ['text', 'number?'], apply: (text, end: string, to?: number) => text.endsWith(end, to) },
  includes: { takes: ['text', 'number?'], apply: (text, part: string, from?: number) => text.includes(part, from) },
  indexOf: { takes: ['text', 'number?'], apply: (text, part: string, from?: number) => text.indexOf(part, from) },
  lastIndexOf: { takes: ['text'], apply: (text, part: string) => text.lastIndexOf(part) },
  at: { takes: ['number'], apply: (text, index: number) => text.at(index) },
  charAt: { takes: ['number'], apply: (text, index: number) => text.charAt(index) },
  repeat: { takes: ['number'], length: (text, count: number) => text.length * count, apply: (text, count: number) => text.repeat(count) },
  concat: {
    takes: ['text'],
    rest: true,
    length: (text, ...others: string[]) => others.reduce((sum, other) => sum + other.length, text.length),
    apply: (text, ...others: string[]) => text.concat(...others),
  },
  replaceAll: {
    takes: ['text', 'text'],
    length: (text, part: string, by: string) => text.length + (text.split(part).length + 1) * by.length,
    apply: (text, part: string, by: string) => text.replaceAll(part, by),
  },
};

/** The call of a text method, by name; undefined for one that the inventory does not have. */
export function callTextMethod(run: Run, text: string, name: string, values: readonly Value[], call: Origin): Value | undefined {
  const method = Object.hasOwn(textMethods, name) ? textMethods[name] : undefined;
  if (!method) return undefined;
  const plain: Primitive[] = [];
  for (const [i, value] of values.entries()) {
    const wanted = method.takes[i] ?? (method.rest ? method.takes.at(-1) : undefined);
    if (value.kind === 'failed') return value;
    if (wanted === undefined)
      return run.complain(call, 'inventory/wrong-type', `${name} takes ${method.takes.length} values, not ${values.length}`);
    if (!fits(wanted, value))
      return run.complain(call, 'inventory/wrong-type', `${name} needs a ${wanted.replace('?', '')} here, not ${describe(value)}`);
    plain.push((value as { value: Primitive }).value);
  }
  const needed = method.takes.filter((kind) => !kind.endsWith('?')).length;
  if (values.length < needed) return run.complain(call, 'inventory/wrong-type', `${name} needs ${needed} values, not ${values.length}`);
  if (name === 'replaceAll' && String(plain[1]).includes('$'))
    return run.complain(
      call,
      'inventory/not-static',
      'replaceAll with `$` in the replacement cannot be read',
      'Build the text with `split` and `join`.',
    );
  if (name === 'repeat' && (plain[0] as number) < 0)
    return run.complain(call, 'inventory/wrong-type', `repeat needs a number of 0 or more, not ${plain[0]}`);
  // `fits` has matched the values with what the method takes.
  const matched = plain as never[];
  const length = method.length?.(text, ...matched) ?? text.length;
  if (length > maxText) return tooLongText(run, call, length);
  if (!run.spend(1 + (length >> 4), call)) return { kind: 'failed', origin: call };
  const result = method.apply(text, ...matched);
  if (typeof result !== 'object') return run.primitive(result, call);
  if (!run.spend(result.length, call)) return { kind: 'failed', origin: call };
  return run.list(
    result.map((part) => run.primitive(part, call)),
    call,
  );
}

function fits(wanted: 'text' | 'text?' | 'number' | 'number?', value: Value): boolean {
  if (value.kind !== 'primitive') return false;
  if (value.value === undefined) return wanted.endsWith('?');
  return wanted.startsWith('text') ? typeof value.value === 'string' : Number.isSafeInteger(value.value);
}

// Functions that belong to no value

const needsObject = (run: Run, value: Value | undefined, name: string, call: Origin, then: (object: ObjectValue) => Value): Value => {
  if (value?.kind === 'failed') return value;
  if (value?.kind !== 'object')
    return run.complain(call, 'inventory/wrong-type', `Object.${name} needs an object, not ${value ? describe(value) : 'nothing'}`);
  return run.spend(value.fields.size, call) ? then(value) : { kind: 'failed', origin: call };
};

/** `Object.keys` and its like, by their whole name. */
const staticFunctions: Readonly<Record<string, Builtin>> = {
  'Object.keys': (run, [value], call) =>
    needsObject(run, value, 'keys', call, (object) =>
      run.list(
        keysOf(object).map((key) => run.primitive(key, keyOrigin(object, key, call))),
        call,
      ),
    ),
  'Object.values': (run, [value], call) =>
    needsObject(run, value, 'values', call, (object) =>
      run.list(
        keysOf(object).map((key) => (object.fields.get(key) as Field).value),
        call,
      ),
    ),
  'Object.entries': (run, [value], call) =>
    needsObject(run, value, 'entries', call, (object) =>
      run.list(
        keysOf(object).map((key) => {
          const { value: entry } = object.fields.get(key) as Field;
          const origin = keyOrigin(object, key, call);
          return run.list([run.primitive(key, origin), entry], origin);
        }),
        call,
      ),
    ),
  'Object.fromEntries': fromEntries,
  'Array.from': (run, [source, callback], call) => {
    if (source?.kind === 'failed') return source;
    const length = source?.kind === 'object' ? source.fields.get('length')?.value : undefined;
    if (length?.kind === 'failed') return length;
    if (length?.kind !== 'primitive' || !Number.isSafeInteger(length.value) || (length.value as number) < 0)
      return run.complain(
        call,
        'inventory/not-static',
        'Array.from is known as `Array.from({ length }, (_, i) => …)` with a whole number',
        'For a list, write `list.map(…)`.',
      );
    const count = length.value as number;
    if (count > maxList) return tooLong(run, call, count);
    if (callback?.kind !== 'function') return notAFunction(run, callback, call);
    const items: Value[] = [];
    for (let i = 0; i < count; i++) {
      if (!run.spend(1, call)) return { kind: 'failed', origin: call };
      items.push(callback.apply([run.primitive(undefined, call), run.primitive(i, call)], call));
    }
    return run.list(items, call);
  },
};

/** A key points at where it was written, but it is a value of the call: it came through nothing else. */
const keyOrigin = (object: ObjectValue, key: string, call: Origin): Origin => ({
  ...(object.fields.get(key) as Field).key,
  call: call.call,
});

function fromEntries(run: Run, [value]: readonly Value[], call: Origin): Value {
  if (value?.kind === 'failed') return value;
  if (value?.kind !== 'list')
    return run.complain(
      call,
      'inventory/wrong-type',
      `Object.fromEntries needs a list of pairs, not ${value ? describe(value) : 'nothing'}`,
    );
  const fields = new Map<string, Field>();
  let incomplete = false;
  for (const item of value.items) {
    if (!run.spend(1, call)) return { kind: 'failed', origin: call };
    const [key, entry] = item.kind === 'list' ? item.items : [];
    if (item.kind === 'failed' || key?.kind === 'failed') incomplete = true;
    else if (!key || !entry || textOf(key) === undefined)
      return run.complain(call, 'inventory/wrong-type', `Object.fromEntries needs pairs of a key and a value, not ${describe(item)}`);
    else {
      const name = textOf(key) as string;
      if (isReservedKey(name)) return run.complain(call, 'inventory/reserved-key', `"${name}" cannot be the key of a field`);
      fields.set(name, { key: key.origin, entry: call.node, value: entry });
    }
  }
  return run.object(fields, call, incomplete);
}

const conversions: Readonly<Record<string, Builtin>> = {
  String: (run, [value], call) => {
    if (!value) return run.primitive('', call);
    if (value.kind === 'failed') return value;
    const text = textOf(value);
    return text === undefined
      ? run.complain(call, 'inventory/wrong-type', `String needs a text, a number or a boolean, not ${describe(value)}`)
      : run.primitive(text, call);
  },
  Number: (run, [value], call) => {
    if (!value) return run.primitive(0, call);
    if (value.kind === 'failed') return value;
    const text = textOf(value);
    const number = text === undefined || text.trim() === '' ? Number.NaN : Number(value.kind === 'primitive' ? value.value : text);
    return Number.isFinite(number)
      ? run.primitive(number, call)
      : run.complain(call, 'inventory/wrong-type', `${describe(value)} is not a number`);
  },
};

export const staticFunction = (owner: string, name: string): Builtin | undefined => {
  const key = `${owner}.${name}`;
  return Object.hasOwn(staticFunctions, key) ? staticFunctions[key] : undefined;
};

/** `String` and `Number`, which may also be passed to `map`. */
export function conversion(run: Run, name: string, origin: Origin): FunctionValue | undefined {
  const convert = Object.hasOwn(conversions, name) ? conversions[name] : undefined;
  return convert && { kind: 'function', origin, apply: (values, call) => convert(run, values, call) };
}

// What values are to an operator

export function isTruthy(value: Value): boolean {
  return value.kind !== 'primitive' || Boolean(value.value);
}

/** Primitives by value, the rest by identity, as `===` does. */
export const isSame = (a: Value, b: Value): boolean => (a.kind === 'primitive' && b.kind === 'primitive' ? a.value === b.value : a === b);

/** A value within a text; undefined for those whose text would be of no use, such as "undefined" and "[object Object]". */
export function textOf(value: Value): string | undefined {
  if (value.kind !== 'primitive' || value.value === undefined || value.value === null) return undefined;
  return String(value.value);
}

/** The numbers in front of each other; undefined when one of them is no whole number. */
function integers(values: readonly Value[]): [number?, number?] | undefined {
  const numbers = values.slice(0, 2).map((value) => (value.kind === 'primitive' ? value.value : null));
  return numbers.every((number) => number === undefined || Number.isSafeInteger(number)) ? (numbers as [number?, number?]) : undefined;
}
