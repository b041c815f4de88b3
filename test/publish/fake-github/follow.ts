import { isAncestor } from './history.ts';
import { moveRefs, type RefChange, timeOf, type World, zero } from './world.ts';

/** What GitHub does to pull requests once branches have moved. */
export async function follow(world: World, changes: readonly RefChange[]): Promise<void> {
  const branches = new Map(changes.filter(({ name }) => name.startsWith('refs/heads/')).map((change) => [change.name.slice(11), change]));
  const heads: RefChange[] = [];
  for (const pull of world.records.pulls.filter(({ state }) => state === 'open')) {
    const head = branches.get(pull.headRef);
    const base = branches.get(pull.baseRef);
    if (head === undefined && base === undefined) continue;
    pull.updatedAt = timeOf(world);
    if (base !== undefined && base.after !== zero) pull.baseSha = base.after;
    if (head?.after === zero || base?.after === zero) {
      close(world, pull.number);
      continue;
    }
    if (head !== undefined) {
      heads.push({ name: `refs/pull/${pull.number}/head`, before: pull.headSha, after: head.after });
      pull.headSha = head.after;
    }
    // A branch without a commit of its own has nothing left to propose. Where the base has come to hold it, it was merged.
    if (await isAncestor(world.objects, pull.headSha, pull.baseSha)) {
      if (head === undefined) {
        pull.mergedAt = timeOf(world);
        pull.mergeCommit = pull.baseSha;
        pull.mergedBy = 'octocat';
      }
      close(world, pull.number);
    }
  }
  if (heads.length > 0 && !(await moveRefs(world, heads))) throw new Error(`bug: git refuses ${JSON.stringify(heads)}`);
}

export function close(world: World, number: number): void {
  const pull = world.records.pulls.find((one) => one.number === number);
  if (pull === undefined) throw new Error(`bug: no pull request ${number}`);
  pull.state = 'closed';
  pull.closedAt = timeOf(world);
  pull.updatedAt = timeOf(world);
  pull.autoMerge = null;
  pull.inMergeQueue = false;
}
