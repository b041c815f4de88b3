// [IO]
import type { Octokit } from '@octokit/rest';
import type { Clock } from './clock.ts';
import { ForgeFailure, scrub } from './failure.ts';
import { isServersFault, type Problem, waitBefore } from './retry.ts';

export interface Policy {
  readonly clock: Clock;
  /** Milliseconds since 1970: no wait goes beyond. */
  readonly deadline: number;
  /** Taken out of whatever a server says. */
  readonly secrets: readonly string[];
  /** Between two requests that change something, in milliseconds. GitHub asks for a second. */
  readonly pace: number;
}

/** Without an answer for so long a request is given up. */
const patience = 60_000;

/**
 * One request after the other, each with a time-out, repeated only where that can do no harm. The stock plugins overlook `retry-after` and
 * repeat what was applied; so this is our own.
 */
export function obey(octokit: Octokit, { clock, deadline, secrets, pace }: Policy): void {
  let lastWrite = Number.NEGATIVE_INFINITY;
  octokit.hook.wrap('request', async (request, options) => {
    const given = { method: options.method, route: options.url, isMutation: String(options.query ?? '').startsWith('mutation') };
    const isWrite = given.route === '/graphql' || given.route.endsWith('/graphql') ? given.isMutation : given.method !== 'GET';
    for (let tries = 1; ; tries++) {
      if (isWrite && clock.now() - lastWrite < pace) await clock.sleep(pace - (clock.now() - lastWrite));
      if (isWrite) lastWrite = clock.now();
      try {
        // In place: an outer hook's argument does not reach the request.
        options.request = { ...options.request, signal: clock.timeout(patience) } as NonNullable<typeof options.request>;
        const response = await request(options);
        const said = problemIn(response);
        if (said === undefined) return response;
        throw { status: said.isBroken ? 0 : 200, response, said: said.text };
      } catch (error) {
        const problem = problemOf(error);
        const givesUp = (options.request?.giveUpOn as readonly number[] | undefined)?.includes(problem.status) === true;
        const wait = givesUp ? undefined : waitBefore(tries, problem, clock.now(), !isWrite || canRepeat(given.method, given.route));
        const late = wait !== undefined && clock.now() + wait > deadline;
        if (wait === undefined || late) throw failureOf(problem, given, secrets, late ? clock.now() + wait : undefined);
        await clock.sleep(wait);
      }
    }
  });
}

/** Whether applying it twice is applying it once. A second pull request or comment is not. */
const canRepeat = (method: string, route: string): boolean =>
  method !== 'POST' || /\/git\/(?:trees|blobs|commits)$|\/labels$|\/requested_reviewers$/.test(route);

/** What a success hides: half an answer, or a limit told by GraphQL. */
function problemIn({
  status,
  headers,
  data,
}: {
  status: number;
  headers: object;
  data: unknown;
}): { text: string; isBroken: boolean } | undefined {
  const isJson = /\bjson\b/.test(String((headers as Record<string, unknown>)['content-type']));
  if (status !== 204 && isJson && typeof data === 'string') return { text: 'the answer breaks off', isBroken: true };
  const errors = (data as { errors?: readonly { type?: string; message?: string }[] } | null)?.errors;
  const limit = Array.isArray(errors) ? errors.find(({ type }) => type === 'RATE_LIMITED') : undefined;
  return limit && { text: limit.message ?? 'rate limit', isBroken: false };
}

function problemOf(error: unknown): Problem {
  const { status, response, said, message, name } = error as {
    status?: number;
    response?: { headers: Problem['headers']; data: unknown };
    said?: string;
    message?: string;
    name?: string;
  };
  if (response !== undefined) return { status: status ?? 0, headers: response.headers, said: said ?? wordsOf(response.data) };
  if (status === undefined && name !== 'AbortError' && name !== 'TimeoutError') throw error;
  return { status: 0, headers: {}, said: /abort|timeout/i.test(`${name} ${message}`) ? 'no answer in time' : (message ?? 'no answer') };
}

/** GitHub's sentence and those of its errors, no more: an answer may repeat what was sent. */
function wordsOf(data: unknown): string {
  if (typeof data === 'string') return data.slice(0, 300);
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors)
    ? errors.map((each: unknown) => {
        if (typeof each === 'string') return each;
        const { message: text, resource, field, code } = each as Record<string, unknown>;
        return [resource, field, code, text].filter((word) => typeof word === 'string').join(' ');
      })
    : [];
  return [typeof message === 'string' ? message : 'an error without a message', ...details].join('; ').slice(0, 600);
}

function failureOf(
  { status, headers, said }: Problem,
  { method, route }: { method: string; route: string },
  secrets: readonly string[],
  until?: number,
): ForgeFailure {
  const requestId = headers['x-github-request-id'];
  return new ForgeFailure({
    status,
    method,
    route: scrub(route, secrets),
    requestId: requestId === undefined ? undefined : String(requestId),
    isLost: isServersFault({ status }),
    said: scrub(said, secrets),
    advice:
      until === undefined
        ? adviceFor(status, headers, said, route)
        : `Its limit ends at ${new Date(until).toISOString()}, after the deadline of this run: start again then.`,
  });
}

function adviceFor(status: number, headers: Problem['headers'], said: string, route: string): string | undefined {
  const sso = headers['x-github-sso'];
  if (sso !== undefined) return `Authorize the token for the organisation: ${String(sso).replace(/^.*url=/, '')}`;
  if (status === 401) return 'The token is wrong or has ended.';
  if (/not permitted to create or approve pull requests/i.test(said))
    return 'Turn on "Allow GitHub Actions to create and approve pull requests" in the settings of the repository.';
  if (status === 403 && /resource not accessible|must have|permission/i.test(said))
    return `The token lacks ${String(headers['x-accepted-github-permissions'] ?? neededFor(route)).replaceAll('=', ': ')}.`;
  return undefined;
}

const neededFor = (route: string): string => {
  if (route.includes('/pulls')) return 'pull_requests: write';
  return /\/(?:issues|labels)/.test(route) ? 'issues: write' : 'contents: write';
};
