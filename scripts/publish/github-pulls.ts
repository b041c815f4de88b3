// [IO]
import type { RestEndpointMethodTypes } from '@octokit/rest';
import { ForgeFailure } from './failure.ts';
import { type GitHub, isStatus } from './github.ts';
import type { Created, Pull, PullRequests } from './pull-request.ts';

export interface Dress {
  readonly labels: readonly string[];
  /** Logins, and teams as `@team`. */
  readonly reviewers: readonly string[];
  readonly draft: boolean;
  /** Merge by itself as soon as the rules of the base branch are met. */
  readonly autoMerge: 'merge' | 'squash' | 'rebase' | undefined;
}

type Listed = RestEndpointMethodTypes['pulls']['list']['response']['data'][number];

/** Beside our own: those of other people. */
export interface GitHubPulls extends PullRequests {
  /** Open ones from `owner:branch`, to whatever base. */
  readonly openFrom: (head: string) => Promise<readonly (Pull & { readonly sha: string })[]>;
}

export function gitHubPulls(github: GitHub, base: string, dress: Dress): GitHubPulls {
  const { octokit, repository, clock, address } = github;

  const of = async (branch: string): Promise<readonly Pull[]> => {
    const head = `${address.owner}:${branch}`;
    // The newest are enough: a branch that is used for years has hundreds of closed ones.
    const { data: listed } = await octokit.rest.pulls.list({
      ...repository,
      head,
      base,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 100,
    });
    // GitHub's filter lets others through where it does not know the owner.
    return listed.filter((pull) => pull.head.label === head && pull.base.ref === base).map(pullOf);
  };
  const openOf = async (branch: string) => (await of(branch)).find(({ state }) => state === 'open');

  const create = async (pull: { readonly branch: string; readonly title: string; readonly body: string }): Promise<Created> => {
    const warnings: string[] = [];
    let draft = dress.draft;
    for (let tries = 1; ; tries++)
      try {
        const { branch, title, body } = pull;
        const { data } = await octokit.rest.pulls.create({ ...repository, head: branch, base, title, body, ...(draft && { draft }) });
        return { pull: pullOf(data as unknown as Listed), isAdopted: false, warnings };
      } catch (error) {
        if (!(error instanceof ForgeFailure) || tries >= 5) throw error;
        const isThere = error.status === 422 && /already exists/i.test(error.said);
        const noDraft = draft && error.status === 422 && /draft/i.test(error.said);
        if (!error.isLost && !isThere && !noDraft) throw error;
        if (noDraft) {
          draft = false;
          warnings.push('drafts are not supported in this repository: the pull request is ready for review');
          continue;
        }
        // It may have been applied, and what we read may be older than that.
        await clock.sleep(1_000 * tries);
        const open = await openOf(pull.branch);
        if (open !== undefined) return { pull: open, isAdopted: true, warnings };
      }
  };

  return {
    of,
    async openFrom(head) {
      const { data } = await octokit.rest.pulls.list({ ...repository, head, state: 'open', per_page: 100 });
      return data.filter((pull) => pull.head.label === head).map((pull) => ({ ...pullOf(pull), sha: pull.head.sha }));
    },
    create,
    async update(number, change) {
      await octokit.rest.pulls.update({ ...repository, pull_number: number, ...change });
    },
    async say(number, subject, text) {
      const mark = `<!-- fleetc:${subject} -->`;
      const body = `${text}\n\n${mark}`;
      for (let tries = 1; ; tries++) {
        const comments = await octokit.paginate(octokit.rest.issues.listComments, { ...repository, issue_number: number, per_page: 100 });
        const said = comments.find((comment) => comment.body?.includes(mark));
        if (said?.body?.replaceAll('\r\n', '\n').trim() === body) return;
        try {
          if (said === undefined) await octokit.rest.issues.createComment({ ...repository, issue_number: number, body });
          else await octokit.rest.issues.updateComment({ ...repository, comment_id: said.id, body });
          return;
        } catch (error) {
          if (!(error instanceof ForgeFailure) || !error.isLost || tries >= 4) throw error;
          await clock.sleep(1_000 * 2 ** tries);
        }
      }
    },
    async isQueued({ id }) {
      const query = 'query ($id: ID!) { node(id: $id) { ... on PullRequest { isInMergeQueue } } }';
      try {
        return (await github.graphql<{ node: { isInMergeQueue: boolean } | null }>(query, { id })).node?.isInMergeQueue === true;
      } catch (error) {
        // Older servers have no merge queue.
        if (isStatus(error, 422) && /isInMergeQueue/.test(error.said)) return false;
        throw error;
      }
    },
    label: (pull, label) => addLabels(github, pull, [label]),
    async dress(pull) {
      return [
        ...(await addLabels(github, pull, dress.labels)),
        ...(await requestReviewers(github, pull, dress.reviewers)),
        ...(dress.autoMerge === undefined || pull.hasAutoMerge ? [] : await enableAutoMerge(github, pull, dress.autoMerge)),
      ];
    },
  };
}

