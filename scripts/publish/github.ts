// [IO]
import type { Octokit } from '@octokit/rest';
import type { Clock } from './clock.ts';
import { ForgeFailure, Refusal } from './failure.ts';
import type { GitHubAddress } from './github-address.ts';
import { obey } from './request-policy.ts';

/** GitHub and the repository on it. */
export interface GitHub {
  readonly octokit: Octokit;
  readonly clock: Clock;
  readonly address: GitHubAddress;
  readonly token: string;
  /** GraphQL's id of the repository. */
  readonly id: string;
  readonly defaultBranch: string;
  /** In every request. */
  readonly repository: { readonly owner: string; readonly repo: string };
  graphql<T>(query: string, variables: Readonly<Record<string, unknown>>): Promise<T>;
}

/** Looks at the repository and at what the token may do there, and says all that is missing at once. */
export async function openGitHub(given: {
  readonly address: GitHubAddress;
  readonly token: string;
  readonly clock: Clock;
  readonly deadline: number;
  readonly version: string;
  /** Whether branches and pull requests are to be written. @default true */
  readonly toPublish?: boolean;
}): Promise<GitHub> {
  const { address, token, clock, deadline, version, toPublish = true } = given;
  // Not at the top: every other command starts without it.
  const { Octokit } = await import('@octokit/rest');
  const silent = () => {};
  const octokit = new Octokit({
    auth: token,
    baseUrl: address.api,
    userAgent: `fleetc/${version}`,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  octokit.hook.before('request', (options) => {
    options.headers['x-github-api-version'] = '2022-11-28';
  });
  obey(octokit, { clock, deadline, secrets: [token], pace: 1_000 });
  const repository = { owner: address.owner, repo: address.repo };
  const { data } = await octokit.rest.repos.get(repository).catch((error: unknown) => {
    throw isStatus(error, 404)
      ? new Refusal(`${address.owner}/${address.repo} was not found at ${address.server}, or the token cannot see it.`)
      : error;
  });
  if (toPublish) await refuseWhatIsMissing(octokit, repository, data);
  return {
    octokit,
    clock,
    address,
    token,
    id: data.node_id,
    defaultBranch: data.default_branch,
    repository,
    graphql: async (query, variables) => {
      try {
        return await octokit.graphql(query, variables);
      } catch (error) {
        throw graphqlFailure(error);
      }
    },
  };
}

/** All of it at once. */
async function refuseWhatIsMissing(
  octokit: Octokit,
  repository: GitHub['repository'],
  { archived, permissions }: { readonly archived: boolean; readonly permissions?: { readonly push: boolean } },
): Promise<void> {
  const missing: string[] = [];
  if (archived) missing.push('the repository is archived: nobody can write to it');
  if (permissions?.push === false) missing.push('contents: write');
  await octokit.rest.pulls.list({ ...repository, per_page: 1 }).catch((error: unknown) => {
    if (!isStatus(error, 403) && !isStatus(error, 404)) throw error;
    missing.push('pull_requests: write');
  });
  if (missing.length > 0)
    throw new Refusal(`The token cannot publish to ${repository.owner}/${repository.repo}. Missing: ${missing.join('; ')}.`);
}

/** An answer of GraphQL that says no: nothing was applied. */
function graphqlFailure(error: unknown): unknown {
  const { errors, headers } = error as { errors?: readonly { message?: string }[]; headers?: Record<string, unknown> };
  if (!Array.isArray(errors)) return error;
  return new ForgeFailure({
    status: 422,
    method: 'POST',
    route: '/graphql',
    requestId: typeof headers?.['x-github-request-id'] === 'string' ? headers['x-github-request-id'] : undefined,
    isLost: false,
    said: errors
      .map(({ message }) => message ?? 'an error without a message')
      .join('; ')
      .replace(/\s+/g, ' ')
      .slice(0, 600),
  });
}

export const isStatus = (error: unknown, status: number): error is ForgeFailure => error instanceof ForgeFailure && error.status === status;
