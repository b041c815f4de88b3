// Calls of functions and methods.

import { ts } from 'ts-morph';
import { endedOf, fieldOf, unknownMethod } from './access.ts';
import type { Evaluator } from './evaluator.ts';
import { type Frame, isBound, originAt } from './frame.ts';
import { itemsOf } from './literals.ts';
import { callListMethod, callTextMethod, staticFunction } from './methods.ts';
import { describe, type Origin, type Value } from './values.ts';

export function callExpression(run: Evaluator, node: ts.CallExpression, origin: Origin, frame: Frame): Value {
  const callee = node.expression;
  if (ts.isPropertyAccessExpression(callee) && !isStatic(callee, frame)) {
    const target = run.evaluate(callee.expression, frame);
    const ended = endedOf(target, callee, origin);
    if (ended) return ended;
    if (target.kind === 'list' || (target.kind === 'primitive' && typeof target.value === 'string')) {
      const values = itemsOf(run, node.arguments, frame);
      const name = callee.name.text;
      const result =
        target.kind === 'list'
          ? callListMethod(run, target, name, values, origin)
          : callTextMethod(run, target.value as string, name, values, origin);
      return result ?? unknownMethod(run, target, name, originAt(frame, callee.name));
    }
    return callValue(run, fieldOf(run, target, callee.name.text, originAt(frame, callee.name)), node, origin, frame);
  }
  return callValue(run, run.evaluate(callee, frame), node, origin, frame);
}

function callValue(run: Evaluator, callee: Value, node: ts.CallExpression, origin: Origin, frame: Frame): Value {
  const ended = endedOf(callee, node, origin);
  if (ended) return ended;
  const values = itemsOf(run, node.arguments, frame);
  if (callee.kind === 'failed') return { kind: 'failed', origin };
  if (callee.kind !== 'function')
    return run.complain(originAt(frame, node.expression), 'inventory/wrong-type', `${describe(callee)} is not a function`);
  return callee.apply(values, origin);
}

/** `Object.keys` and its like, unless the inventory has a name of its own for `Object`. */
function isStatic({ expression, name }: ts.PropertyAccessExpression, frame: Frame): boolean {
  return ts.isIdentifier(expression) && !isBound(expression.text, frame) && staticFunction(expression.text, name.text) !== undefined;
}