const pullOf = (pull: Listed): Pull => ({
  number: pull.number,
  id: pull.node_id,
  url: pull.html_url,
  state: pull.state === 'open' ? 'open' : 'closed',
  isMerged: pull.merged_at !== null,
  author: pull.user?.login ?? '',
  title: pull.title,
  body: pull.body ?? '',
  labels: pull.labels.map(({ name }) => name),
  reviewers: [...(pull.requested_reviewers ?? []).map(({ login }) => login), ...(pull.requested_teams ?? []).map(({ slug }) => `@${slug}`)],
  hasAutoMerge: pull.auto_merge !== null,
});

/** What a server refuses becomes a sentence; what it did not answer stays a failure. */
const refusal = (error: unknown): string => {
  if (error instanceof ForgeFailure && error.status >= 400 && error.status < 500 && error.status !== 401) return error.said;
  throw error;
};

/** Only labels that exist: a token that may label may still not create. */
async function addLabels({ octokit, repository }: GitHub, pull: Pull, labels: readonly string[]): Promise<readonly string[]> {
  const warnings: string[] = [];
  const there: string[] = [];
  for (const name of labels.filter((label) => !pull.labels.includes(label)))
    try {
      await octokit.rest.issues.getLabel({ ...repository, name });
      there.push(name);
    } catch (error) {
      warnings.push(isStatus(error, 404) ? `the repository has no label ${name}` : `the label ${name} cannot be read: ${refusal(error)}`);
    }
  if (there.length === 0) return warnings;
  try {
    await octokit.rest.issues.addLabels({ ...repository, issue_number: pull.number, labels: there });
  } catch (error) {
    warnings.push(`labels ${there.join(', ')} were not set: ${refusal(error)}`);
  }
  return warnings;
}

/** One wrong name fails the whole request, so each is looked at first, and asked for alone where that was not enough. */
async function requestReviewers(github: GitHub, pull: Pull, reviewers: readonly string[]): Promise<readonly string[]> {
  const { octokit, repository } = github;
  const missing = reviewers.filter((name) => !pull.reviewers.includes(name));
  if (missing.length === 0) return [];
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, { ...repository, pull_number: pull.number, per_page: 100 });
  const done = new Set(reviews.map(({ user }) => user?.login));
  const warnings: string[] = [];
  const asked: string[] = [];
  for (const name of missing) {
    if (done.has(name)) continue;
    if (name === pull.author) warnings.push(`${name} opened the pull request and cannot review it`);
    else if (!name.startsWith('@') && !(await isCollaborator(github, name))) warnings.push(`${name} is no collaborator and cannot review`);
    else asked.push(name);
  }
  const ask = (names: readonly string[]) =>
    octokit.rest.pulls.requestReviewers({
      ...repository,
      pull_number: pull.number,
      reviewers: names.filter((name) => !name.startsWith('@')),
      team_reviewers: names.filter((name) => name.startsWith('@')).map((name) => name.slice(1)),
    });
  if (asked.length === 0) return warnings;
  try {
    await ask(asked);
  } catch (error) {
    if (asked.length === 1) return [...warnings, `${asked[0]} was not asked for a review: ${refusal(error)}`];
    refusal(error);
    for (const name of asked)
      await ask([name]).catch((each: unknown) => {
        warnings.push(`${name} was not asked for a review: ${refusal(each)}`);
      });
  }
  return warnings;
}

async function isCollaborator({ octokit, repository }: GitHub, username: string): Promise<boolean> {
  try {
    await octokit.rest.repos.checkCollaborator({ ...repository, username });
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    // Who may not ask finds out by the request itself.
    refusal(error);
    return true;
  }
}

/** Never more than asked for: a pull request that could be merged at once is left to a person. */
async function enableAutoMerge(github: GitHub, { id }: Pull, method: 'merge' | 'squash' | 'rebase'): Promise<readonly string[]> {
  const mutation = 'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }';
  try {
    await github.graphql(mutation, { input: { pullRequestId: id, mergeMethod: method.toUpperCase() } });
    return [];
  } catch (error) {
    return [`auto-merge was not turned on: ${refusal(error)}`];
  }
}
