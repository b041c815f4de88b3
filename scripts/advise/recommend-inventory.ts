// [IO]
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import type { Cluster, Edge, Inventory, Sourced, SourcedInventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { toInventory } from '../inventory/rules.ts';
import { didYouMean } from '../inventory/suggest.ts';
import type { CommandLine } from '../publish/command.ts';

export type Line = Pick<CommandLine, 'settings' | 'print' | 'tell' | 'warn' | 'exit'>;

export interface Advised {
  readonly inventory: Inventory;
  readonly edges: readonly Edge[];
  /** The same, with their places. */
  readonly sourced: readonly Sourced<Edge>[];
  readonly diagnostics: readonly Diagnostic[];
  /** 1 where the inventory has errors: they are told, and there is advice even so. */
  readonly status: 0 | 1;
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
    line.warn(`error: ${unknown === inventory.central.name ? isTheCentre(unknown, known) : isUnknown(unknown, known)}`);
    return 2;
  }
  const asked = sourced?.clusters.filter(isEdge).filter(({ value }) => names.length === 0 || names.includes(value.name)) ?? [];
  return {
    inventory,
    edges: asked.map(({ value }) => value),
    sourced: asked,
    diagnostics,
    status: hasErrors(diagnostics) ? 1 : 0,
  };
}

const isEdge = (cluster: Sourced<Cluster>): cluster is Sourced<Edge> => cluster.value.role === 'edge';

const isTheCentre = (name: string, edges: readonly string[]): string =>
  `"${name}" is the centre, and advice is for edges: ${edges.length === 0 ? 'there are none yet' : `name one, such as "${edges[0]}"`}.`;

const isUnknown = (name: string, edges: readonly string[]): string =>
  `there is no edge "${name}". ${didYouMean(name, edges) ?? ''}`.trimEnd();

const withCentre = (sourced: SourcedInventory): Inventory | undefined =>
  sourced.clusters.filter(({ value }) => value.role === 'central').length === 1 ? toInventory(sourced) : undefined;
