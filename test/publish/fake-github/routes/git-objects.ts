import { notFound, Refusal } from '../answer.ts';
import { type Call, created, ok, type Routes, refuseWhenEmpty } from '../call.ts';
import { type Person, readCommit, writeCommit } from '../commits.ts';
import { apiAddress, gitCommit, noReply } from '../represent.ts';
import { editTree, entryAt, folderMode, listTree, readTree, type TreeEntry } from '../trees.ts';
import { isSha, secondsOf, type World } from '../world.ts';

/** GitHub's words when a request takes too long; a smaller tree is the way out. */
export const timedOut =
  "Sorry, your request timed out. It's likely that your input was too large to process. Consider building the tree incrementally, or building the commits you need in a local clone of the repository and then pushing them to GitHub.";

interface NewEntry {
  readonly path?: string;
  readonly mode?: string;
  readonly type?: string;
  readonly sha?: string | null;
  readonly content?: string;
}

export const gitObjects: Routes = {
  'git/get-blob': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      const { file_sha: sha = '' } = params;
      const blob = isSha(sha) ? await world.objects.read(sha) : undefined;
      if (blob?.type !== 'blob') throw notFound();
      return ok({
        sha,
        node_id: `B_${sha}`,
        size: blob.body.length,
        url: `${apiAddress(world)}/git/blobs/${sha}`,
        // GitHub breaks base64 into lines.
        content: blob.body
          .toString('base64')
          .replace(/.{60}/g, '$&\n')
          .replace(/[^\n]$/, '$&\n'),
        encoding: 'base64',
      });
    },
  },
  'git/create-blob': {
    needs: [{ contents: 'write' }],
    async handle({ world, body }) {
      await refuseWhenEmpty(world);
      const { content, encoding = 'utf-8' } = body as { readonly content: string; readonly encoding?: string };
      if (encoding !== 'utf-8' && encoding !== 'base64') throw new Refusal(422, 'encoding must be utf-8 or base64');
      const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
      const sha = world.objects.write('blob', bytes);
      return created({ sha, url: `${apiAddress(world)}/git/blobs/${sha}` });
    },
  },
  'git/get-tree': {
    needs: [{ contents: 'read' }],
    async handle({ world, params, query }) {
      await refuseWhenEmpty(world);
      const sha = await treeNamed(world, params.tree_sha ?? '');
      if (sha === undefined) throw notFound();
      const limit = world.settings.listingLimit;
      // Any value counts as true, even `0`.
      const entries =
        query.recursive === undefined
          ? [...((await readTree(world.objects, sha)) ?? [])].map(([path, entry]) => ({ path, ...entry }))
          : await listTree(world.objects, sha, limit);
      return ok({
        sha,
        url: `${apiAddress(world)}/git/trees/${sha}`,
        truncated: entries.length > limit,
        tree: await Promise.all(entries.slice(0, limit).map((entry) => shown(world, entry))),
      });
    },
  },
  'git/create-tree': { needs: [{ contents: 'write' }], handle: createTree },
  'git/get-commit': {
    needs: [{ contents: 'read' }],
    async handle({ world, params }) {
      await refuseWhenEmpty(world);
      const commit = isSha(params.commit_sha ?? '') ? await readCommit(world.objects, params.commit_sha ?? '') : undefined;
      if (commit === undefined) throw notFound();
      return ok(gitCommit(world, commit));
    },
  },
  'git/create-commit': {
    needs: [{ contents: 'write' }],
    async handle({ world, token, body }) {
      await refuseWhenEmpty(world);
      const given = body as {
        readonly message: string;
        readonly tree: string;
        readonly parents?: readonly string[];
        readonly author?: { readonly name: string; readonly email: string; readonly date?: string };
        readonly committer?: { readonly name?: string; readonly email?: string; readonly date?: string };
        readonly signature?: string;
      };
      if (!isSha(given.tree) || (await world.objects.read(given.tree))?.type !== 'tree' || !(await isUsable(world, given.tree)))
        throw new Refusal(422, 'Tree SHA does not exist');
      for (const parent of given.parents ?? [])
        if (!isSha(parent) || (await world.objects.read(parent))?.type !== 'commit')
          throw new Refusal(422, 'Parent SHA does not exist or is not a commit object');
      const seconds = secondsOf(world);
      const person = (who: { readonly name?: string; readonly email?: string; readonly date?: string }): Person => ({
        name: who.name ?? token.login,
        email: who.email ?? noReply(token.login, 0).email,
        seconds: who.date === undefined ? seconds : Math.floor(Date.parse(who.date) / 1000),
      });
      // Of an App that names nobody, GitHub is the committer and signs. Naming the author alone is enough to lose that.
      const unnamed = given.author === undefined && given.committer === undefined;
      const signed = unnamed && token.kind !== 'user';
      const author = given.author === undefined ? noReply(token.login, seconds) : person(given.author);
      const committer =
        given.committer !== undefined
          ? person(given.committer)
          : signed
            ? { name: 'GitHub', email: 'noreply@github.com', seconds }
            : author;
      const sha = writeCommit(world.objects, {
        tree: given.tree,
        parents: given.parents ?? [],
        author,
        committer,
        message: given.message,
        signature: given.signature ?? (signed ? '-----BEGIN PGP SIGNATURE-----\n\nwsBcBAABCAAQBQ\n-----END PGP SIGNATURE-----' : null),
      });
      const commit = await readCommit(world.objects, sha);
      if (commit === undefined) throw new Error(`bug: commit ${sha} cannot be read`);
      return created(gitCommit(world, commit));
    },
  },
};

