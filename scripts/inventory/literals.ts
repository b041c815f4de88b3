// Objects, lists and templates as they are written.

import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { type Frame, originAt } from './frame.ts';
import { maxList, maxText, textOf } from './methods.ts';
import { nameValue } from './names.ts';
import { describe, type Field, isReservedKey, type Origin, placeOf, quote, type Value } from './values.ts';

export function objectLiteral(run: Evaluator, node: ts.ObjectLiteralExpression, origin: Origin, frame: Frame): Value {
  const fields = new Map<string, Field>();
  /** Keys that this literal itself wrote, which it may not write again. */
  const written = new Map<string, Origin>();
  let incomplete = false;
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const value = run.evaluate(property.expression, frame);
      if (value.kind === 'failed') incomplete = true;
      else if (value.kind === 'object') {
        if (!run.spend(value.fields.size, origin)) return { kind: 'failed', origin };
        for (const [key, field] of value.fields) fields.set(key, field);
        incomplete ||= value.incomplete;
      } else if (value.kind !== 'primitive' || (value.value !== undefined && value.value !== null && value.value !== false))
        run.complain(originAt(frame, property), 'inventory/wrong-type', `${describe(value)} cannot be spread into an object`);
      continue;
    }
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) {
      // A getter, setter or method: the grammar has complained.
      const name = property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name : undefined;
      if (name && !isReservedKey(name.text))
        fields.set(name.text, {
          key: originAt(frame, name),
          entry: property,
          value: { kind: 'failed', origin: originAt(frame, property) },
        });
      else incomplete = true;
      continue;
    }
    const key = keyOf(run, property.name, frame);
    const value = ts.isPropertyAssignment(property) ? run.evaluate(property.initializer, frame) : nameValue(run, property.name, frame);
    if (key === undefined) {
      incomplete = true;
      continue;
    }
    const place: Origin = originAt(frame, property.name);
    const first = written.get(key);
    if (first)
      run.complain(place, 'inventory/duplicate-key', `${quote(key)} is written twice in this object`, 'Keep one of them.', [
        { message: 'first written here', span: placeOf(first) },
      ]);
    else {
      written.set(key, place);
      fields.set(key, { key: place, entry: property, value });
    }
  }
  return run.object(fields, origin, incomplete);
}

/** The key that a property name stands for; undefined after a complaint. */
export function keyOf(run: Evaluator, name: ts.PropertyName, frame: Frame): string | undefined {
  const origin: Origin = originAt(frame, name);
  let key: string | undefined;
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNoSubstitutionTemplateLiteral(name)) key = name.text;
  else if (ts.isNumericLiteral(name)) key = String(Number(name.text));
  else if (ts.isComputedPropertyName(name)) {
    const value = run.evaluate(name.expression, frame);
    if (value.kind === 'failed') return undefined;
    key = textOf(value);
    if (key === undefined) run.complain(origin, 'inventory/wrong-type', `a key is a text, not ${describe(value)}`);
  }
  if (key === undefined || !isReservedKey(key)) return key;
  run.complain(origin, 'inventory/reserved-key', `${quote(key)} cannot be the key of a field`);
  return undefined;
}

/** The items of a list, or the arguments of a call. */
export function itemsOf(run: Evaluator, elements: readonly ts.Expression[], frame: Frame): readonly Value[] {
  const items: Value[] = [];
  for (const element of elements) {
    if (!ts.isSpreadElement(element)) {
      items.push(run.evaluate(element, frame));
      continue;
    }
    const value = run.evaluate(element.expression, frame);
    const origin: Origin = originAt(frame, element);
    if (value.kind === 'list' && items.length + value.items.length <= maxList && run.spend(value.items.length >> 2, origin))
      for (const item of value.items) items.push(item);
    else if (value.kind === 'list') items.push(run.complain(origin, 'inventory/limit', `a list of more than ${maxList} items`));
    else
      items.push(
        value.kind === 'failed' ? value : run.complain(origin, 'inventory/wrong-type', `${describe(value)} cannot be spread into a list`),
      );
  }
  return items;
}

export function template(run: Evaluator, { head, templateSpans }: ts.TemplateExpression, origin: Origin, frame: Frame): Value {
  let text = head.text;
  for (const { expression, literal } of templateSpans) {
    const value = run.evaluate(expression, frame);
    if (value.kind === 'failed') return value;
    const part = textOf(value);
    if (part === undefined)
      return run.complain(originAt(frame, expression), 'inventory/wrong-type', `${describe(value)} has no text to put into this template`);
    text += part + literal.text;
    if (text.length > maxText || !run.spend(text.length >> 4, origin)) break;
  }
  return run.primitive(text, origin);
}
