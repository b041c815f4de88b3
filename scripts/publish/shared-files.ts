import { posix } from 'node:path';
import type { FileTree } from '../tree/tree.ts';
import type { Delta } from './delta.ts';

/** The folders below `base/` that a kustomization names: a part, or a ring's pointer to one. */
const referencesOf = (path: string, text: string): string[] =>
  /^(?:overlays|base\/rings)\/.*\/kustomization\.yaml$/.test(path)
    ? [...text.matchAll(/^ *- (?:\.\.\/)+(?:base\/)?((?:parts|rings)\/[^/\s]+\/[^/\s]+)$/gm)].map(([, folder]) => `base/${folder}`)
    : [];

/** What these changes refer to of what is brought, and what that refers to in turn. */
export function neededOf(own: readonly Delta[], brought: readonly Delta[]): Delta[] {
  const byFolder = folders(brought);
  const needed = new Set<Delta>();
  const waiting = [...own];
  for (let delta = waiting.pop(); delta !== undefined; delta = waiting.pop())
    for (const folder of referencesOf(delta.path, delta.text ?? ''))
      for (const file of byFolder.get(folder) ?? [])
        if (!needed.has(file)) {
          needed.add(file);
          waiting.push(file);
        }
  for (const delta of own) needed.delete(delta);
  return [...needed];
}

export interface Deletions {
  /** What each group deletes, in the order of the groups. */
  readonly byGroup: readonly (readonly Delta[])[];
  /** Folders that no single group leaves without anything that refers to them. */
  readonly postponed: readonly string[];
}

/** Each folder goes with the first group that changes all that refers to it on the base branch: what is wanted never does. */
export function deletionsOf(gone: readonly Delta[], groups: readonly (readonly Delta[])[], base: FileTree): Deletions {
  const referrers = new Map<string, string[]>();
  const unused = folders(gone);
  for (const [path, text] of unused.size === 0 ? [] : base)
    for (const folder of referencesOf(path, text)) if (unused.has(folder)) referrers.set(folder, [...(referrers.get(folder) ?? []), path]);

  const byGroup: Delta[][] = groups.map(() => []);
  const touched = groups.map((deltas) => new Set(deltas.map(({ path }) => path)));
  const inUse = touched.map((paths, i) => ({ paths, i })).filter(({ paths }) => paths.size > 0);
  const candidates = inUse.length === 0 ? touched.map((paths, i) => ({ paths, i })).slice(0, 1) : inUse;
  const postponed: string[] = [];
  // Rings before parts: the pointer that goes is a referrer that goes.
  for (const [folder, files] of [...unused].sort(([a], [b]) => (a > b ? -1 : 1))) {
    const group = candidates.find(({ paths }) => (referrers.get(folder) ?? []).every((path) => paths.has(path)));
    if (group === undefined) postponed.push(folder);
    for (const delta of group === undefined ? [] : files) {
      byGroup[group?.i ?? 0]?.push(delta);
      group?.paths.add(delta.path);
    }
  }
  return { byGroup, postponed: postponed.sort() };
}

function folders(deltas: readonly Delta[]): Map<string, Delta[]> {
  const found = new Map<string, Delta[]>();
  for (const delta of deltas) {
    const folder = posix.dirname(delta.path);
    const files = found.get(folder) ?? [];
    files.push(delta);
    found.set(folder, files);
  }
  return found;
}
