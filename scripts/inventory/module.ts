// A file of the inventory, parsed and checked for what it may contain.

import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { checkGrammar, tooDeepAt } from './grammar.ts';
import { spanBetween, type Value } from './values.ts';

export interface Module {
  readonly source: ts.SourceFile;
  /** Syntax that was complained about already. */
  readonly refused: ReadonlySet<ts.Node>;
  readonly exports: Map<string, Value>;
  /** A file that cannot be evaluated exports whatever it is asked for. */
  state: 'waiting' | 'running' | 'done' | 'broken';
}

export function parseModule(run: Evaluator, path: string, text: string): Module {
  const source = parsed(path, text);
  if (!source) {
    const empty = ts.createSourceFile(path, '', ts.ScriptTarget.ESNext);
    run.report(tooDeepAt(empty, 0));
    return { source: empty, refused: new Set(), exports: new Map(), state: 'broken' };
  }
  // The parser keeps its errors with the file, but TypeScript does not declare the property.
  const errors = (source as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics;
  for (const { start, length, messageText } of errors)
    run.report({
      code: 'inventory/syntax',
      severity: 'error',
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
      span: spanBetween(source, start, start + length),
    });
  if (errors.length) return { source, refused: new Set(), exports: new Map(), state: 'broken' };
  const { diagnostics, refused, tooDeep } = checkGrammar(source);
  for (const diagnostic of diagnostics) run.report(diagnostic);
  return { source, refused, exports: new Map(), state: tooDeep ? 'broken' : 'waiting' };
}

/** The syntax of a file; undefined when it is nested deeper than the parser can go. */
function parsed(path: string, text: string): ts.SourceFile | undefined {
  try {
    return ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ESNext }, false, ts.ScriptKind.TS);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