async function createTree({ world, body }: Call) {
  await refuseWhenEmpty(world);
  const { tree: entries, base_tree: base } = body as { readonly tree: readonly NewEntry[]; readonly base_tree?: string };
  if (entries.length === 0) throw new Refusal(422, 'Invalid tree info');
  if (entries.length > world.settings.treeEntryLimit || Buffer.byteLength(JSON.stringify(body)) > world.settings.treeByteLimit)
    throw new Refusal(422, timedOut);
  // A commit is taken for its tree.
  const baseTree = base === undefined ? undefined : isSha(base) ? await treeNamed(world, base) : undefined;
  if (base !== undefined && baseTree === undefined) throw new Refusal(422, 'base_tree is not a valid tree oid');
  const edits = new Map<string, TreeEntry | null>();
  for (const entry of entries) {
    const path = validPath(entry.path);
    if (entry.sha !== undefined && entry.content !== undefined)
      throw new Refusal(422, 'Must supply either tree.sha or tree.content, not both');
    if (entry.sha === undefined && entry.content === undefined) throw new Refusal(422, 'Must supply either tree.sha or tree.content');
    if (entry.sha === null) {
      const there = baseTree === undefined ? undefined : await entryAt(world.objects, baseTree, path);
      if (there === undefined) throw new Refusal(422, 'GitRPC::BadObjectState');
      if (there.mode === folderMode)
        world.violations.push(`git/create-tree deletes the folder ${path}: reports differ on whether GitHub does that`);
      edits.set(path, null);
      continue;
    }
    if (entry.mode === undefined) throw new Refusal(422, 'Must supply a valid tree.mode');
    const type = entry.type ?? typeOf(entry.mode);
    if (type !== typeOf(entry.mode)) throw new Refusal(422, `tree.type ${type} does not go with tree.mode ${entry.mode}`);
    if (entry.mode === '040000')
      world.violations.push(`git/create-tree sets the folder ${path}: reports differ on whether GitHub replaces or merges it`);
    edits.set(path, { mode: entry.mode.replace(/^0/, ''), sha: await contentOf(world, entry, type) });
  }
  const sha = await editTree(world.objects, baseTree, edits);
  world.madeTrees.add(sha);
  const made = [...((await readTree(world.objects, sha)) ?? [])].map(([path, entry]) => ({ path, ...entry }));
  return created({
    sha,
    url: `${apiAddress(world)}/git/trees/${sha}`,
    truncated: false,
    tree: await Promise.all(made.map((entry) => shown(world, entry))),
  });
}

const typeOf = (mode: string): string => (mode === '160000' ? 'commit' : mode === '040000' ? 'tree' : 'blob');

function validPath(path = ''): string {
  if (path === '') throw new Refusal(422, 'tree.path is missing');
  if (path.startsWith('/')) throw new Refusal(422, 'tree.path cannot start with a slash');
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git') || path.includes('\0'))
    throw new Refusal(422, 'tree.path contains a malformed path component');
  return path;
}

async function contentOf(world: World, { sha, content }: NewEntry, type: string): Promise<string> {
  if (content !== undefined) {
    if (type !== 'blob') throw new Refusal(422, 'tree.content is for blobs');
    return world.objects.write('blob', Buffer.from(content, 'utf8'));
  }
  if (sha === undefined || sha === null || !isSha(sha))
    throw new Refusal(422, 'The tree.sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  if (type !== 'commit' && (await world.objects.read(sha))?.type !== type) throw new Refusal(422, `tree.sha ${sha} is not a valid ${type}`);
  return sha;
}

async function shown(world: World, { path, mode, sha }: TreeEntry & { readonly path: string }): Promise<object> {
  if (mode === folderMode) return { path, mode: '040000', type: 'tree', sha, url: `${apiAddress(world)}/git/trees/${sha}` };
  if (mode === '160000') return { path, mode, type: 'commit', sha };
  const size = (await world.objects.read(sha))?.body.length ?? 0;
  return { path, mode, type: 'blob', sha, size, url: `${apiAddress(world)}/git/blobs/${sha}` };
}

/** The tree that a SHA-1 of a tree or commit, or the name of a branch, stands for. */
async function treeNamed(world: World, name: string): Promise<string | undefined> {
  const sha = isSha(name) ? name : ((await world.ref(`refs/heads/${name}`)) ?? (await world.ref(name)));
  if (sha === undefined) return undefined;
  const found = await world.objects.read(sha);
  return found?.type === 'tree' ? sha : (await readCommit(world.objects, sha))?.tree;
}

/** Where trees of a push do not count: one that the API made, or that a branch has. */
async function isUsable(world: World, tree: string): Promise<boolean> {
  if (world.settings.pushedTrees === 'usable' || world.madeTrees.has(tree)) return true;
  for (const sha of (await world.refs('refs/heads/')).values()) if ((await readCommit(world.objects, sha))?.tree === tree) return true;
  return false;
}
