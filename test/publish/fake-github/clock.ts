/** What a program needs of time. The publisher takes it as an argument, so that a wait of two hours costs a test nothing. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Aborts after the time. */
  timeout(milliseconds: number): AbortSignal;
}

export interface FakeClock extends Clock {
  /** Every sleep asked for, in milliseconds, in order. */
  readonly sleeps: readonly number[];
  advance(milliseconds: number): void;
  /** Moves on to the next time-out that is due and lets it fire. False when there is none. For a server that does not answer. */
  fireNextTimeout(): boolean;
}

/**
 * Time that stands still but for sleeps, which end at once. A sleep fires no time-out: in a program that waits for nothing else while it
 * sleeps none could be due. Only a server that hangs does, by `fireNextTimeout`.
 */
export function fakeClock(start = Date.UTC(2026, 0, 5, 9)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  let timeouts: { readonly due: number; readonly controller: AbortController }[] = [];
  return {
    sleeps,
    now: () => now,
    async sleep(milliseconds) {
      sleeps.push(milliseconds);
      now += Math.max(0, milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
    },
    timeout(milliseconds) {
      const controller = new AbortController();
      timeouts.push({ due: now + milliseconds, controller });
      return controller.signal;
    },
    advance(milliseconds) {
      now += milliseconds;
    },
    fireNextTimeout() {
      if (timeouts.length === 0) return false;
      const due = Math.min(...timeouts.map((timeout) => timeout.due));
      now = Math.max(now, due);
      const firing = timeouts.filter((timeout) => timeout.due === due);
      timeouts = timeouts.filter((timeout) => timeout.due !== due);
      for (const { controller } of firing) controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
      return true;
    },
  };
}
