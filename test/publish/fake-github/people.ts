import { type Commit, readCommit, writeCommit } from './commits.ts';
import type { Files, People } from './fake-github.ts';
import { close, follow } from './follow.ts';
import { commitsBetween, mergeBase, mergeTrees } from './history.ts';
import { noReply } from './represent.ts';
import { addComment, addLabel } from './routes/issues.ts';
import { open } from './routes/pulls.ts';
import { editTree, type TreeEntry } from './trees.ts';
import { moveRefs, nextId, type Pull, type RefChange, secondsOf, timeOf, type World, zero } from './world.ts';

/** What people do in the browser and with their own clones. */
export function peopleOf(world: World, alone: <T>(act: () => Promise<T>) => Promise<T>): People {
  const human = 'octocat';
  const tip = async (branch: string): Promise<Commit> => {
    const commit = await readCommit(world.objects, (await world.ref(`refs/heads/${branch}`)) ?? zero);
    if (commit === undefined) throw new Error(`bug: there is no branch ${branch}`);
    return commit;
  };
  const pullWith = (number: number): Pull => {
    const found = world.records.pulls.find((pull) => pull.number === number);
    if (found === undefined) throw new Error(`bug: there is no pull request ${number}`);
    return found;
  };
  const moveTo = async (...changes: readonly RefChange[]): Promise<void> => {
    if (!(await moveRefs(world, changes))) throw new Error(`bug: git refuses ${JSON.stringify(changes)}`);
    await follow(world, changes);
  };
  const point = async (branch: string, sha: string): Promise<void> => {
    const name = `refs/heads/${branch}`;
    await moveTo({ name, before: (await world.ref(name)) ?? zero, after: sha });
  };
  const write = (commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly author: Commit['author'];
    readonly message: string;
  }): string => writeCommit(world.objects, { ...commit, committer: commit.author, signature: null });
  const by = (login: string): Commit['author'] => noReply(login, secondsOf(world));
  const merge = async (into: Commit, from: Commit, login: string, message: string): Promise<string> => {
    const base = await mergeBase(world.objects, into.sha, from.sha);
    const merged = await mergeTrees(
      world.objects,
      base === undefined ? undefined : (await readCommit(world.objects, base))?.tree,
      into.tree,
      from.tree,
    );
    if (merged === 'conflict') throw new Error(`bug: ${from.sha} conflicts with ${into.sha}`);
    return writeCommit(world.objects, {
      tree: merged.tree,
      parents: [into.sha, from.sha],
      author: by(login),
      committer: { name: 'GitHub', email: 'noreply@github.com', seconds: secondsOf(world) },
      message,
      signature: '-----BEGIN PGP SIGNATURE-----\n\nweb\n-----END PGP SIGNATURE-----',
    });
  };

  const acts: People = {
    async commit(branch, files, { author = human, message = 'Change by hand' } = {}) {
      const parent = await tip((await world.ref(`refs/heads/${branch}`)) === undefined ? world.records.defaultBranch : branch);
      const sha = write({
        tree: await editTree(world.objects, parent.tree, edits(world, files)),
        parents: [parent.sha],
        author: by(author),
        message,
      });
      await point(branch, sha);
      return sha;
    },
    async amend(branch, files, { message } = {}) {
      const old = await tip(branch);
      const sha = write({
        tree: await editTree(world.objects, old.tree, edits(world, files)),
        parents: old.parents,
        author: old.author,
        message: message ?? old.message,
      });
      await point(branch, sha);
      return sha;
    },
    moveBranch: point,
    async deleteBranch(branch) {
      const { sha } = await tip(branch);
      await moveTo({ name: `refs/heads/${branch}`, before: sha, after: zero });
    },
    async renameBranch(from, to) {
      const { sha } = await tip(from);
      for (const pull of world.records.pulls) if (pull.baseRef === from) pull.baseRef = to;
      if (world.records.defaultBranch === from) world.records.defaultBranch = to;
      world.records.renamed.set(from, to);
      await moveRefs(world, [
        { name: `refs/heads/${to}`, before: zero, after: sha },
        { name: `refs/heads/${from}`, before: sha, after: zero },
      ]);
    },
    async updateBranch(number, author = human) {
      const pull = pullWith(number);
      const sha = await merge(
        await tip(pull.headRef),
        await tip(pull.baseRef),
        author,
        `Merge branch '${pull.baseRef}' into ${pull.headRef}`,
      );
      await point(pull.headRef, sha);
      return sha;
    },
    async mergePullRequest(number, how = 'merge', { deleteBranch = false } = {}) {
      const pull = pullWith(number);
      const [base, head] = [await tip(pull.baseRef), await tip(pull.headRef)];
      const title = `${pull.title} (#${number})`;
      let sha = await merge(base, head, human, title);
      const merged = await readCommit(world.objects, sha);
      if (how === 'squash' && merged !== undefined)
        sha = write({ tree: merged.tree, parents: [base.sha], author: by(pull.author), message: title });
      if (how === 'rebase') {
        let onto = base;
        for (const commit of await commitsBetween(world.objects, base.sha, head.sha)) {
          const parent = await readCommit(world.objects, commit.parents[0] ?? zero);
          const moved = await mergeTrees(world.objects, parent?.tree, onto.tree, commit.tree);
          if (moved === 'conflict') throw new Error(`bug: ${commit.sha} conflicts with ${onto.sha}`);
          onto = await tipOf(world, write({ tree: moved.tree, parents: [onto.sha], author: commit.author, message: commit.message }));
        }
        sha = onto.sha;
      }
      pull.mergedAt = timeOf(world);
      pull.mergedBy = human;
      pull.mergeCommit = sha;
      close(world, number);
      await point(pull.baseRef, sha);
      if (deleteBranch) await moveTo({ name: `refs/heads/${pull.headRef}`, before: head.sha, after: zero });
      return sha;
    },
    async openPullRequest({ head, base = world.records.defaultBranch, title = 'By hand', body, author = human }) {
      const { number } = await open(world, { login: author }, { title, head, base, ...(body === undefined ? {} : { body }) });
      return number;
    },
    async closePullRequest(number) {
      close(world, pullWith(number).number);
    },
    async editPullRequest(number, { title, body }) {
      const pull = pullWith(number);
      if (title !== undefined) pull.title = title;
      if (body !== undefined) pull.body = body;
      pull.updatedAt = timeOf(world);
    },
    async comment(number, body, author = human) {
      return addComment(world, pullWith(number).number, body, author).id;
    },
    async review(number, author, state = 'APPROVED') {
      const pull = pullWith(number);
      pull.reviewers = pull.reviewers.filter((login) => login !== author);
      world.records.reviews.push({ id: nextId(world), pull: number, author, state, commit: pull.headSha, at: timeOf(world) });
    },
    async label(number, ...labels) {
      const pull = pullWith(number);
      for (const name of labels) if (!world.records.labels.some((label) => label.name === name)) addLabel(world, name);
      pull.labels = [...new Set([...pull.labels, ...labels])];
    },
    async unlabel(number, label) {
      const pull = pullWith(number);
      pull.labels = pull.labels.filter((name) => name !== label);
    },
    async enqueue(number) {
      pullWith(number).inMergeQueue = true;
    },
    async setStatus(branch, context, state) {
      const { sha } = await tip(branch);
      world.records.statuses.push({
        id: nextId(world),
        sha,
        context,
        state,
        description: null,
        targetUrl: null,
        author: human,
        at: timeOf(world),
      });
    },
  };
  const one =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      alone(() => act(...args));
  return {
    commit: one(acts.commit),
    amend: one(acts.amend),
    moveBranch: one(acts.moveBranch),
    deleteBranch: one(acts.deleteBranch),
    renameBranch: one(acts.renameBranch),
    updateBranch: one(acts.updateBranch),
    mergePullRequest: one(acts.mergePullRequest),
    openPullRequest: one(acts.openPullRequest),
    closePullRequest: one(acts.closePullRequest),
    editPullRequest: one(acts.editPullRequest),
    comment: one(acts.comment),
    review: one(acts.review),
    label: one(acts.label),
    unlabel: one(acts.unlabel),
    enqueue: one(acts.enqueue),
    setStatus: one(acts.setStatus),
  };
}

async function tipOf(world: World, sha: string): Promise<Commit> {
  const commit = await readCommit(world.objects, sha);
  if (commit === undefined) throw new Error(`bug: commit ${sha} cannot be read`);
  return commit;
}

export function edits({ objects }: Pick<World, 'objects'>, files: Files): ReadonlyMap<string, TreeEntry | null> {
  return new Map(
    Object.entries(files).map(([path, file]): [string, TreeEntry | null] => {
      if (file === null) return [path, null];
      const { mode, content } = typeof file === 'string' || file instanceof Uint8Array ? { mode: '100644', content: file } : file;
      return [path, { mode, sha: objects.write('blob', Buffer.from(content)) }];
    }),
  );
}
