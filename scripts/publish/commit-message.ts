import { applied, changeDigest } from './delta.ts';
import { treeSha } from './git-objects.ts';
import type { Group } from './groups.ts';
import { type Trailers, withTrailers } from './trailers.ts';
import type { Snapshot } from './wanted.ts';

/** What holds for every group of a run. */
export interface Provenance {
  readonly inventoryDigest: string;
  readonly compilerVersion: string;
  readonly outputRoot: string;
}

export function commitOf(
  group: Group,
  base: Snapshot,
  { inventoryDigest, compilerVersion, outputRoot }: Provenance,
): { readonly tree: string; readonly message: string; readonly trailers: Trailers } {
  const tree = treeSha(applied(base.tree, group.deltas));
  const trailers: Trailers = {
    'Compiled-Tree': tree,
    'Inventory-Digest': inventoryDigest,
    'Compiler-Version': compilerVersion,
    'Output-Root': outputRoot,
    'Change-Digest': changeDigest(group.deltas),
  };
  const count = (isIt: (delta: Group['deltas'][number]) => boolean) => group.deltas.filter(isIt).length;
  const words = [
    `${count(({ before, after }) => before === undefined && after !== undefined)} files created`,
    `${count(({ before, after }) => before !== undefined && after !== undefined)} updated`,
    `${count(({ after }) => after === undefined)} deleted`,
  ];
  return { tree, trailers, message: withTrailers(`fleetc: compile ${group.title}\n\n${words.join(', ')}.`, trailers) };
}
