import type { FakeClock } from './clock.ts';

/** `null` deletes. A text is a regular file. */
export type Files = Readonly<Record<string, string | Uint8Array | FileContent | null>>;
export interface FileContent {
  readonly mode: '100644' | '100755' | '120000';
  readonly content: string | Uint8Array;
}

export type Level = 'none' | 'read' | 'write';
/** What a token may, by GitHub's own names. */
export interface Permissions {
  /** None: the repository is not there for the token, 404. */
  readonly metadata: Level;
  readonly contents: Level;
  readonly pull_requests: Level;
  readonly issues: Level;
  readonly checks: Level;
  readonly statuses: Level;
  /** Without it no commit that touches `.github/workflows` gets onto a branch. */
  readonly workflows: Level;
  /** Without it teams are not there for the token. */
  readonly members: Level;
}

export interface Token {
  readonly token: string;
  /** `installation`: of a GitHub App; its commits are signed. `actions`: GITHUB_TOKEN; the same. `user`: a personal access token. */
  readonly kind: 'installation' | 'actions' | 'user';
  readonly login: string;
  readonly permissions: Permissions;
  /** The organisation asks for single sign-on that the token has not had: 403 with X-GitHub-SSO. */
  readonly ssoRequired?: boolean;
}

export type Rule =
  | { readonly type: 'creation' | 'update' | 'deletion' | 'non_fast_forward' | 'required_linear_history' | 'required_signatures' }
  | { readonly type: 'branch_name_pattern'; readonly pattern: RegExp }
  /** Paths that nobody may touch: a prefix each. */
  | { readonly type: 'file_path_restriction'; readonly paths: readonly string[] }
  | { readonly type: 'pull_request'; readonly approvals?: number }
  | { readonly type: 'required_status_checks'; readonly checks: readonly string[]; readonly strict?: boolean }
  | { readonly type: 'merge_queue' };

export interface Ruleset {
  readonly name: string;
  /** Branches without `refs/heads/`; `*` stands for anything but `/`, `**` for anything. */
  readonly branches: readonly string[];
  readonly rules: readonly Rule[];
  /** Logins that the rules do not bind. */
  readonly bypass?: readonly string[];
}

export interface FakeGitHubOptions {
  readonly owner?: string;
  readonly repo?: string;
  readonly defaultBranch?: string;
  /** `/api/v3` for GitHub Enterprise Server; GraphQL is then at `/api/graphql` and there are no secondary limits. */
  readonly prefix?: '' | '/api/v3';
  /** Takes part of the rights away from the default token. */
  readonly permissions?: Partial<Permissions>;
  /** In place of the default token. The first is `fake.token`. */
  readonly tokens?: readonly Token[];
  /** No commit at all. */
  readonly empty?: boolean;
  /** What the first commit holds. */
  readonly files?: Files;
  readonly archived?: boolean;
  readonly rulesets?: readonly Ruleset[];
  /** Tree entries in one request above which the answer is the time-out 422. GitHub names no number. */
  readonly treeEntryLimit?: number;
  /** Bytes of a tree request above which the answer is the time-out 422. */
  readonly treeByteLimit?: number;
  /** Entries of a recursive listing after which it is truncated. GitHub: 100,000, or 7 MB. */
  readonly listingLimit?: number;
  readonly labels?: readonly string[];
  /** Logins that may review. */
  readonly collaborators?: readonly string[];
  /** Slugs of the organisation's teams that have access. */
  readonly teams?: readonly string[];
  /** Not on every plan. */
  readonly drafts?: boolean;
  readonly autoMerge?: boolean;
  /** "Allow GitHub Actions to create and approve pull requests". */
  readonly actionsMayOpenPullRequests?: boolean;
  /** Requests an hour, `false`: without limit. GitHub: 5,000. */
  readonly rateLimit?: number | false;
  /** Writes a minute after which the secondary limit answers, `false`: none. GitHub: about 80. */
  readonly writesPerMinute?: number | false;
  /** Whether `updateRefs` moves refs outside branches and tags. Nobody has tried on GitHub. @default 'moved' */
  readonly hiddenRefs?: 'moved' | 'refused';
  /** Whether a commit can be made of a tree that came by `git push` to a ref outside branches. Not certain either. @default 'usable' */
  readonly pushedTrees?: 'usable' | 'refused';
  readonly clock?: FakeClock;
}

export type FaultEffect =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** The connection breaks without an answer. */
  | { readonly kind: 'reset' }
  /** No answer. The clock's time-outs fire one after another until the client gives up. */
  | { readonly kind: 'hang' }
  /** A complete answer of HTTP whose JSON ends in the middle. */
  | { readonly kind: 'truncate' }
  /** Read requests that match see the repository as it was before the last write, for so many reads after a write. */
  | { readonly kind: 'stale'; readonly reads: number }
  /** Somebody else is quicker: runs first, then the request is handled as usual. */
  | { readonly kind: 'meanwhile'; readonly act: () => void | Promise<void> }
  /** This and every later request gets a broken connection, until `restore()`: what a killed publisher looks like from here. */
  | { readonly kind: 'cut' };

export interface Fault {
  readonly method?: string;
  /** Against the path without prefix and query, percent-decoded: `/repos/example/fleet/git/refs/heads/x`, `/graphql`. Default: any. */
  readonly path?: RegExp;
  /** Against the request's body: the only way to tell one GraphQL mutation from another. */
  readonly body?: RegExp;
  /** The how-manieth request that matches, counted from the injection. @default 1 */
  readonly nth?: number;
  /** How many in a row. @default 1 */
  readonly times?: number;
  /** `before`: nothing was applied. `after`: it was, and only the answer is lost. @default 'before' */
  readonly when?: 'before' | 'after';
  readonly effect: FaultEffect;
}

