import { compareDiagnostics, type Diagnostic, hasErrors } from '../diagnostic.ts';
import { evaluate } from './evaluate.ts';
import type { Inventory, SourcedInventory } from './inventory.ts';
import { withCalls } from './place.ts';
import { readSources, type Sources } from './read.ts';
import { checkInventory, toInventory } from './rules.ts';
import { validate } from './validate.ts';

export interface Loaded {
  /** The texts of the inventory, for code frames. */
  readonly sources: Sources;
  /** Valid against the schemas, in whole; rules may still have found errors. */
  readonly sourced: SourcedInventory | undefined;
  /** Only without errors. */
  readonly inventory: Inventory | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The inventory of the repository at `root`, and all that is wrong with it. */
export function loadInventory(root: string): Loaded {
  const { sources, diagnostics } = readSources(root);
  return checkSources(sources, diagnostics);
}

/** The same of texts: everything but the reading. `found` are the diagnostics of the reading. */
export function checkSources(sources: Sources, found: readonly Diagnostic[] = []): Loaded {
  const evaluation = evaluate(sources);
  const { inventory, complete, diagnostics } = validate(evaluation.defaults);
  const isWhole = complete && !hasErrors([...found, ...evaluation.diagnostics, ...diagnostics]);
  const broken = inventory ? checkInventory(inventory, { complete: isWhole }) : [];
  const all = atMost([...found, ...evaluation.diagnostics, ...diagnostics, ...broken].map(withCalls).sort(compareDiagnostics));
  const sourced = isWhole ? inventory : undefined;
  return { sources, sourced, inventory: sourced && !hasErrors(all) ? toInventory(sourced) : undefined, diagnostics: all };
}

/** Nobody reads more than this in one run, and an inventory made to annoy can have millions. */
const most = 1_000;

function atMost(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= most) return diagnostics;
  return [
    ...diagnostics.slice(0, most),
    { code: 'inventory/limit', severity: 'error', message: `there are more than ${most} diagnostics; these are the first` },
  ];
}
