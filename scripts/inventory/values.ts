import type { ts } from 'ts-morph';
import type { Span } from '../diagnostic.ts';
import { distinct, type Place } from './place.ts';

/** Where a value was written, and the call that made it, if it was written in a function. */
export interface Origin {
  readonly source: ts.SourceFile;
  readonly node: ts.Node;
  readonly call: Origin | undefined;
  /** A call for each item of a list has the item here, which tells one call from the next. */
  readonly item?: Origin;
}

export type Primitive = string | number | boolean | null | undefined;

export interface PrimitiveValue {
  readonly kind: 'primitive';
  readonly value: Primitive;
  readonly origin: Origin;
  /** An optional chain that ended early: what follows in the chain is undefined, too. */
  readonly ended?: true;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly depth: number;
  readonly origin: Origin;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, Field>;
  readonly depth: number;
  readonly origin: Origin;
  /** Something that was spread into it could not be evaluated: what it lacks is nobody's mistake. */
  readonly incomplete: boolean;
  /** `import * as name`: the path of the file. */
  readonly module?: string;
}

export interface Field {
  /** Where the key was written. */
  readonly key: Origin;
  /** The key and its value, as written: a value from within needs no other place. */
  readonly entry: ts.Node;
  readonly value: Value;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly origin: Origin;
  apply(values: readonly Value[], call: Origin): Value;
}

/** What could not be evaluated, and was complained about. Whatever is made of it fails in silence. */
export interface FailedValue {
  readonly kind: 'failed';
  readonly origin: Origin;
}

export type Value = PrimitiveValue | ListValue | ObjectValue | FunctionValue | FailedValue;

export type Path = readonly (string | number)[];

/** How a message calls a value. */
export function describe(value: Value): string {
  if (value.kind === 'primitive') return value.value === undefined || value.value === null ? String(value.value) : quote(value.value);
  return { list: 'a list', object: 'an object', function: 'a function', failed: 'nothing' }[value.kind];
}

/** A value within a message: short, on one line. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** A key that means something else than a field to JavaScript. */
export const isReservedKey = (key: string): boolean => key === '__proto__' || key === 'constructor' || key === 'prototype';

/** Keys in the order in which JavaScript lists them: those that look like an index come first. */
export function keysOf({ fields }: ObjectValue): readonly string[] {
  const keys = [...fields.keys()];
  const isIndex = (key: string): boolean => /^(0|[1-9][0-9]{0,8})$/.test(key);
  const indices = keys.filter(isIndex);
  return indices.length ? [...indices.sort((a, b) => Number(a) - Number(b)), ...keys.filter((key) => !isIndex(key))] : keys;
}

// Places

/** More than these say no more. */
const maxCalls = 4;

/** Where a value is used: the place to show, and the syntax that tells whether the value was written there, too. */
export interface Use {
  readonly place: Origin;
  readonly within: ts.Node;
}

export function placeOf(origin: Origin, uses: readonly Use[] = []): Place {
  const through = callsOf(origin);
  const foreign = uses.findLast(({ place, within }) => !contains({ ...place, node: within }, origin));
  if (foreign) through.push({ message: 'used here', span: spanOf(foreign.place) });
  return { ...spanOf(origin), through: distinct(through) };
}

/** The calls that a value came through, the nearest first. */
function callsOf(origin: Origin): { message: string; span: Span }[] {
  const calls: { message: string; span: Span }[] = [];
  for (let { call } = origin; call && calls.length < maxCalls; call = call.call) {
    if (call.item) calls.push({ message: 'for this item', span: spanOf(call.item) });
    calls.push({ message: 'in this call', span: spanOf(call) });
  }
  return calls;
}

const contains = (outer: Origin, inner: Origin): boolean =>
  outer.source === inner.source && outer.node.pos <= inner.node.pos && inner.node.end <= outer.node.end;

const spanOf = ({ source, node }: Origin): Span => spanBetween(source, node.getStart(source), node.end);

/** From `start` to `end`, or to the end of the line if that comes first. */
export function spanBetween(source: ts.SourceFile, start: number, end: number): Span {
  const { line, character } = source.getLineAndCharacterOfPosition(start);
  const lineStarts = source.getLineStarts();
  const next = lineStarts[line + 1];
  const lineEnd = next === undefined ? source.text.length : next - (source.text.slice(next - 2, next) === '\r\n' ? 2 : 1);
  return { file: source.fileName, line: line + 1, column: character + 1, length: Math.max(1, Math.min(end, lineEnd) - start) };
}
