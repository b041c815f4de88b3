// [IO]
import { readFileSync } from 'node:fs';
import type { Answer, Observed, Sample } from './status-live.ts';
import { queries, selectorOf } from './status-live.ts';

/** Where Query is, and how long it may take. */
export interface QueryAccess {
  readonly url: string;
  readonly token: string | undefined;
  /** Seconds for one question. */
  readonly timeout: number;
  /** How far back to look for what is silent, such as `1d`. */
  readonly lookback: string;
}

/** Larger than any answer about a fleet, small enough for memory. */
const mostBytes = 256 * 2 ** 20;

/** Clusters that are named in a question; more are asked about as "all", so that the address stays short. */
const mostNames = 50;

/** From a file, then from the environment: a token on the command line would be in the list of processes. */
export function queryToken(file: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = file === undefined ? env.FLEETC_QUERY_TOKEN : readFileSync(file, 'utf8');
  return token?.trim() || undefined;
}

/** What Query knows of these clusters. It is asked with GET only. */
export async function observe(access: QueryAccess, clusters: readonly string[]): Promise<Observed> {
  const selector = clusters.length > mostNames ? '{cluster!=""}' : selectorOf(clusters);
  const [answered, scraped] = [await ask(access, queries.answered(selector)), await ask(access, queries.scraped(selector))];
  const before = await ask(access, queries.before(selector, access.lookback));
  return { answered, scraped, before, now: answered.time };
}

interface TimedAnswer extends Answer {
  /** Seconds since 1970, by the clock of Query. */
  readonly time: number;
}

interface Response {
  readonly status?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data?: { readonly resultType?: string; readonly result?: readonly Sample[] };
}

export async function ask({ url, token, timeout }: QueryAccess, query: string): Promise<TimedAnswer> {
  const time = Math.floor(Date.now() / 1000);
  const address = new URL(`${url.replace(/\/+$/, '')}/api/v1/query`);
  for (const [name, value] of Object.entries({ query, time, dedup: true, partial_response: true, timeout: `${timeout}s` }))
    address.searchParams.set(name, String(value));
  const response = await fetch(address, {
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    // A token must not follow to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(timeout * 1000),
  });
  const text = await textOf(response);
  const answer = parsed(text);
  if (answer?.status !== 'success' || answer.data?.resultType !== 'vector' || !Array.isArray(answer.data.result))
    throw new Error(`it answered ${response.status}${answer?.error === undefined ? '' : `: ${answer.error}`}`);
  return { samples: answer.data.result, warnings: answer.warnings ?? [], time };
}

async function textOf(response: globalThis.Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`its answer has more than ${mostBytes / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Response | undefined {
  try {
    return JSON.parse(text) as Response;
  } catch {
    return undefined;
  }
}
