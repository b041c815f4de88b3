// [IO]
import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory, SourcedInventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { toInventory } from '../inventory/rules.ts';
import { didYouMean } from '../inventory/suggest.ts';
import type { CommandLine } from '../publish/command.ts';

export type Line = Pick<CommandLine, 'settings' | 'print' | 'tell' | 'warn' | 'exit'>;

export interface Advised {
  readonly inventory: Inventory;
  readonly edges: readonly Edge[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The edges to advise on, all unless named; or the exit status, once it is told why there are none. Advice is for those too whose
 * option is refused: only an inventory that cannot be read, or has no centre, gets none.
 */
export function edgesToAdvise(names: readonly string[], line: Line): Advised | 1 | 2 {
  const { root, json } = line.settings();
  const { sources, sourced, diagnostics } = loadInventory(root);
  const inventory = sourced && withCentre(sourced);
  if (!json) line.tell(diagnostics, sources);
  if (inventory === undefined) {
    if (json) line.print(JSON.stringify({ diagnostics }, null, 2));
    return 1;
  }
  const known = inventory.edges.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const isCentre = inventory.central.name === unknown;
    line.warn(
      isCentre
        ? `fleetc: "${unknown}" is the centre: name an edge, such as "${known[0]}".`
        : `fleetc: there is no edge "${unknown}". ${didYouMean(unknown, known) ?? ''}`.trimEnd(),
    );
    return 2;
  }
  return {
    inventory,
    edges: names.length === 0 ? inventory.edges : inventory.edges.filter(({ name }) => names.includes(name)),
    diagnostics,
  };
}

const withCentre = (sourced: SourcedInventory): Inventory | undefined =>
  sourced.clusters.filter(({ value }) => value.role === 'central').length === 1 ? toInventory(sourced) : undefined;
