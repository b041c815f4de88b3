import type { FileTree } from './tree.ts';

/** What happens to one file of the output. */
export type Change =
  | { readonly kind: 'create'; readonly path: string; readonly after: string }
  | { readonly kind: 'update'; readonly path: string; readonly before: string; readonly after: string }
  | { readonly kind: 'delete'; readonly path: string; readonly before: string };

/** What makes the found tree the wanted one, in the order of paths. */
export function plan(wanted: FileTree, found: FileTree): Change[] {
  const changes: Change[] = [];
  for (const [path, after] of wanted) {
    const before = found.get(path);
    if (before === undefined) changes.push({ kind: 'create', path, after });
    else if (before !== after) changes.push({ kind: 'update', path, before, after });
  }
  for (const [path, before] of found) if (!wanted.has(path)) changes.push({ kind: 'delete', path, before });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
