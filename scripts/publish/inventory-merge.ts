import { createHash } from 'node:crypto';
import type { Sources } from '../inventory/read.ts';

export interface Merged {
  readonly sources: Sources;
  /** Changed on both sides, and not alike. */
  readonly conflicts: readonly string[];
}

/**
 * The inventory to publish, file by file: what the work tree changed since it left the base branch, and of everything else what the base branch
 * says now. So a clone of last week reverts nobody's change.
 */
export function mergeInventory(mine: Sources, common: Sources, theirs: Sources): Merged {
  const sources: [string, string][] = [];
  const conflicts: string[] = [];
  for (const path of [...new Set([...mine.keys(), ...theirs.keys()])].sort()) {
    const [own, old, other] = [mine.get(path), common.get(path), theirs.get(path)];
    if (own !== other && own !== old && other !== old) conflicts.push(path);
    const chosen = own === old ? other : own;
    if (chosen !== undefined) sources.push([path, chosen]);
  }
  return { sources: new Map(sources), conflicts };
}

/** What of the base branch's `clusters/` belongs to the inventory: the same files that are read from disk. */
export const isSource = (path: string): boolean => path.startsWith('clusters/') && path.endsWith('.ts') && !path.endsWith('.d.ts');

export function inventoryDigest(sources: Sources): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${text}\0`);
  return hash.digest('hex');
}
