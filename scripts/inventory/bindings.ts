// Declarations: the names of a `const` or of parameters, and of the patterns that take values apart.

import { ts } from 'ts-morph';
import { fieldOf } from './access.ts';
import type { Evaluator } from './evaluator.ts';
import { type Frame, originAt } from './frame.ts';
import { keyOf } from './literals.ts';
import { describe, type Origin, quote, type Value } from './values.ts';

export function runConst(run: Evaluator, list: ts.VariableDeclarationList, frame: Frame): void {
  const refused = frame.refused.has(list);
  for (const { name, initializer } of list.declarations) {
    const value: Value = initializer && !refused ? run.evaluate(initializer, frame) : { kind: 'failed', origin: originAt(frame, name) };
    bind(run, name, value, frame);
  }
}

/** Gives the names of a pattern their values. */
export function bind(run: Evaluator, pattern: ts.BindingName, value: Value, frame: Frame): void {
  if (ts.isIdentifier(pattern)) bindName(run, pattern, value, frame);
  else if (ts.isObjectBindingPattern(pattern)) bindFields(run, pattern, value, frame);
  else bindItems(run, pattern, value, frame);
}

function bindName(run: Evaluator, name: ts.Identifier, value: Value, frame: Frame): void {
  const { names } = frame.scope;
  if (names.get(name.text))
    run.complain(
      originAt(frame, name),
      'inventory/duplicate-name',
      `${quote(name.text)} is declared twice`,
      'Give one of them another name.',
    );
  else names.set(name.text, value);
}

function bindFields(run: Evaluator, pattern: ts.ObjectBindingPattern, value: Value, frame: Frame): void {
  const at: Origin = originAt(frame, pattern);
  const object =
    value.kind === 'object' || value.kind === 'failed'
      ? value
      : run.complain(at, 'inventory/wrong-type', `${describe(value)} has no fields to take apart`);
  const taken = new Set<string>();
  for (const element of pattern.elements) {
    const { dotDotDotToken, propertyName, name, initializer } = element;
    const origin: Origin = originAt(frame, element);
    if (dotDotDotToken) {
      const rest =
        object.kind === 'object'
          ? run.object(new Map([...object.fields].filter(([key]) => !taken.has(key))), origin, object.incomplete)
          : object;
      bind(run, name, rest, frame);
      continue;
    }
    const key = propertyName ? keyOf(run, propertyName, frame) : (name as ts.Identifier).text;
    if (key !== undefined) taken.add(key);
    const found = key === undefined || object.kind === 'failed' ? undefined : fieldOf(run, object, key, origin);
    bind(run, name, orDefault(run, found ?? { kind: 'failed', origin }, initializer, frame), frame);
  }
}

function bindItems(run: Evaluator, pattern: ts.ArrayBindingPattern, value: Value, frame: Frame): void {
  const at: Origin = originAt(frame, pattern);
  const list =
    value.kind === 'list' || value.kind === 'failed' ? value : run.complain(at, 'inventory/wrong-type', `${describe(value)} is not a list`);
  for (const [i, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const origin: Origin = originAt(frame, element);
    let item: Value = list;
    if (list.kind === 'list')
      item = element.dotDotDotToken ? run.list(list.items.slice(i), origin) : (list.items[i] ?? run.primitive(undefined, origin));
    bind(run, element.name, orDefault(run, item, element.initializer, frame), frame);
  }
}

/** The value, or the default that its declaration has where the value is undefined. */
export function orDefault(run: Evaluator, value: Value, initializer: ts.Expression | undefined, frame: Frame): Value {
  return initializer && value.kind === 'primitive' && value.value === undefined ? run.evaluate(initializer, frame) : value;
}

/** The names that a list of declarations binds. */
export function namesOf(list: ts.VariableDeclarationList): readonly ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const collect = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name);
    else for (const element of name.elements) if (ts.isBindingElement(element)) collect(element.name);
  };
  for (const { name } of list.declarations) collect(name);
  return names;
}
