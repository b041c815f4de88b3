// Operators with one operand and with two.

import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import type { Frame } from './frame.ts';
import { isSame, isTruthy } from './methods.ts';
import { describe, type Origin, type Primitive, type Value } from './values.ts';

const { SyntaxKind } = ts;

export function prefix(run: Evaluator, node: ts.PrefixUnaryExpression, origin: Origin, frame: Frame): Value {
  const value = run.evaluate(node.operand, frame);
  if (value.kind === 'failed') return value;
  if (node.operator === SyntaxKind.ExclamationToken) return run.primitive(!isTruthy(value), origin);
  if (value.kind !== 'primitive' || typeof value.value !== 'number')
    return run.complain(origin, 'inventory/wrong-type', `${describe(value)} is not a number`, 'Write `Number(…)` to convert a text.');
  return run.primitive(node.operator === SyntaxKind.MinusToken ? -value.value : value.value, origin);
}

export function binary(run: Evaluator, { left, operatorToken, right }: ts.BinaryExpression, origin: Origin, frame: Frame): Value {
  const a = run.evaluate(left, frame);
  const operator = operatorToken.kind;
  if (
    operator === SyntaxKind.AmpersandAmpersandToken ||
    operator === SyntaxKind.BarBarToken ||
    operator === SyntaxKind.QuestionQuestionToken
  ) {
    if (a.kind === 'failed') return a;
    const isAbsent = a.kind === 'primitive' && (a.value === undefined || a.value === null);
    const stays = operator === SyntaxKind.QuestionQuestionToken ? !isAbsent : isTruthy(a) === (operator === SyntaxKind.BarBarToken);
    return stays ? a : run.evaluate(right, frame);
  }
  const b = run.evaluate(right, frame);
  if (a.kind === 'failed') return a;
  if (b.kind === 'failed') return b;
  if (operator === SyntaxKind.EqualsEqualsEqualsToken) return run.primitive(isSame(a, b), origin);
  if (operator === SyntaxKind.ExclamationEqualsEqualsToken) return run.primitive(!isSame(a, b), origin);
  const [x, y] = [a, b].map((value) => (value.kind === 'primitive' ? value.value : undefined));
  const result = typeof x === 'number' && typeof y === 'number' ? arithmetic(operator, x, y) : textOperator(run, operator, x, y, origin);
  if (result !== undefined) return run.primitive(result, origin);
  const name = ts.tokenToString(operator);
  return run.complain(
    origin,
    'inventory/wrong-type',
    `\`${name}\` cannot take ${describe(a)} and ${describe(b)}`,
    'Both sides are numbers, or texts.',
  );
}

function textOperator(run: Evaluator, operator: ts.SyntaxKind, x: Primitive, y: Primitive, origin: Origin): string | boolean | undefined {
  const isText = (value: Primitive): value is string => typeof value === 'string';
  if (
    operator === SyntaxKind.PlusToken &&
    (isText(x) || isText(y)) &&
    [x, y].every((value) => isText(value) || typeof value === 'number')
  ) {
    const text = `${x}${y}`;
    return run.spend(text.length >> 4, origin) ? text : '';
  }
  return isText(x) && isText(y) ? comparison(operator, x, y) : undefined;
}

function arithmetic(operator: ts.SyntaxKind, x: number, y: number): number | boolean | undefined {
  switch (operator) {
    case SyntaxKind.PlusToken:
      return x + y;
    case SyntaxKind.MinusToken:
      return x - y;
    case SyntaxKind.AsteriskToken:
      return x * y;
    case SyntaxKind.SlashToken:
      return x / y;
    case SyntaxKind.PercentToken:
      return x % y;
    case SyntaxKind.AsteriskAsteriskToken:
      return x ** y;
    default:
      return comparison(operator, x, y);
  }
}

function comparison<T extends string | number>(operator: ts.SyntaxKind, x: T, y: T): boolean | undefined {
  switch (operator) {
    case SyntaxKind.LessThanToken:
      return x < y;
    case SyntaxKind.LessThanEqualsToken:
      return x <= y;
    case SyntaxKind.GreaterThanToken:
      return x > y;
    case SyntaxKind.GreaterThanEqualsToken:
      return x >= y;
    default:
      return undefined;
  }
}
