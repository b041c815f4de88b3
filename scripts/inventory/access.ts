// Access to what a value holds: fields, items, characters; through optional chains, too.

import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { type Frame, isBound, originAt } from './frame.ts';
import { listMethodNames, staticFunction, textMethodNames, textOf } from './methods.ts';
import { didYouMean } from './suggest.ts';
import { describe, isReservedKey, type ObjectValue, type Origin, type PrimitiveValue, quote, type Value } from './values.ts';

export function propertyAccess(run: Evaluator, node: ts.PropertyAccessExpression, origin: Origin, frame: Frame): Value {
  const known =
    ts.isIdentifier(node.expression) && !isBound(node.expression.text, frame)
      ? staticFunction(node.expression.text, node.name.text)
      : undefined;
  if (known) return { kind: 'function', origin, apply: (values, call) => known(run, values, call) };
  const target = run.evaluate(node.expression, frame);
  return endedOf(target, node, origin) ?? fieldOf(run, target, node.name.text, originAt(frame, node.name));
}

export function elementAccess(run: Evaluator, node: ts.ElementAccessExpression, origin: Origin, frame: Frame): Value {
  const target = run.evaluate(node.expression, frame);
  const ended = endedOf(target, node, origin);
  if (ended) return ended;
  const index = run.evaluate(node.argumentExpression, frame);
  if (index.kind === 'failed') return index;
  const key = textOf(index);
  if (key === undefined) return run.complain(index.origin, 'inventory/wrong-type', `${describe(index)} is neither a key nor an index`);
  return fieldOf(run, target, key, originAt(frame, node.argumentExpression));
}

/** What an optional chain comes to when its beginning is absent; undefined when it goes on. */
export function endedOf(
  target: Value,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression,
  origin: Origin,
): PrimitiveValue | undefined {
  if (target.kind !== 'primitive' || (target.value !== undefined && target.value !== null)) return undefined;
  const ends = node.questionDotToken !== undefined || (target.ended === true && (node.flags & ts.NodeFlags.OptionalChain) !== 0);
  return ends ? { kind: 'primitive', value: undefined, origin, ended: true } : undefined;
}

/** A field of an object, an item of a list, a character of a text; undefined where there is none. */
export function fieldOf(run: Evaluator, target: Value, key: string, origin: Origin): Value {
  if (target.kind === 'failed') return target;
  if (isReservedKey(key)) return run.complain(origin, 'inventory/reserved-key', `${quote(key)} is not a field`);
  if (target.kind === 'object') return target.fields.get(key)?.value ?? absentField(run, target, key, origin);
  if (target.kind === 'function') return run.complain(origin, 'inventory/wrong-type', 'a function has no fields', 'Call it.');
  const whole = target.kind === 'list' ? target.items : target.value;
  if (whole === undefined || whole === null)
    return run.complain(
      origin,
      'inventory/wrong-type',
      `${whole} has no field ${quote(key)}`,
      'Where it may be absent, write `?.` and `??`.',
    );
  if (typeof whole !== 'string' && typeof whole !== 'object')
    return run.complain(origin, 'inventory/wrong-type', `${describe(target)} has no fields`);
  if (key === 'length') return run.primitive(whole.length, origin);
  if (/^(0|[1-9][0-9]*)$/.test(key)) {
    const item = whole[Number(key)];
    return typeof item === 'object' ? item : run.primitive(item, origin);
  }
  return unknownMethod(run, target, key, origin);
}

function absentField(run: Evaluator, target: ObjectValue, key: string, origin: Origin): Value {
  if (target.incomplete) return { kind: 'failed', origin };
  if (target.module === undefined) return run.primitive(undefined, origin);
  return run.complain(
    origin,
    'inventory/missing-export',
    `${target.module} exports no ${quote(key)}`,
    didYouMean(key, [...target.fields.keys()]),
  );
}

export function unknownMethod(run: Evaluator, target: Value, name: string, origin: Origin): Value {
  const isList = target.kind === 'list';
  const methods = isList ? listMethodNames() : textMethodNames();
  return run.complain(
    origin,
    'inventory/not-static',
    `${isList ? 'a list' : 'a text'} of the inventory has no ${quote(name)}`,
    `There are: ${methods.join(', ')}.`,
  );
}
