// [IO]
import { hasErrors } from '../diagnostic.ts';
import { converge, longestBody, type Wish } from './converge.ts';
import { Refusal } from './failure.ts';
import { Overtaken, type Place } from './place.ts';
import { type Planned, planned } from './planned.ts';
import type { Published, PublishRequest, World } from './request.ts';
import type { GroupResult } from './result.ts';
import { retire } from './retire.ts';

const mostRounds = 4;

/** Converges: what is there already stays, and a run that was stopped is completed by the next. */
export async function publish(request: PublishRequest, world: World): Promise<Published> {
  const first = new Map<string, GroupResult>();
  for (let round = 1; ; round++)
    try {
      const wanted = await planned(request, world);
      if (hasErrors(wanted.diagnostics)) return { diagnostics: wanted.diagnostics, results: [], warnings: wanted.warnings };
      const results = await settle(request, world, wanted, first);
      return { diagnostics: wanted.diagnostics, results, warnings: wanted.warnings };
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      if (round === mostRounds) throw new Error(`somebody else moved ${error.message} in each of ${mostRounds} rounds; run it again`);
      await world.clock.sleep(Math.ceil(1_000 * round * (1 + world.random())));
    }
}

/** Each group in its order; then what is left of groups that are no more. */
async function settle(
  request: PublishRequest,
  { remote, pulls, keepText }: World,
  planned: Planned,
  first: Map<string, GroupResult>,
): Promise<readonly GroupResult[]> {
  const { prefix, baseBranch, discardForeign } = request;
  const heads = await remote.readHeads(prefix.slice(0, -1));
  const branches = planned.groups.map(({ name }) => prefix + name);
  refuseClashes(prefix, branches, [...heads.keys()]);
  const place: Place = { remote, pulls, base: planned.base, baseBranch, discardForeign };
  const remember = (result: GroupResult): GroupResult => {
    // What an earlier round of this run did is what this run did.
    const earlier = first.get(result.group);
    const kept = earlier !== undefined && result.status === 'unchanged' ? { ...result, status: earlier.status } : result;
    if (kept.status !== 'unchanged') first.set(result.group, kept);
    return kept;
  };
  const results: GroupResult[] = [];
  for (const [i] of planned.groups.entries()) {
    const wish = planned.wish(i, results);
    const result = remember(await converge(place, wish, heads.get(wish.branch)));
    results.push(
      keepText === undefined || result.status === 'blocked'
        ? result
        : { ...result, body: keepText(wish.group, branches.length === 1, bodyAlone(wish)) },
    );
  }
  for (const [branch, head] of heads)
    if (branch.startsWith(prefix) && !branches.includes(branch)) {
      const result = await retire(place, branch, branch.slice(prefix.length), head);
      if (result !== undefined) results.push(remember(result));
    }
  await remote.sweep();
  const told = new Set(results.map(({ group }) => group));
  return [...results, ...[...first.values()].filter(({ group, status }) => status === 'retired' && !told.has(group))];
}

function bodyAlone(wish: Wish): string {
  const { title, text } = wish.text(wish.order, longestBody);
  return `# ${title}\n\n${text}\n`;
}

/** Git keeps a branch as a file: where `a` is one, `a/b` cannot be. */
function refuseClashes(prefix: string, branches: readonly string[], there: readonly string[]): void {
  const above = [...prefix.matchAll(/\//g)].map(({ index }) => prefix.slice(0, index));
  const clash = there.find((branch) => above.includes(branch) || branches.some((wanted) => branch.startsWith(`${wanted}/`)));
  if (clash !== undefined && branches.length > 0)
    throw new Refusal(`The branch ${clash} is in the way of ${branches[0]}: git cannot have both. Rename it, or publish with --prefix.`);
}
