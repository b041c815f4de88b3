/** An answer that is an error, or none at all. */
export interface Problem {
  /** 0: no answer, or one that breaks off. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** GitHub's words. */
  readonly said: string;
}

/** Milliseconds to wait before the same request is sent again; undefined: it is not. `tries` counts from 1. */
export function waitBefore(tries: number, problem: Problem, now: number, canRepeat: boolean): number | undefined {
  const limit = limitWait(tries, problem, now);
  if (limit !== undefined) return limit;
  // GitHub answers some requests from copies that have not seen the last write yet.
  if (problem.status === 422 && isLag(problem.said)) return tries < 5 ? seconds(2 ** (tries - 1)) : undefined;
  if (!canRepeat || !isServersFault(problem)) return undefined;
  return tries < 4 ? Math.max(retryAfter(problem, now) ?? 0, seconds(2 ** (tries - 1))) : undefined;
}

/**
 * GitHub's rate limits, as documented: `retry-after`, else the reset of an empty budget, else a minute that doubles. Nothing was applied.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
function limitWait(tries: number, { status, headers, said }: Problem, now: number): number | undefined {
  if (status !== 429 && status !== 403 && !(status === 200 && /rate limit/i.test(said))) return undefined;
  const isLimit = status === 429 || headers['x-ratelimit-remaining'] === '0' || /rate limit|abuse detection/i.test(said);
  const asked = retryAfter({ status, headers, said }, now);
  if (!isLimit && asked === undefined) return undefined;
  if (tries >= 6) return undefined;
  if (asked !== undefined) return asked;
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0) return Math.max(0, seconds(reset) - now) + seconds(1);
  return seconds(60 * 2 ** (tries - 1));
}

/** Seconds, or a date. */
function retryAfter({ headers }: Problem, now: number): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(String(value))) return seconds(Number(value));
  const at = parseHttpDate(String(value));
  return at === undefined ? undefined : Math.max(0, at - now);
}

/** The one form of a date that HTTP still writes: `Sun, 06 Nov 1994 08:49:37 GMT`. */
function parseHttpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  if (match === null) return undefined;
  const [day = 0, , year = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(match[2] ?? '') / 3;
  return daysSince1970(year, month + 1, day) * 86_400_000 + seconds(hour * 3600 + minute * 60 + second);
}

function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

export const isServersFault = ({ status }: Pick<Problem, 'status'>): boolean => status === 0 || status === 408 || status >= 500;

export const isLag = (said: string): boolean =>
  /(?:Tree SHA|Object) does not exist|Could not resolve to a node|"?head"?.*\binvalid\b/i.test(said);

const seconds = (count: number): number => count * 1000;
