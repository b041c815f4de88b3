import { compile } from '../compile.ts';
import { hasErrors } from '../diagnostic.ts';
import { isEqual } from '../kubernetes/equal.ts';
import type { Change } from '../tree/plan.ts';
import { type FileTree, isMarked } from '../tree/tree.ts';
import type { Cause } from './causes.ts';
import type { Side } from './side.ts';

/** More files than this are counted, not named. */
const mostNamed = 20;

/** Where the older output is not what this compiler makes of the older inventory: another compiler wrote it, or somebody edited it. */
export function outputCauses(before: Side, after: Side, changes: readonly Change[]): Cause[] {
  if (changes.length === 0) return [];
  const wanted = compiledAgain(before, after);
  if (wanted === undefined)
    return [{ kind: 'compiler', what: 'This compiler refuses the inventory of the base, so what it would have made of it is not known.' }];
  const differing = changes.map(({ path }) => path).filter((path) => wanted.get(path) !== before.tree.get(path));
  if (differing.length === 0) return [];

  const edited = editedPaths(differing, wanted, before.tree);
  const compiled = differing.filter((path) => !edited.has(path));
  const causes: Cause[] = [...edited].slice(0, mostNamed).map(([path, why]) => ({ kind: 'edited', what: `${path} ${why}.`, file: path }));
  if (edited.size > mostNamed) causes.push({ kind: 'edited', what: `${edited.size - mostNamed} files more are not what was compiled.` });
  if (compiled.length > 0)
    causes.push({
      kind: 'compiler',
      what: `This compiler makes something else of the inventory as it was: ${compiled.length === 1 ? '1 file' : `${compiled.length} files`}, such as ${compiled[0]}.`,
    });
  return causes;
}

/** What this compiler makes of the older inventory; undefined where it refuses it. */
function compiledAgain(before: Side, after: Side): FileTree | undefined {
  if (before.inventory === undefined) return undefined;
  if (after.inventory !== undefined && sameInventory(before.inventory, after.inventory)) return after.tree;
  const { tree, diagnostics } = compile(before.inventory);
  return hasErrors(diagnostics) ? undefined : tree;
}

const sameInventory = (one: NonNullable<Side['inventory']>, other: NonNullable<Side['inventory']>): boolean =>
  isEqual(one.fleet.value, other.fleet.value) &&
  isEqual(
    one.clusters.map(({ value }) => value),
    other.clusters.map(({ value }) => value),
  );

/**
 * The differing files that somebody edited, and how one can tell. A part's folder is named by its content, so that other content proves it.
 * Another compiler would change all files of a shape, or most, or it would have other parts.
 */
function editedPaths(differing: readonly string[], wanted: FileTree, found: FileTree): ReadonlyMap<string, string> {
  const folders = [wanted, found].map((tree) => new Set([...tree.keys()].map(partFolder)));
  const isPartOfBoth = (path: string): boolean => folders.every((known) => known.has(partFolder(path)));
  const otherCompiler = differing.some((path) => partFolder(path) !== undefined && !isPartOfBoth(path));
  const count = (paths: Iterable<string>) => {
    const counts = new Map<string, number>();
    for (const path of paths) counts.set(shapeOf(path), (counts.get(shapeOf(path)) ?? 0) + 1);
    return counts;
  };
  const [all, changed] = [count(new Set([...wanted.keys(), ...found.keys()])), count(differing)];
  const few = (path: string): boolean => {
    const [total, some] = [all.get(shapeOf(path)) ?? 0, changed.get(shapeOf(path)) ?? 0];
    return total < 3 ? !otherCompiler : some <= total / 2;
  };
  const edited = new Map<string, string>();
  for (const path of differing) {
    const text = found.get(path);
    if (text !== undefined && !isMarked(text)) edited.set(path, 'was not written by fleetc');
    else if (partFolder(path) !== undefined) {
      if (isPartOfBoth(path))
        edited.set(path, text === undefined ? 'was deleted by hand' : 'was edited by hand: its folder is named by other content');
    } else if (few(path)) edited.set(path, 'is not what its inventory compiles to: edited by hand, or not compiled since');
  }
  return edited;
}

/** The folder of a part's version; undefined for a path elsewhere. */
const partFolder = (path: string): string | undefined => /^base\/parts\/[^/]+\/[^/]+(?=\/)/.exec(path)?.[0];

/** A path without the names of clusters and regions. */
const shapeOf = (path: string): string =>
  path.replace(/^(overlays)\/[^/]+\/[^/]+\//, '$1/*/*/').replace(/^(generated\/argocd\/(?:params|autonomous|clusters))\/.*$/, '$1/*');
