import type { Range } from './query-api.ts';

/** A stretch without samples: from the last one before to the first one after, in seconds since 1970. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** Where a series scraped every `interval` seconds lacks a sample. */
export function holesIn(times: readonly number[], interval: number): readonly Hole[] {
  const ordered = [...new Set(times)].sort((a, b) => a - b);
  return ordered
    .slice(1)
    .map((to, index): Hole => ({ from: ordered[index] ?? to, to }))
    .filter(({ from, to }) => to - from > 1.5 * interval);
}

/** Scrapes that a hole swallowed. */
export const missed = ({ from, to }: Hole, interval: number): number => Math.round((to - from) / interval) - 1;

/** When a series has samples: in any of its copies. */
export const timesOf = (copies: readonly Range[]): readonly number[] => copies.flatMap(({ values }) => values.map(([at]) => at));
