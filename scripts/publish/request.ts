import type { Diagnostic } from '../diagnostic.ts';
import type { SourcedInventory } from '../inventory/inventory.ts';
import type { Sources } from '../inventory/read.ts';
import type { FileTree } from '../tree/tree.ts';
import type { Clock } from './clock.ts';
import type { LocalObjects } from './local-objects.ts';
import type { PullRequests } from './pull-request.ts';
import type { Remote } from './remote.ts';
import type { GroupResult } from './result.ts';

/** Given, not imported: the compiler of the whole is the command line's. */
export interface Compiler {
  readonly version: string;
  compile(sources: Sources): {
    readonly sourced: SourcedInventory | undefined;
    readonly tree: FileTree;
    readonly diagnostics: readonly Diagnostic[];
  };
}

export interface PublishRequest {
  /** The inventory of the work tree. */
  readonly sources: Sources;
  readonly baseBranch: string;
  /** In front of every branch, with a `/` at its end. */
  readonly prefix: string;
  /** One pull request for all, one for each ring; absent: by the size of the fleet. */
  readonly per: 'fleet' | 'ring' | undefined;
  /** Files in one pull request; rings above are split. */
  readonly maxFiles: number | undefined;
  readonly discardForeign: boolean;
}

export interface World {
  readonly compiler: Compiler;
  readonly remote: Remote;
  readonly pulls: PullRequests | undefined;
  readonly objects: LocalObjects;
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
  /** Without pull requests: keeps what one would say, and tells where. `isOnly`: the run has one group. */
  readonly keepText: ((group: string, isOnly: boolean, text: string) => string) | undefined;
}

export interface Published {
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly GroupResult[];
  readonly warnings: readonly string[];
}
