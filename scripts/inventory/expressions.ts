// Every kind of expression, and what evaluates it.

import { ts } from 'ts-morph';
import { elementAccess, propertyAccess } from './access.ts';
import { callExpression } from './calls.ts';
import type { Evaluator } from './evaluator.ts';
import type { Frame } from './frame.ts';
import { functionValue } from './functions.ts';
import { itemsOf, objectLiteral, template } from './literals.ts';
import { isTruthy } from './methods.ts';
import { nameValue } from './names.ts';
import { binary, prefix } from './operators.ts';
import type { Origin, Value } from './values.ts';

const { SyntaxKind } = ts;

export function expression(run: Evaluator, node: ts.Expression, origin: Origin, frame: Frame): Value {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return run.primitive(node.text, origin);
  if (ts.isNumericLiteral(node)) return run.primitive(Number(node.text), origin);
  if (node.kind === SyntaxKind.TrueKeyword) return run.primitive(true, origin);
  if (node.kind === SyntaxKind.FalseKeyword) return run.primitive(false, origin);
  if (node.kind === SyntaxKind.NullKeyword) return run.primitive(null, origin);
  if (ts.isIdentifier(node)) return nameValue(run, node, frame);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(run, node, origin, frame);
  if (ts.isArrayLiteralExpression(node)) return run.list(itemsOf(run, node.elements, frame), origin);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node))
    return run.evaluate(node.expression, frame);
  if (ts.isTemplateExpression(node)) return template(run, node, origin, frame);
  if (ts.isPropertyAccessExpression(node)) return propertyAccess(run, node, origin, frame);
  if (ts.isElementAccessExpression(node)) return elementAccess(run, node, origin, frame);
  if (ts.isCallExpression(node)) return callExpression(run, node, origin, frame);
  if (ts.isArrowFunction(node)) return functionValue(run, node, frame);
  if (ts.isConditionalExpression(node)) {
    const condition = run.evaluate(node.condition, frame);
    return condition.kind === 'failed' ? condition : run.evaluate(isTruthy(condition) ? node.whenTrue : node.whenFalse, frame);
  }
  if (ts.isBinaryExpression(node)) return binary(run, node, origin, frame);
  if (ts.isPrefixUnaryExpression(node)) return prefix(run, node, origin, frame);
  return { kind: 'failed', origin };
}
