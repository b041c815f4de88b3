import { notFound, Refusal } from '../answer.ts';
import { type Call, created, nothing, ok, type Routes, refuseWhenEmpty } from '../call.ts';
import type { Token } from '../fake-github.ts';
import { follow } from '../follow.ts';
import { isAncestor } from '../history.ts';
import { gitRef } from '../represent.ts';
import { brokenRules, changedPaths, ruleViolation } from '../rule-check.ts';
import { isSha, moveRefs, type RefChange, type World, zero } from '../world.ts';

export const gitRefs: Routes = {
  'git/get-ref': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      await refuseWhenEmpty(world);
      const name = `refs/${params.ref}`;
      const sha = await world.ref(name);
      if (sha === undefined) throw notFound();
      return ok(await gitRef(world, name, sha));
    },
  },
  'git/list-matching-refs': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      await refuseWhenEmpty(world);
      const found = await world.refs(`refs/${params.ref}`);
      return ok(await Promise.all([...found].map(([name, sha]) => gitRef(world, name, sha))));
    },
  },
  'git/create-ref': {
    needs: [{ contents: 'write' }],
    async handle({ world, token, body }) {
      await refuseWhenEmpty(world);
      const { ref, sha } = body as { readonly ref: string; readonly sha: string };
      if (!/^refs\/[^/]+\/./.test(ref)) throw new Refusal(422, 'Reference name must start with refs/ and have at least two slashes.');
      if (!isRefName(ref)) throw new Refusal(422, `${ref} is not a valid ref name.`);
      if ((await world.ref(ref)) !== undefined) throw new Refusal(422, 'Reference already exists');
      await refuseMissing(world, sha);
      await move(world, token, [{ name: ref, before: zero, after: sha }]);
      return created(await gitRef(world, ref, sha));
    },
  },
  'git/update-ref': {
    needs: [{ contents: 'write' }],
    async handle({ world, token, params, body }) {
      await refuseWhenEmpty(world);
      const name = `refs/${params.ref}`;
      const { sha, force = false } = body as { readonly sha: string; readonly force?: boolean };
      const before = await world.ref(name);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      await refuseMissing(world, sha);
      if (!force && !(await isAncestor(world.objects, before, sha))) throw new Refusal(422, 'Update is not a fast forward');
      await move(world, token, [{ name, before, after: sha }]);
      return ok(await gitRef(world, name, sha));
    },
  },
  'git/delete-ref': {
    needs: [{ contents: 'write' }],
    async handle({ world, token, params }: Call) {
      await refuseWhenEmpty(world);
      const name = `refs/${params.ref}`;
      const before = await world.ref(name);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      await move(world, token, [{ name, before, after: zero }]);
      return nothing;
    },
  },
};

/** What `git check-ref-format` allows. */
export function isRefName(name: string): boolean {
  return !/(^|\/)\.|\.\.|[\s~^:?*[\\\x7f\x00-\x1f]|@\{|\/\/|[/.]$|\.lock(\/|$)/.test(name) && name.includes('/');
}

export async function refuseMissing(world: World, sha: string): Promise<void> {
  if (!isSha(sha)) throw new Refusal(422, 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  if ((await world.objects.read(sha)) === undefined) throw new Refusal(422, 'Object does not exist');
}

/** All or none: rules, git, then what follows for pull requests. */
export async function move(world: World, token: Token, changes: readonly RefChange[]): Promise<void> {
  for (const change of changes) {
    const { name, before, after } = change;
    const branch = name.startsWith('refs/heads/') ? name.slice('refs/heads/'.length) : undefined;
    if (name.startsWith('refs/pull/')) throw new Refusal(422, 'Reference update failed');
    const broken = await brokenRules(world, change, token);
    if (broken.length > 0) throw new Refusal(422, ruleViolation(broken));
    if (branch === undefined) continue;
    if (after === zero && branch === world.records.defaultBranch) throw new Refusal(422, 'Cannot delete the default branch');
    if (world.records.pulls.some((pull) => pull.state === 'open' && pull.headRef === branch && pull.inMergeQueue))
      throw new Refusal(422, 'Cannot update this branch: a pull request for this branch has been added to a merge queue.');
    if (after !== zero && (await world.objects.read(after))?.type !== 'commit') throw new Refusal(422, 'Reference update failed');
    if (after !== zero && token.permissions.workflows !== 'write') {
      const workflow = (await changedPaths(world, before, after)).find((path) => path.startsWith('.github/workflows/'));
      if (workflow !== undefined) throw new Refusal(403, 'Resource not accessible by integration');
    }
  }
  // What git itself refuses: a name that is a folder of others, or another value than a moment ago.
  if (!(await moveRefs(world, changes))) throw new Refusal(422, 'Reference update failed');
  await follow(world, changes);
}
