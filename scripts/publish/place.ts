import type { PullRequests } from './pull-request.ts';
import type { Remote } from './remote.ts';
import type { Snapshot } from './wanted.ts';

/** Where a run publishes to. */
export interface Place {
  readonly remote: Remote;
  readonly pulls: PullRequests | undefined;
  readonly base: Snapshot;
  readonly baseBranch: string;
  readonly discardForeign: boolean;
}

/** Somebody moved a branch in between: everything has to be read again. */
export class Overtaken extends Error {}
