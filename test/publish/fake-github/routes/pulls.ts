import { notFound, Refusal, validationFailed } from '../answer.ts';
import { type Call, created, listed, ok, type Routes } from '../call.ts';
import { characters } from '../characters.ts';
import { readCommit } from '../commits.ts';
import type { Token } from '../fake-github.ts';
import { close } from '../follow.ts';
import { commitsBetween, isAncestor, mergeBase, treeChanges } from '../history.ts';
import { repoCommit, pull as shownPull, review as shownReview, team, user, wholePull } from '../represent.ts';
import { moveRefs, type Pull, timeOf, type World, zero } from '../world.ts';
import { shownFile } from './branches.ts';

const bodyLimit = 65_536;
const titleLimit = 256;
/** Commits that the list of a pull request's commits ends at. */
const commitLimit = 250;
const fileLimit = 3_000;

export const pulls: Routes = {
  'pulls/list': {
    needs: [{ pull_requests: 'read' }],
    handle(call) {
      const { state = 'open', head, base, sort = 'created', direction } = call.query;
      const prefix = `${call.world.settings.owner}:`;
      const found = call.world.records.pulls
        .filter((pull) => state === 'all' || pull.state === state)
        // A head without its owner is no filter at all: the answer is every pull request.
        .filter((pull) => head === undefined || !head.includes(':') || head.toLowerCase() === `${prefix}${pull.headRef}`.toLowerCase())
        .filter((pull) => base === undefined || pull.baseRef === base);
      const key = (pull: Pull): string => (sort === 'updated' ? pull.updatedAt : pull.createdAt);
      const oldestFirst = found.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number));
      return listed(
        call,
        (direction ?? (sort === 'created' ? 'desc' : 'asc')) === 'desc' ? oldestFirst.toReversed() : oldestFirst,
        (pull) => shownPull(call.world, pull),
      );
    },
  },
  'pulls/get': {
    needs: [{ pull_requests: 'read' }],
    handle: async (call) => ok(await wholePull(call.world, pullOf(call))),
  },
  'pulls/create': {
    needs: [{ pull_requests: 'write' }],
    async handle({ world, token, body }) {
      const given = body as NewPull;
      if (token.kind === 'actions' && !world.settings.actionsMayOpenPullRequests)
        throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
      return created(await wholePull(world, await open(world, token, given)));
    },
  },
  'pulls/update': { needs: [{ pull_requests: 'write' }], handle: update },
  'pulls/list-commits': {
    needs: [{ pull_requests: 'read' }],
    async handle(call) {
      const pull = pullOf(call);
      const commits = await commitsBetween(call.world.objects, pull.baseSha, pull.headSha);
      return listed(call, commits.slice(0, commitLimit), (commit) => repoCommit(call.world, commit));
    },
  },
  'pulls/list-files': {
    needs: [{ pull_requests: 'read' }],
    async handle(call) {
      const pull = pullOf(call);
      const common = await mergeBase(call.world.objects, pull.baseSha, pull.headSha);
      const trees = await Promise.all([common ?? zero, pull.headSha].map(async (sha) => (await readCommit(call.world.objects, sha))?.tree));
      const changes = await treeChanges(call.world.objects, trees[0], trees[1]);
      return listed(call, changes.slice(0, fileLimit), (change) => shownFile(call.world, pull.headSha, change));
    },
  },
  'pulls/list-requested-reviewers': {
    needs: [{ pull_requests: 'read' }],
    handle(call) {
      const pull = pullOf(call);
      return ok({ users: pull.reviewers.map(user), teams: pull.teamReviewers.map(team) });
    },
  },
  'pulls/list-reviews': {
    needs: [{ pull_requests: 'read' }],
    handle(call) {
      const { number } = pullOf(call);
      return listed(
        call,
        call.world.records.reviews.filter(({ pull }) => pull === number),
        (review) => shownReview(call.world, review),
      );
    },
  },
  'pulls/request-reviewers': {
    needs: [{ pull_requests: 'write' }],
    handle(call) {
      const { world, token } = call;
      const pull = pullOf(call);
      const { reviewers = [], team_reviewers: teams = [] } = call.body as {
        readonly reviewers?: readonly string[];
        readonly team_reviewers?: readonly string[];
      };
      // One name that cannot be asked, and nobody is.
      if (teams.length > 0 && token.permissions.members === 'none')
        throw new Refusal(422, "Could not resolve to a node with the global id of 'T_kwDO'.");
      if (reviewers.some((login) => login.toLowerCase() === pull.author.toLowerCase()))
        throw new Refusal(422, 'Review cannot be requested from pull request author.');
      if (
        reviewers.some((login) => !world.settings.collaborators.includes(login)) ||
        teams.some((slug) => !world.settings.teams.includes(slug))
      )
        throw new Refusal(
          422,
          `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${world.settings.owner}/${world.settings.repo} repository.`,
        );
      pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])];
      pull.teamReviewers = [...new Set([...pull.teamReviewers, ...teams])];
      pull.updatedAt = timeOf(world);
      return created(shownPull(world, pull));
    },
  },
};

