import type { SourcedInventory } from '../inventory/inventory.ts';
import { toInventory } from '../inventory/rules.ts';
import { rendererOf } from '../kustomize/render.ts';
import { overlayDirs } from '../overlays/overlay.ts';
import type { Side } from '../plan/plan-report.ts';
import type { FileTree } from '../tree/tree.ts';
import { type Delta, withDeltas } from './delta.ts';
import { type Grouping, groupsByRing, oneGroup, splitOf } from './groups.ts';
import { isSource } from './inventory-merge.ts';
import type { PublishRequest } from './request.ts';
import { isOutput } from './wanted.ts';

/** A fleet of so many files is reviewed in one piece. GitHub shows the first 300 files of a diff. */
const smallFleet = 300;

/** Which changes go together: by what was asked for, and by the size of the fleet. */
export function grouped(
  { per, maxFiles }: Pick<PublishRequest, 'per' | 'maxFiles'>,
  deltas: readonly Delta[],
  { before, after }: { readonly before: Side; readonly after: Side & { readonly inventory: SourcedInventory } },
): { readonly grouping: Grouping; readonly warnings: readonly string[] } {
  const hasInventory = deltas.some(({ path }) => isSource(path));
  const fleets = { after: toInventory(after.inventory), before: before.inventory && toInventory(before.inventory) };
  const { rings } = fleets.after.fleet;
  const isLarge = after.tree.size > smallFleet && rings.length > 1;
  const wantsRings = per === 'ring' || (per === undefined && (isLarge || (maxFiles !== undefined && deltas.length > maxFiles)));
  if (!wantsRings) return { grouping: oneGroup(deltas), warnings: [] };
  if (hasInventory)
    return {
      grouping: oneGroup(deltas),
      warnings:
        per === 'ring' || maxFiles !== undefined
          ? ['all in one pull request, since the inventory changes with it: merge the inventory first to publish ring by ring']
          : [],
    };
  const trees = { baseTree: before.tree, output: after.tree };
  const whole = groupsByRing(deltas, fleets, trees);
  const split = maxFiles === undefined ? undefined : splitOf(whole, fleets, maxFiles);
  if (split === undefined) return { grouping: whole, warnings: [] };
  const pieces = groupsByRing(deltas, fleets, trees, split);
  if (pieces.groups.every((group) => builds(withDeltas(before.tree, group.deltas, isOutput)))) return { grouping: pieces, warnings: [] };
  return { grouping: whole, warnings: [`rings of more than ${maxFiles} files are not split: parts of them cannot be built alone`] };
}

/** Whether every overlay of a tree can be rendered. */
function builds(tree: FileTree): boolean {
  const renderer = rendererOf(tree);
  try {
    for (const dir of overlayDirs(tree).values()) renderer.render(dir);
    return true;
  } catch {
    return false;
  }
}
