import { Refusal } from './answer.ts';
import type { FakeClock } from './clock.ts';
import type { Token } from './fake-github.ts';
import { idOf } from './world.ts';

type Resource = 'core' | 'graphql';

interface Bucket {
  used: number;
  /** Seconds since 1970. */
  reset: number;
}

export interface Limits {
  /** Counts a request; refuses it over the hour's limit. */
  count(token: Token, resource: Resource): void;
  /** Refuses more writes in a minute than GitHub takes. */
  countWrite(token: Token): void;
  headers(token: Token, resource: Resource): Readonly<Record<string, string>>;
  /** As `/rate_limit` has it. */
  overview(token: Token): object;
}

const hour = 3_600;

export function openLimits(clock: FakeClock, perHour: number | false, writesPerMinute: number | false): Limits {
  const buckets = new Map<string, Bucket>();
  const writes = new Map<string, number[]>();
  const bucketOf = (token: Token, resource: Resource): Bucket => {
    const now = Math.floor(clock.now() / 1000);
    const key = `${token.token} ${resource}`;
    const found = buckets.get(key);
    if (found !== undefined && found.reset > now) return found;
    const fresh = { used: 0, reset: now + hour };
    buckets.set(key, fresh);
    return fresh;
  };
  const limit = perHour === false ? Number.POSITIVE_INFINITY : perHour;
  const shown = (token: Token, resource: Resource): { limit: number; used: number; remaining: number; reset: number } => {
    const { used, reset } = bucketOf(token, resource);
    const most = Number.isFinite(limit) ? limit : 1_000_000;
    return { limit: most, used: Math.min(used, most), remaining: Math.max(0, most - used), reset };
  };
  return {
    count(token, resource) {
      const bucket = bucketOf(token, resource);
      if (bucket.used >= limit) {
        const who = token.kind === 'user' ? 'user' : 'installation';
        throw new Refusal(403, `API rate limit exceeded for ${who} ID ${idOf(token.login)}.`);
      }
      bucket.used += 1;
    },
    countWrite(token) {
      if (writesPerMinute === false) return;
      const now = clock.now();
      const recent = (writes.get(token.token) ?? []).filter((at) => at > now - 60_000);
      writes.set(token.token, recent);
      if (recent.length >= writesPerMinute)
        throw new Refusal(
          403,
          'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
          undefined,
          { 'retry-after': '60' },
        );
      recent.push(now);
    },
    headers(token, resource) {
      const { limit: most, used, remaining, reset } = shown(token, resource);
      return {
        'x-ratelimit-limit': String(most),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-used': String(used),
        'x-ratelimit-resource': resource,
      };
    },
    overview(token) {
      const core = shown(token, 'core');
      return {
        resources: { core, graphql: shown(token, 'graphql'), search: { limit: 30, used: 0, remaining: 30, reset: core.reset } },
        rate: core,
      };
    },
  };
}
