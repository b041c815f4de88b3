// When an agent's WAL forgets what still waits. https://github.com/prometheus/prometheus/blob/v3.16.0/tsdb/agent/db.go truncate()

/** Segments by number: segment i is begun at the i-th truncation, segment 0 at the start. True while none outgrows 128 MB. */
const segmentAt = (seconds: number, period: number): number => Math.floor(seconds / period);

/** The lowest segment that is still there after the n-th truncation: each deletes two thirds of all but the newest, never one alone. */
function firstSegmentAfter(truncations: number): number {
  let first = 0;
  for (let n = 1; n <= truncations; n += 1) {
    // Before the truncation the newest segment is n - 1, and it is never looked at.
    const last = n - 2;
    const upTo = first + Math.floor(((last - first) * 2) / 3);
    if (last >= 0 && upTo > first) first = upTo + 1;
  }
  return first;
}

/**
 * Seconds after the agent's start when a queue that stands still since `stuck` seconds after it loses its place. It keeps the segment
 * that it has open, and loses all that follows once the next one is deleted: it then begins anew with what comes.
 */
export function losesItsPlace(stuck: number, period: number): number {
  const next = segmentAt(stuck, period) + 1;
  let truncations = next;
  while (firstSegmentAfter(truncations) <= next) truncations += 1;
  return truncations * period;
}

/** Up to when, in seconds after the start, what was scraped is sent even so: the end of the open segment. */
export const keptUntil = (stuck: number, period: number): number => (segmentAt(stuck, period) + 1) * period;
