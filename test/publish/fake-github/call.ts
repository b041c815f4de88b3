import { type Answer, Refusal } from './answer.ts';
import type { Permissions, Token } from './fake-github.ts';
import type { World } from './world.ts';

/** A request that its schema allows, of a token that may make it. */
export interface Call {
  readonly world: World;
  readonly token: Token;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Of the request, without query: what links to other pages start with. */
  readonly address: string;
}

export interface Route {
  /** Each set is a way to be allowed; no set: every token that sees the repository. */
  readonly needs: readonly Partial<Permissions>[];
  /** Is not about the repository. */
  readonly anywhere?: true;
  readonly handle: (call: Call) => Promise<Answer> | Answer;
}

/** The operation's name in GitHub's OpenAPI → what it does. */
export type Routes = Readonly<Record<string, Route>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const nothing: Answer = { status: 204 };

/** One page of a list, and where the others are. 30 unless asked for more, never over 100. */
export function paged<T>(
  call: Pick<Call, 'query' | 'address'>,
  all: readonly T[],
): { readonly page: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Math.min(100, Math.max(1, Number(call.query.per_page ?? 30)));
  const last = Math.max(1, Math.ceil(all.length / size));
  const number = Math.max(1, Number(call.query.page ?? 1));
  const link = (page: number, rel: string): string =>
    `<${call.address}?${new URLSearchParams({ ...call.query, page: String(page) }).toString()}>; rel="${rel}"`;
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  return { page: all.slice((number - 1) * size, number * size), headers: links.length === 0 ? {} : { link: links.join(', ') } };
}

export async function listed<T>(call: Call, all: readonly T[], show: (one: T) => object | Promise<object>): Promise<Answer> {
  const { page, headers } = paged(call, all);
  return { status: 200, headers, body: await Promise.all(page.map(async (one) => show(one))) };
}

export async function refuseWhenEmpty(world: World): Promise<void> {
  // The default branch is the first to be there, and cannot be deleted.
  if ((await world.ref(`refs/heads/${world.records.defaultBranch}`)) === undefined) throw new Refusal(409, 'Git Repository is empty.');
}
