// The functions that an inventory declares.

import { ts } from 'ts-morph';
import { bind, namesOf, orDefault, runConst } from './bindings.ts';
import type { Evaluator } from './evaluator.ts';
import { type Frame, originAt } from './frame.ts';
import type { Origin, Value } from './values.ts';

export function functionValue(run: Evaluator, node: ts.ArrowFunction | ts.FunctionDeclaration, frame: Frame): Value {
  const origin: Origin = originAt(frame, node);
  if (frame.refused.has(node)) return { kind: 'failed', origin };
  return {
    kind: 'function',
    origin,
    apply: (values, call) => run.call(node, values, { ...frame, scope: { names: new Map(), parent: frame.scope }, call }),
  };
}

export function runBody(
  run: Evaluator,
  { parameters, body }: ts.ArrowFunction | ts.FunctionDeclaration,
  values: readonly Value[],
  frame: Frame,
): Value {
  for (const [i, parameter] of parameters.entries()) {
    const origin: Origin = originAt(frame, parameter);
    const value = parameter.dotDotDotToken ? run.list(values.slice(i), origin) : (values[i] ?? run.primitive(undefined, origin));
    bind(run, parameter.name, orDefault(run, value, parameter.initializer, frame), frame);
  }
  const failed: Value = { kind: 'failed', origin: frame.call as Origin };
  if (!body) return failed;
  if (!ts.isBlock(body)) return run.evaluate(body, frame);
  const inner: Frame = { ...frame, scope: { names: new Map(), parent: frame.scope } };
  for (const statement of body.statements)
    if (ts.isVariableStatement(statement))
      for (const name of namesOf(statement.declarationList)) inner.scope.names.set(name.text, undefined);
  for (const statement of body.statements) {
    if (ts.isVariableStatement(statement)) runConst(run, statement.declarationList, inner);
    if (ts.isReturnStatement(statement) && statement.expression) return run.evaluate(statement.expression, inner);
  }
  return failed;
}
