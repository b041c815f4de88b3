import { trailersOf } from './trailers.ts';

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** For people: whose work it is. */
  readonly author: string;
}

/** Ours: its trailer names its own tree. Who committed says nothing: amending keeps the author, and a team has several publishers. */
export const isOurs = ({ message, tree }: Commit): boolean => trailersOf(message)?.['Compiled-Tree'] === tree;
