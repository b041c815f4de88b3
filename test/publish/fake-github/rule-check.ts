import { readCommit } from './commits.ts';
import type { Token } from './fake-github.ts';
import { commitsBetween, isAncestor, treeChanges } from './history.ts';
import { isVerified, type RefChange, rulesOf, type World, zero } from './world.ts';

/** Why rules forbid a move of a branch, in GitHub's words; none when they do not. */
export async function brokenRules(world: World, { name, before, after }: RefChange, token: Token): Promise<readonly string[]> {
  if (!name.startsWith('refs/heads/')) return [];
  const branch = name.slice('refs/heads/'.length);
  const broken: string[] = [];
  for (const { rule } of rulesOf(world, branch, token.login)) {
    const creates = before === zero;
    const deletes = after === zero;
    if (rule.type === 'creation' && creates) broken.push('Cannot create ref due to creations being restricted.');
    if (rule.type === 'update' && !creates && !deletes) broken.push('Cannot update this protected ref.');
    if (rule.type === 'deletion' && deletes) broken.push('Cannot delete this protected ref.');
    if (rule.type === 'branch_name_pattern' && creates && !rule.pattern.test(branch))
      broken.push(`Branch name must match a given regex pattern: ${rule.pattern.source}`);
    if (deletes) continue;
    if (rule.type === 'non_fast_forward' && !creates && !(await isAncestor(world.objects, before, after)))
      broken.push('Cannot force-push to this branch');
    const added = await newCommits(world, before, after);
    if (rule.type === 'required_signatures' && added.some((commit) => !isVerified(commit)))
      broken.push('Commits must have verified signatures.');
    if (rule.type === 'required_linear_history' && added.some(({ parents }) => parents.length > 1))
      broken.push('This branch must not contain merge commits.');
    if (rule.type === 'pull_request' && !creates) broken.push('Changes must be made through a pull request.');
    if (rule.type === 'merge_queue' && !creates) broken.push('Changes must be made through the merge queue');
    if (rule.type === 'required_status_checks' && !creates)
      for (const check of rule.checks) if (!succeeded(world, after, check)) broken.push(`Required status check "${check}" is expected.`);
    if (rule.type === 'file_path_restriction') {
      const touched = (await changedPaths(world, before, after)).filter((path) => rule.paths.some((prefix) => path.startsWith(prefix)));
      if (touched.length > 0) broken.push(`File path is restricted: ${touched.join(', ')}`);
    }
  }
  return broken;
}

export const ruleViolation = (broken: readonly string[]): string =>
  `Repository rule violations found\n\n${broken.map((line) => `${line}\n\n`).join('')}`;

export function succeeded({ records }: World, sha: string, check: string): boolean {
  const statuses = records.statuses.filter((status) => status.sha === sha && status.context === check);
  const runs = records.checkRuns.filter((run) => run.sha === sha && run.name === check);
  return statuses.at(-1)?.state === 'success' || runs.at(-1)?.conclusion === 'success';
}

async function newCommits(world: World, before: string, after: string) {
  if (before !== zero) return commitsBetween(world.objects, before, after);
  const base = await world.ref(`refs/heads/${world.records.defaultBranch}`);
  return commitsBetween(world.objects, base ?? zero, after);
}

/** What the new commits touch, each against its first parent. */
export async function changedPaths(world: World, before: string, after: string): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const commit of await newCommits(world, before, after)) {
    const parent = commit.parents[0] === undefined ? undefined : await readCommit(world.objects, commit.parents[0]);
    for (const { path } of await treeChanges(world.objects, parent?.tree, commit.tree)) paths.add(path);
  }
  return [...paths];
}
