// [IO]
import { readFileSync } from 'node:fs';
import type { Edge } from '../inventory/inventory.ts';
import { endpointsOf } from '../options/thanos-sidecar/centre.ts';
import { seconds } from '../telemetry/duration.ts';
import { type Expected, expectedOf, type Observed, openOf, type Sample } from './status-live.ts';
import { queries, selectorOf, stepOf } from './status-questions.ts';
import { type ListedStores, type Store, storesOf, whyUnseen } from './status-stores.ts';

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

/** From a file, then from the environment: a token on the command line would be in the list of processes. */
export function queryToken(file: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = file === undefined ? env.FLEETC_QUERY_TOKEN : readFileSync(file, 'utf8');
  return token?.trim() || undefined;
}

/** What Query knows of these edges. It is asked with GET only, and about the past only of targets that do not report. */
export async function observe(
  access: QueryAccess,
  edges: readonly Edge[],
  { late, interval }: { readonly late: number; readonly interval: number },
): Promise<Observed> {
  const expected = edges.flatMap(expectedOf);
  const { lookback } = access;
  const answered = await ask(access, queries.answered(selectorOf(expected)));
  const first = { answered: answered.samples, now: answered.time, lookback };
  const open = openOf(expected, first, late);
  if (open.length === 0) return { ...first, scraped: [], before: [], warnings: [], blind: new Map() };
  const selector = selectorOf(open);
  const scraped = await ask(access, queries.scraped(selector));
  const step = stepOf(Math.max(open.length, scraped.samples.length), seconds(lookback), interval);
  const before = await ask(access, queries.before(selector, lookback, step));
  const { stores, warnings } = await listedStores(access);
  return {
    ...first,
    scraped: scraped.samples,
    before: before.samples,
    warnings: [...new Set([...answered.warnings, ...scraped.warnings, ...before.warnings, ...warnings])],
    blind: stores === undefined ? new Map() : blindTo(edges, open, stores),
  };
}

function blindTo(edges: readonly Edge[], open: readonly Expected[], stores: readonly Store[]): ReadonlyMap<string, string> {
  const clusters = new Set(open.map(({ cluster }) => cluster));
  return new Map(
    edges
      .filter(({ name }) => clusters.has(name))
      .flatMap((edge): readonly (readonly [string, string])[] => {
        const endpoints = edge.option === 'thanos-sidecar' ? endpointsOf(edge).map(({ address }) => address) : [];
        const why = whyUnseen(edge, endpoints, stores);
        return why === undefined ? [] : [[edge.name, why]];
      }),
  );
}

/** What Query asks: it leaves out what it cannot reach, and does not say so in its answers. A Prometheus has no such list, and needs none. */
async function listedStores(
  access: QueryAccess,
): Promise<{ readonly stores: readonly Store[] | undefined; readonly warnings: readonly string[] }> {
  const unlisted = (why: string) => ({ stores: undefined, warnings: [`which stores it asks is not known: ${why}`] });
  try {
    const { status, body } = await get<ListedStores>(access, 'stores', {});
    if (status === 404) return { stores: undefined, warnings: [] };
    return body?.status === 'success' && body.data ? { stores: storesOf(body.data), warnings: [] } : unlisted(`it answered ${status}`);
  } catch (error) {
    return unlisted((error as Error).message);
  }
}

interface TimedAnswer {
  readonly samples: readonly Sample[];
  /** That a store did not answer, for one. */
  readonly warnings: readonly string[];
  /** Seconds since 1970 for which was asked. */
  readonly time: number;
}

export async function ask(access: QueryAccess, query: string): Promise<TimedAnswer> {
  const time = Math.floor(Date.now() / 1000);
  const { status, body } = await get<{ readonly resultType?: string; readonly result?: readonly Sample[] }>(access, 'query', {
    query,
    time,
    dedup: true,
    partial_response: true,
    timeout: `${access.timeout}s`,
  });
  if (body?.status !== 'success' || body.data?.resultType !== 'vector' || !Array.isArray(body.data.result))
    throw new Error(`it answered ${status}${body?.error === undefined ? '' : `: ${body.error}`}`);
  return { samples: body.data.result, warnings: body.warnings ?? [], time };
}

interface Body<Data> {
  readonly status?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data?: Data;
}

async function get<Data>(
  { url, token, timeout }: QueryAccess,
  what: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: number; readonly body: Body<Data> | undefined }> {
  const address = new URL(`${url.replace(/\/+$/, '')}/api/v1/${what}`);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, String(value));
  const response = await fetch(address, {
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    // A token must not follow to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(timeout * 1000),
  });
  return { status: response.status, body: parsed(await textOf(response)) as Body<Data> | undefined };
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
