import { Refusal } from '../answer.ts';
import { readCommit } from '../commits.ts';
import type { Level, Permissions, Token } from '../fake-github.ts';
import { isVisible, mayWrite } from '../permission.ts';
import { branchName, mergeability, nodeId, repositoryNodeId, webAddress } from '../represent.ts';
import { type Pull, rulesOf, type World } from '../world.ts';
import type { Node } from './run.ts';
import { type RefUpdate, updateRefs } from './update-refs.ts';

// The part of GitHub's graph that a publisher may ask for.

const upper = (text: string): string => text.toUpperCase();
const unresolved = (id: string): Refusal => new Refusal(404, `Could not resolve to a node with the global id of '${id}'.`);

export function roots(world: World, token: Token): { readonly query: Node; readonly mutation: Node } {
  const { owner, repo } = world.settings;
  const seen = isVisible(token);
  return {
    query: {
      __typename: 'Query',
      viewer: { __typename: 'User', login: token.login, id: nodeId('U', token.login) },
      repository(args: { readonly owner: string; readonly name: string }) {
        if (!seen || args.owner.toLowerCase() !== owner.toLowerCase() || args.name.toLowerCase() !== repo.toLowerCase())
          throw new Refusal(404, `Could not resolve to a Repository with the name '${args.owner}/${args.name}'.`);
        return repository(world);
      },
      node({ id }: { readonly id: string }) {
        if (seen && id === repositoryNodeId(world)) return repository(world);
        return pullRequest(world, pullWith(world, token, id));
      },
    },
    mutation: {
      __typename: 'Mutation',
      async updateRefs({
        input,
      }: {
        readonly input: { readonly repositoryId: string; readonly refUpdates: readonly RefUpdate[]; readonly clientMutationId?: string };
      }) {
        if (!seen || input.repositoryId !== repositoryNodeId(world)) throw unresolved(input.repositoryId);
        demand(token, { contents: 'write' });
        await updateRefs(world, token, input.refUpdates);
        return { __typename: 'UpdateRefsPayload', clientMutationId: input.clientMutationId ?? null };
      },
      async enablePullRequestAutoMerge({ input }: { readonly input: AutoMergeInput }) {
        const pull = pullWith(world, token, input.pullRequestId);
        demand(token, { pull_requests: 'write', contents: 'write' });
        await enableAutoMerge(world, token, pull, input);
        return {
          __typename: 'EnablePullRequestAutoMergePayload',
          clientMutationId: input.clientMutationId ?? null,
          pullRequest: pullRequest(world, pull),
          actor: null,
        };
      },
      disablePullRequestAutoMerge({ input }: { readonly input: { readonly pullRequestId: string; readonly clientMutationId?: string } }) {
        const pull = pullWith(world, token, input.pullRequestId);
        demand(token, { pull_requests: 'write' });
        pull.autoMerge = null;
        return {
          __typename: 'DisablePullRequestAutoMergePayload',
          clientMutationId: input.clientMutationId ?? null,
          pullRequest: pullRequest(world, pull),
          actor: null,
        };
      },
    },
  };
}

function demand(token: Token, needed: Partial<Permissions>): void {
  for (const name of Object.keys(needed) as (keyof Permissions)[])
    if (!mayWrite(token, name)) throw new Refusal(403, 'Resource not accessible by integration');
}

function pullWith(world: World, token: Token, id: string): Pull {
  const level: Level = token.permissions.pull_requests;
  const found = world.records.pulls.find((pull) => nodeId('PR', pull.number) === id);
  if (found === undefined || !isVisible(token) || level === 'none') throw unresolved(id);
  return found;
}

interface AutoMergeInput {
  readonly pullRequestId: string;
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE';
  readonly expectedHeadOid?: string;
  readonly clientMutationId?: string;
}

