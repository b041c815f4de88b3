// [IO]
import type { Entry } from './git-objects.ts';
import { type Commit, isOurs } from './ownership.ts';
import type { Remote } from './remote.ts';

/** The commits that somebody else made. The button "Update branch" makes a merge that brings nothing of its own: that is not one. */
export async function foreignCommits(remote: Remote, commits: readonly Commit[]): Promise<readonly Commit[]> {
  const foreign: Commit[] = [];
  for (const commit of commits) if (!isOurs(commit) && !(await isPlainMerge(remote, commit))) foreign.push(commit);
  return foreign;
}

async function isPlainMerge(remote: Remote, { parents, tree }: Commit): Promise<boolean> {
  const [ours, base, ...more] = parents;
  if (ours === undefined || base === undefined || more.length > 0) return false;
  return bringsNothing(remote, tree, ours, base);
}

/** Whether everything in a tree is in one of two others, at the same place. */
async function bringsNothing(
  remote: Remote,
  merged: string | undefined,
  ours: string | undefined,
  base: string | undefined,
): Promise<boolean> {
  if (merged === ours || merged === base) return true;
  const read = async (sha: string | undefined) => (sha === undefined ? new Map<string, Entry>() : await remote.readTree(sha));
  const [all, left, right] = [await read(merged), await read(ours), await read(base)];
  for (const name of new Set([...all.keys(), ...left.keys(), ...right.keys()])) {
    const [entry, one, other] = [all.get(name), left.get(name), right.get(name)];
    if (isSame(entry, one) || isSame(entry, other)) continue;
    const folders = [entry, one, other].map((each) => (each === undefined || each.mode === '40000' ? (each?.sha ?? 'none') : undefined));
    if (folders.includes(undefined)) return false;
    const [m, l, r] = folders.map((sha) => (sha === 'none' ? undefined : sha));
    if (!(await bringsNothing(remote, m, l, r))) return false;
  }
  return true;
}

const isSame = (a: Entry | undefined, b: Entry | undefined): boolean => a?.mode === b?.mode && a?.sha === b?.sha;
