// The run of an evaluation, within its limits.

import type { ts } from 'ts-morph';
import type { Diagnostic } from '../diagnostic.ts';
import { expression } from './expressions.ts';
import type { Frame } from './frame.ts';
import { runBody } from './functions.ts';
import { maxFields, maxList, maxText, type Run } from './methods.ts';
import { type Place, withCalls } from './place.ts';
import { type FailedValue, type Field, type Origin, type Primitive, placeOf, type Value } from './values.ts';

/** Work and depth that no inventory needs; whatever goes beyond ends in a diagnostic. */
const limits = { steps: 3_000_000, calls: 200, expressions: 1_500, valueDepth: 64, diagnostics: 1_001 };

/**
 * What the parts of an evaluation share, and their way back to the whole: it counts the work and how deep it goes, bounds every value,
 * and gathers the complaints.
 */
export class Evaluator implements Run {
  readonly diagnostics: Diagnostic[] = [];
  private readonly complained = new Set<string>();
  private steps = 0;
  private calls = 0;
  private depth = 0;

  evaluate(node: ts.Expression, frame: Frame): Value {
    const origin: Origin = { source: frame.source, node, call: frame.call };
    if (!this.spend(1, origin)) return { kind: 'failed', origin };
    if (this.depth >= limits.expressions)
      return this.complain({ ...origin, call: undefined }, 'inventory/limit', 'expressions and calls are nested too deep');
    this.depth++;
    const value = frame.refused.has(node) ? ({ kind: 'failed', origin } as const) : expression(this, node, origin, frame);
    this.depth--;
    return value;
  }

  call(node: ts.ArrowFunction | ts.FunctionDeclaration, values: readonly Value[], frame: Frame): Value {
    const call = frame.call as Origin;
    if (this.calls >= limits.calls)
      return this.complain(
        { ...call, call: undefined },
        'inventory/limit',
        `more than ${limits.calls} calls within each other`,
        'A function of the inventory cannot call itself without end.',
      );
    this.calls++;
    const result = runBody(this, node, values, frame);
    this.calls--;
    return result;
  }

  spend(steps: number, at: Origin): boolean {
    if (this.steps > limits.steps) return false;
    this.steps += steps;
    if (this.steps <= limits.steps) return true;
    this.complain(
      at,
      'inventory/limit',
      `the inventory needs more than ${limits.steps} steps to evaluate`,
      'Look for a function that calls itself, or lists of lists that grow.',
    );
    return false;
  }

  /** One complaint a place and code: a mistake in a function is one mistake, however often it is called. */
  complain(at: Origin, code: `inventory/${string}`, message: string, hint?: string, related?: Diagnostic['related']): FailedValue {
    const span: Place = placeOf(at);
    this.report(withCalls({ code, severity: 'error', message, ...(hint && { hint }), span, ...(related && { related }) }));
    return { kind: 'failed', origin: at };
  }

  report(diagnostic: Diagnostic): void {
    const { span, code } = diagnostic;
    const key = `${code} ${span?.file}:${span?.line}:${span?.column}`;
    if (this.complained.has(key) || this.diagnostics.length >= limits.diagnostics) return;
    this.complained.add(key);
    this.diagnostics.push(diagnostic);
  }

  primitive(value: Primitive, origin: Origin): Value {
    if (typeof value === 'string' && value.length > maxText)
      return this.complain(origin, 'inventory/limit', `a text of ${value.length} characters; at most ${maxText} are allowed`);
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.complain(origin, 'inventory/wrong-type', `the result is ${value}, which is not a number`);
    return { kind: 'primitive', value, origin };
  }

  list(items: readonly Value[], origin: Origin): Value {
    if (items.length > maxList)
      return this.complain(origin, 'inventory/limit', `a list of ${items.length} items; at most ${maxList} are allowed`);
    if (!this.spend(items.length >> 2, origin)) return { kind: 'failed', origin };
    return this.bounded({ kind: 'list', items, depth: depthOver(items), origin });
  }

  object(fields: ReadonlyMap<string, Field>, origin: Origin, incomplete = false): Value {
    if (fields.size > maxFields)
      return this.complain(origin, 'inventory/limit', `an object of ${fields.size} fields; at most ${maxFields} are allowed`);
    if (!this.spend(fields.size, origin)) return { kind: 'failed', origin };
    return this.bounded({ kind: 'object', fields, depth: depthOver([...fields.values()].map(({ value }) => value)), origin, incomplete });
  }

  private bounded(value: Extract<Value, { depth: number }>): Value {
    if (value.depth <= limits.valueDepth) return value;
    return this.complain(value.origin, 'inventory/limit', `a value of more than ${limits.valueDepth} objects and lists within each other`);
  }
}

/** How many objects and lists are within each other in a value that holds these. */
export function depthOver(values: readonly Value[]): number {
  let depth = 0;
  for (const value of values) if ('depth' in value && value.depth > depth) depth = value.depth;
  return depth + 1;
}
