import type { SourcedInventory } from '../inventory/inventory.ts';
import type { Sources } from '../inventory/read.ts';
import type { FileTree } from '../tree/tree.ts';

/** The fleet at one moment: its output, and what that was made of. */
export interface Side {
  readonly tree: FileTree;
  /** As written; absent where it is not valid, or not known. */
  readonly inventory: SourcedInventory | undefined;
  readonly sources: Sources;
}
