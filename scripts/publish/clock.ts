/** What the publisher needs of time. An argument, so that a wait of two hours costs a test nothing. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Aborts after the time. */
  timeout(milliseconds: number): AbortSignal;
}