export function pullOf({ world, params }: Pick<Call, 'world' | 'params'>): Pull {
  const number = Number(params.pull_number ?? params.issue_number);
  const found = world.records.pulls.find((pull) => pull.number === number);
  if (found === undefined) throw notFound();
  return found;
}

export interface NewPull {
  readonly title?: string;
  readonly head: string;
  readonly base: string;
  readonly body?: string;
  readonly draft?: boolean;
}

export async function open(world: World, token: Pick<Token, 'login'>, given: NewPull): Promise<Pull> {
  const { owner } = world.settings;
  if (given.title === undefined || given.title === '')
    throw validationFailed({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  refuseLong(given);
  const headRef = given.head.replace(`${owner}:`, '');
  const headSha = await world.ref(`refs/heads/${headRef}`);
  const baseSha = await world.ref(`refs/heads/${given.base}`);
  if (headSha === undefined) throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  if (baseSha === undefined) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (world.records.pulls.some((pull) => pull.state === 'open' && pull.headRef === headRef && pull.baseRef === given.base))
    throw validationFailed({ resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${owner}:${headRef}.` });
  if (await isAncestor(world.objects, headSha, baseSha))
    throw validationFailed({ resource: 'PullRequest', code: 'custom', message: `No commits between ${given.base} and ${headRef}` });
  if (given.draft === true && !world.settings.drafts) throw new Refusal(422, 'Draft pull requests are not supported in this repository.');
  const now = timeOf(world);
  world.records.lastNumber += 1;
  const pull: Pull = {
    number: world.records.lastNumber,
    author: token.login,
    createdAt: now,
    updatedAt: now,
    title: given.title,
    body: given.body ?? null,
    state: 'open',
    draft: given.draft === true,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    closedAt: null,
    headRef,
    headSha,
    baseRef: given.base,
    baseSha,
    labels: [],
    assignees: [],
    reviewers: [],
    teamReviewers: [],
    autoMerge: null,
    inMergeQueue: false,
    mergeableFor: '',
  };
  world.records.pulls.push(pull);
  await moveRefs(world, [{ name: `refs/pull/${pull.number}/head`, before: zero, after: headSha }]);
  return pull;
}

function refuseLong({ title = '', body = '' }: { readonly title?: string | undefined; readonly body?: string | undefined }): void {
  const tooLong = (field: string, limit: number): object => ({
    resource: 'PullRequest',
    code: 'custom',
    field,
    message: `${field} is too long (maximum is ${limit} characters)`,
  });
  if (characters(title) > titleLimit) throw validationFailed(tooLong('title', titleLimit));
  if (characters(body) > bodyLimit) throw validationFailed(tooLong('body', bodyLimit));
}

async function update(call: Call) {
  const { world } = call;
  const pull = pullOf(call);
  const { title, body, state, base } = call.body as {
    readonly title?: string;
    readonly body?: string;
    readonly state?: 'open' | 'closed';
    readonly base?: string;
  };
  if (title === '') throw validationFailed({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  refuseLong({ title, body });
  if (base !== undefined && base !== pull.baseRef) {
    const sha = await world.ref(`refs/heads/${base}`);
    if (sha === undefined) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    pull.baseRef = base;
    pull.baseSha = sha;
  }
  if (state === 'open' && pull.state === 'closed') await reopen(world, pull);
  if (state === 'closed' && pull.state === 'open') close(world, pull.number);
  if (title !== undefined) pull.title = title;
  if (body !== undefined) pull.body = body;
  pull.updatedAt = timeOf(world);
  return ok(await wholePull(world, pull));
}

async function reopen(world: World, pull: Pull): Promise<void> {
  const refuse = (why: string): Refusal =>
    validationFailed({ resource: 'PullRequest', code: 'custom', field: 'state', message: `state cannot be changed. ${why}` });
  if (pull.mergedAt !== null) throw refuse('The pull request cannot be reopened.');
  const head = await world.ref(`refs/heads/${pull.headRef}`);
  const base = await world.ref(`refs/heads/${pull.baseRef}`);
  if (head === undefined) throw refuse(`The ${pull.headRef} branch has been deleted.`);
  if (base === undefined) throw refuse(`The ${pull.baseRef} branch has been deleted.`);
  if (!(await isAncestor(world.objects, pull.headSha, head))) throw refuse(`The ${pull.headRef} branch was force-pushed or recreated.`);
  if (await isAncestor(world.objects, head, base))
    throw refuse(`There are no new commits on the ${world.settings.owner}:${pull.headRef} branch.`);
  if (world.records.pulls.some((other) => other.state === 'open' && other.headRef === pull.headRef && other.baseRef === pull.baseRef))
    throw refuse(
      `There is already an open pull request from ${world.settings.owner}:${pull.headRef} to ${world.settings.owner}:${pull.baseRef}.`,
    );
  if (head !== pull.headSha) await moveRefs(world, [{ name: `refs/pull/${pull.number}/head`, before: pull.headSha, after: head }]);
  pull.state = 'open';
  pull.closedAt = null;
  pull.headSha = head;
  pull.baseSha = base;
}
