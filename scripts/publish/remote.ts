import type { Delta } from './delta.ts';
import type { Entry } from './git-objects.ts';
import type { Commit } from './ownership.ts';
import type { Blobs, Snapshot } from './wanted.ts';

/** A repository that branches are published to. */
export interface Remote {
  /** The newest commit of a branch. Refuses where there is none, and says what there is. */
  readBranch(branch: string): Promise<Snapshot>;
  readBlobs(shas: readonly string[]): Promise<Blobs>;
  /** Branches whose name begins so, with their newest commits. */
  readHeads(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Commits that the head has and the base lacks, the oldest first; undefined: more than anybody reads. */
  commitsBetween(base: string, head: string): Promise<readonly Commit[] | undefined>;
  readCommit(sha: string): Promise<Commit>;
  /** One level of a tree. */
  readTree(sha: string): Promise<ReadonlyMap<string, Entry>>;
  /** Deletes what a run that was killed left on its way. */
  sweep(): Promise<void>;
  writeCommit(commit: NewCommit): Promise<WrittenCommit>;
  /** All of them or none, and only where each branch is still where it was read. */
  moveBranches(moves: readonly Move[]): Promise<'moved' | 'lost'>;
}

export interface NewCommit {
  readonly base: Snapshot;
  readonly deltas: readonly Delta[];
  /** What the tree has to be in the end. */
  readonly tree: string;
  readonly message: string;
}

export interface WrittenCommit {
  readonly sha: string;
  /** Refs that held the objects on their way, to be deleted with the move. */
  readonly staging: readonly Move[];
}

/** An absent end: the ref is created, or deleted. */
export interface Move {
  /** `refs/heads/…` */
  readonly ref: string;
  readonly before?: string;
  readonly after?: string;
}
