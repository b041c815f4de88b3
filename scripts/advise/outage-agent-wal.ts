// When an agent's WAL forgets what still waits. https://github.com/prometheus/prometheus/blob/v3.16.0/tsdb/agent/db.go truncate()

/** Bytes at which the WAL begins a new segment. https://github.com/prometheus/prometheus/blob/v3.16.0/tsdb/wlog/wlog.go DefaultSegmentSize */
export const segmentBytes = 128 * 2 ** 20;

/** Seconds between two truncations unless `--storage.agent.wal-truncate-frequency` says. */
export const truncateEvery = 2 * 3600;

/** Segments begun in one period: one at its start, and one more each time that one is full. */
const segmentsIn = (period: number, fills: number): number => Math.max(1, Math.ceil(period / fills));

/** Number of the segment that is written `seconds` after the start. */
const segmentAt = (seconds: number, period: number, fills: number): number => {
  const whole = Math.floor(seconds / period);
  const within = segmentsIn(period, fills);
  return whole * within + Math.min(within - 1, Math.floor((seconds - whole * period) / fills));
};

/** The lowest segment that is still there after the n-th truncation: each deletes two thirds of all but the newest, never one alone. */
function firstSegmentAfter(truncations: number, within: number): number {
  let first = 0;
  for (let n = 1; n <= truncations; n += 1) {
    // Before the truncation the newest segment is n * within - 1, and it is never looked at.
    const last = n * within - 2;
    const upTo = first + Math.floor(((last - first) * 2) / 3);
    if (last >= 0 && upTo > first) first = upTo + 1;
  }
  return first;
}

/**
 * Seconds after the agent's start when a queue that stands still since `stuck` seconds after it loses its place. It keeps the segment
 * that it has open, and loses all that follows once the next one is deleted: it then begins anew with what comes. `fills` is how long
 * it takes to fill a segment; at most edges a truncation comes before.
 */
export function losesItsPlace(stuck: number, period: number, fills = Number.POSITIVE_INFINITY): number {
  const next = segmentAt(stuck, period, fills) + 1;
  let truncations = Math.floor(stuck / period) + 1;
  while (firstSegmentAfter(truncations, segmentsIn(period, fills)) <= next) truncations += 1;
  return truncations * period;
}

/** Up to when, in seconds after the start, what was scraped is sent even so: the end of the open segment. */
export function keptUntil(stuck: number, period: number, fills = Number.POSITIVE_INFINITY): number {
  const segment = segmentAt(stuck, period, fills);
  return endOf(segment, period, fills);
}

function endOf(segment: number, period: number, fills: number): number {
  const within = segmentsIn(period, fills);
  const start = Math.floor(segment / within) * period;
  const nth = segment % within;
  return nth === within - 1 ? start + period : start + (nth + 1) * fills;
}

/** Periods after which deletions repeat themselves. */
const settled = 24;

/** Seconds that the WAL bridges whenever the cut begins: the worst moment is just before a segment ends. */
export function alwaysBridged(period: number, fills: number): number {
  const within = segmentsIn(period, fills);
  let least = Number.POSITIVE_INFINITY;
  for (let whole = 0; whole < settled; whole += 1) {
    const last = (whole + 1) * within - 1;
    // Of the segments of a period that one truncation costs, the last was cut off the latest.
    for (let n = whole + 1, upTo = last - within; upTo < last; n += 1) {
      const lost = Math.min(last, firstSegmentAfter(n, within) - 2);
      if (lost > upTo) least = Math.min(least, n * period - endOf(lost, period, fills));
      upTo = Math.max(upTo, lost);
    }
  }
  return least;
}

/** Bytes a second, between two, at which a period takes one segment more: there what is bridged falls at once, between them it rises. */
export function whereSegmentsAreAdded(period: number, low: number, high: number): readonly number[] {
  const one = segmentBytes / period;
  const fewest = Math.floor(low / one) + 1;
  return Array.from({ length: Math.max(0, Math.ceil(high / one) - fewest) }, (_, i) => (fewest + i) * one);
}
