import { Refusal } from '../answer.ts';
import type { Token } from '../fake-github.ts';
import { isAncestor } from '../history.ts';
import { isRefName, move, refuseMissing } from '../routes/git-refs.ts';
import { type RefChange, type World, zero } from '../world.ts';

export interface RefUpdate {
  readonly name: string;
  readonly afterOid: string;
  /** What the ref must be at; all zeros: nowhere. Left out: anything. */
  readonly beforeOid?: string | null;
  readonly force?: boolean | null;
}

/** Several refs, all or none. GitHub's words for a lost comparison are not known: a client looks at the ref, not at them. */
export async function updateRefs(world: World, token: Token, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) throw new Refusal(422, 'No ref updates were given');
  if (new Set(updates.map(({ name }) => name)).size < updates.length) throw new Refusal(422, 'A ref is updated twice');
  const changes: RefChange[] = [];
  for (const { name, afterOid: after, beforeOid, force } of updates) {
    if (!isRefName(name)) throw new Refusal(422, `${name} is not a valid ref name.`);
    if (world.settings.hiddenRefs === 'refused' && !/^refs\/(heads|tags)\//.test(name))
      throw new Refusal(422, `${name} is not a branch or tag`);
    const before = (await world.ref(name)) ?? zero;
    if (beforeOid !== undefined && beforeOid !== null && beforeOid !== before) throw new Refusal(422, 'Reference update failed');
    if (after === zero && before === zero) throw new Refusal(422, 'Reference does not exist');
    if (after !== zero) await refuseMissing(world, after);
    if (after !== zero && before !== zero && force !== true && !(await isAncestor(world.objects, before, after)))
      throw new Refusal(422, 'Update is not a fast forward');
    if (after !== before) changes.push({ name, before, after });
  }
  if (changes.length > 0) await move(world, token, changes);
}