/** Only for a pull request that has something to wait for. */
async function enableAutoMerge(
  world: World,
  token: Token,
  pull: Pull,
  { mergeMethod = 'MERGE', expectedHeadOid }: AutoMergeInput,
): Promise<void> {
  if (!world.settings.autoMerge) throw new Refusal(422, 'Pull request Auto merge is not allowed for this repository');
  if (pull.state === 'closed') throw new Refusal(422, 'Pull request Pull request is closed');
  if (expectedHeadOid !== undefined && expectedHeadOid !== pull.headSha)
    throw new Refusal(422, `Pull request Head branch was modified. Review and try the merge again.`);
  const { state } = await mergeability(world, pull);
  if (state !== 'blocked' && state !== 'behind') throw new Refusal(422, `Pull request Pull request is in ${state} status`);
  const method = mergeMethod.toLowerCase() as 'merge' | 'squash' | 'rebase';
  pull.autoMerge = { method, by: token.login };
}

function repository(world: World): Node {
  const ref = async (name: string): Promise<Node | null> => {
    const sha = await world.ref(name);
    return sha === undefined ? null : refNode(world, name, sha);
  };
  return {
    __typename: 'Repository',
    id: repositoryNodeId(world),
    name: world.settings.repo,
    nameWithOwner: `${world.settings.owner}/${world.settings.repo}`,
    url: webAddress(world),
    isArchived: world.settings.archived,
    isEmpty: async () => (await world.refs('refs/heads/')).size === 0,
    autoMergeAllowed: world.settings.autoMerge,
    defaultBranchRef: () => ref(`refs/heads/${world.records.defaultBranch}`),
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) =>
      ref(qualifiedName.startsWith('refs/') ? qualifiedName : `refs/heads/${qualifiedName}`),
    pullRequest({ number }: { readonly number: number }) {
      const found = world.records.pulls.find((pull) => pull.number === number);
      if (found === undefined) throw new Refusal(404, `Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequest(world, found);
    },
    mergeQueue: ({ branch = world.records.defaultBranch }: { readonly branch?: string }) => mergeQueue(world, branch),
  };
}

function mergeQueue(world: World, branch: string): Node | null {
  const queued = world.records.pulls.filter((pull) => pull.inMergeQueue && pull.baseRef === branch);
  if (queued.length === 0 && !rulesOf(world, branch).some(({ rule }) => rule.type === 'merge_queue')) return null;
  return { __typename: 'MergeQueue', id: nodeId('MQ', branch), url: `${webAddress(world)}/queue/${branch}` };
}

async function refNode(world: World, name: string, sha: string): Promise<Node> {
  const commit = await readCommit(world.objects, sha);
  return {
    __typename: 'Ref',
    id: nodeId('REF', name),
    name: branchName(name),
    prefix: name.slice(0, name.indexOf('/', 5) + 1),
    target:
      commit === undefined
        ? { __typename: 'Tree', oid: sha, id: nodeId('T', sha) }
        : {
            __typename: 'Commit',
            id: nodeId('C', sha),
            oid: sha,
            message: commit.message,
            tree: { __typename: 'Tree', oid: commit.tree, id: nodeId('T', commit.tree) },
          },
  };
}

function pullRequest(world: World, pull: Pull): Node {
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', pull.number),
    number: pull.number,
    url: `${webAddress(world)}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.mergedAt !== null ? 'MERGED' : upper(pull.state),
    merged: pull.mergedAt !== null,
    closed: pull.state === 'closed',
    isDraft: pull.draft,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    isInMergeQueue: pull.inMergeQueue,
    isMergeQueueEnabled: () => mergeQueue(world, pull.baseRef) !== null,
    mergeQueueEntry: pull.inMergeQueue
      ? { __typename: 'MergeQueueEntry', id: nodeId('MQE', pull.number), position: 1, state: 'QUEUED', enqueuedAt: pull.updatedAt }
      : null,
    mergeable: async () => {
      const { mergeable } = await mergeability(world, pull);
      return mergeable === null ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING';
    },
    mergeStateStatus: async () => upper((await mergeability(world, pull)).state),
    autoMergeRequest:
      pull.autoMerge === null
        ? null
        : { __typename: 'AutoMergeRequest', enabledAt: pull.updatedAt, mergeMethod: upper(pull.autoMerge.method) },
  };
}