export interface RecordedRequest {
  readonly method: string;
  /** Without prefix and query, percent-decoded. */
  readonly path: string;
  /** The operation of GitHub's OpenAPI, such as `git/create-tree`; `graphql updateRefs`; `git receive-pack`. */
  readonly operation: string;
  readonly query: Readonly<Record<string, string>>;
  /** What the client was sent; 0: nothing. */
  readonly status: number;
  /** Asks to change something. */
  readonly write: boolean;
  /** It did change something. */
  readonly applied: boolean;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** By the fake clock. */
  readonly at: number;
}

export interface PullRequestState {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly draft: boolean;
  readonly title: string;
  readonly body: string | null;
  readonly author: string;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly reviewers: readonly string[];
  readonly teamReviewers: readonly string[];
  readonly autoMerge: 'merge' | 'squash' | 'rebase' | null;
  readonly inMergeQueue: boolean;
  readonly comments: readonly { readonly id: number; readonly author: string; readonly body: string }[];
}

export interface State {
  /** Full name → SHA-1. */
  readonly refs: Readonly<Record<string, string>>;
  readonly defaultBranch: string;
  readonly pulls: readonly PullRequestState[];
  readonly labels: readonly string[];
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';

/** Acts of other people, straight on the repository: no token, no rules, not among the requests. */
export interface People {
  /** A commit on top of the branch. Creates the branch from the default branch where it is missing. Gives the commit. */
  readonly commit: (branch: string, files: Files, as?: { readonly author?: string; readonly message?: string }) => Promise<string>;
  /** Replaces the newest commit: other files, the same author and, unless said, the same message. */
  readonly amend: (branch: string, files: Files, as?: { readonly message?: string }) => Promise<string>;
  /** Moves or creates a branch, by force. */
  readonly moveBranch: (branch: string, sha: string) => Promise<void>;
  readonly deleteBranch: (branch: string) => Promise<void>;
  /** Pull requests follow; the default branch too. */
  readonly renameBranch: (from: string, to: string) => Promise<void>;
  /** The button "Update branch": merges the base into the head. */
  readonly updateBranch: (number: number, author?: string) => Promise<string>;
  /** Leaves the branch unless asked to delete it. */
  readonly mergePullRequest: (
    number: number,
    how?: 'merge' | 'squash' | 'rebase',
    as?: { readonly deleteBranch?: boolean },
  ) => Promise<string>;
  readonly openPullRequest: (pull: {
    readonly head: string;
    readonly base?: string;
    readonly title?: string;
    readonly body?: string;
    readonly author?: string;
  }) => Promise<number>;
  readonly closePullRequest: (number: number) => Promise<void>;
  readonly editPullRequest: (number: number, change: { readonly title?: string; readonly body?: string }) => Promise<void>;
  readonly comment: (number: number, body: string, author?: string) => Promise<number>;
  /** Whoever has reviewed is no longer asked to. */
  readonly review: (number: number, author: string, state?: ReviewState) => Promise<void>;
  readonly label: (number: number, ...labels: readonly string[]) => Promise<void>;
  readonly unlabel: (number: number, label: string) => Promise<void>;
  readonly enqueue: (number: number) => Promise<void>;
  /** A check or status of the head, as rulesets want it. */
  readonly setStatus: (branch: string, context: string, state: 'success' | 'failure' | 'pending') => Promise<void>;
}

export interface FakeGitHub {
  /** Base address for Octokit. */
  readonly url: string;
  /** Smart HTTP for `git clone`, `fetch` and `push`; undefined where git has no `http-backend`. */
  readonly gitUrl: string | undefined;
  /** Folder of the bare repository: real git objects and refs. */
  readonly repository: string;
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  readonly clock: FakeClock;
  readonly requests: readonly RecordedRequest[];
  /** Requests that ask to change something, whatever came of them. */
  readonly writes: number;
  readonly people: People;
  inject(...faults: readonly Fault[]): void;
  /** Faults that never struck: a test that expects one should find none left. */
  readonly pendingFaults: readonly Fault[];
  /** Ends a `cut`. */
  restore(): void;
  state(): Promise<State>;
  /** By path, of a branch or commit; latin1 where the bytes are not UTF-8. */
  files(ref: string): Promise<ReadonlyMap<string, { readonly mode: string; readonly sha: string; readonly text: string }>>;
  /** Commits from the newest, along first parents. */
  log(ref: string): Promise<
    readonly {
      readonly sha: string;
      readonly tree: string;
      readonly parents: readonly string[];
      readonly author: string;
      readonly message: string;
      readonly verified: boolean;
    }[]
  >;
  /** Runs `git` in the bare repository. */
  git(...args: readonly string[]): Promise<string>;
  /** What was wrong with requests and answers by GitHub's OpenAPI, and requests that the fake does not know. */
  readonly violations: readonly string[];
  /** Empties the violations: for a test that makes them on purpose. */
  takeViolations(): readonly string[];
  /** Throws when there are violations or `git fsck --strict` complains. */
  assertConforming(): Promise<void>;
  /** Ends the server and deletes the repository; then throws as `assertConforming` does. */
  close(): Promise<void>;
}

export { permissions, startFakeGitHub } from './start.ts';
