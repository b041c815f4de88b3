// The inventory as values: its files are read, and never run.

import { posix } from 'node:path';
import type { Diagnostic } from '../diagnostic.ts';
import { Evaluator } from './evaluator.ts';
import type { Module } from './module.ts';
import { Modules } from './modules.ts';
import type { Value } from './values.ts';

/** The files of the inventory after evaluation. Nothing of them was run: their syntax was read. */
export interface Evaluation {
  /** What each file exports by default, by path, in the order of paths. A file that starts with `_` may have none. */
  readonly defaults: ReadonlyMap<string, Value>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Evaluates every file; `sources` maps a path under `clusters/` to its text. */
export function evaluate(sources: ReadonlyMap<string, string>): Evaluation {
  const run = new Evaluator();
  const modules = new Modules(sources, run);
  const defaults = new Map<string, Value>();
  for (const path of [...sources.keys()].sort()) {
    const value = defaultOf(run, path, modules.at(path));
    if (value) defaults.set(path, value);
  }
  return { defaults, diagnostics: run.diagnostics };
}

function defaultOf(run: Evaluator, path: string, module: Module): Value | undefined {
  const value = module.exports.get('default');
  if (value || module.state === 'broken' || posix.basename(path).startsWith('_')) return value;
  run.report({
    code: 'inventory/no-default-export',
    severity: 'error',
    message: `${path} exports no cluster`,
    hint: 'Write `export default { … } satisfies EdgeCluster`. A file of values that others import has a name that starts with `_`.',
    span: { file: path, line: 1, column: 1, length: 1 },
  });
  return undefined;
}
