// What a name stands for where it is used.

import type { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { type Frame, originAt, type Scope } from './frame.ts';
import { conversion } from './methods.ts';
import { didYouMean } from './suggest.ts';
import { type Origin, quote, type Value } from './values.ts';

/** What there is of the names of JavaScript that are known in part. */
const knownParts: Readonly<Record<string, string>> = {
  Object: 'There are: Object.entries, Object.keys, Object.values, Object.fromEntries.',
  Array: 'There is: Array.from({ length }, (_, i) => …).',
};

/** Names of JavaScript that lead out of the inventory. */
const hostNames: ReadonlySet<string> = new Set(
  (
    'process require module exports global globalThis window self fetch eval Function Proxy Reflect Symbol Promise Date Math JSON console Buffer Deno Bun ' +
    'setTimeout setInterval setImmediate queueMicrotask structuredClone import __dirname __filename RegExp Error Map Set WeakMap WeakSet Boolean BigInt ' +
    'Object Array parseInt parseFloat isNaN isFinite NaN Infinity encodeURIComponent decodeURIComponent URL crypto performance navigator arguments Intl Atomics SharedArrayBuffer WebAssembly'
  ).split(' '),
);

/** The value of a name: of the inventory first, then of the little of JavaScript that there is. */
export function nameValue(run: Evaluator, node: ts.ModuleExportName, frame: Frame): Value {
  const name = node.text;
  const origin: Origin = originAt(frame, node);
  for (let scope: Scope | undefined = frame.scope; scope; scope = scope.parent)
    if (scope.names.has(name))
      return (
        scope.names.get(name) ??
        run.complain(origin, 'inventory/unknown-name', `${quote(name)} is used before it has a value`, 'Move its declaration up.')
      );
  if (name === 'undefined') return run.primitive(undefined, origin);
  const converted = conversion(run, name, origin);
  if (converted) return converted;
  if (hostNames.has(name))
    return run.complain(
      origin,
      'inventory/not-static',
      `\`${name}\` cannot be read without running it`,
      knownParts[name] ?? 'The inventory is data: write the value itself.',
    );
  return run.complain(origin, 'inventory/unknown-name', `there is no ${quote(name)} here`, didYouMean(name, visibleNames(frame.scope)));
}

function visibleNames(scope: Scope | undefined): string[] {
  return scope ? [...scope.names.keys(), ...visibleNames(scope.parent)] : [];
}
