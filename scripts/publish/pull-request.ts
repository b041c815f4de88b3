/** A pull request, as far as publishing needs it. */
export interface Pull {
  readonly number: number;
  /** GraphQL's own id. */
  readonly id: string;
  readonly url: string;
  readonly state: 'open' | 'closed';
  readonly isMerged: boolean;
  readonly author: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** Logins, and teams as `@team`. */
  readonly reviewers: readonly string[];
  readonly hasAutoMerge: boolean;
}

/** As a result says it. */
export const named = ({ number, url }: Pull) => ({ number, url });

/** Pull requests of the base branch; a plain git remote has none. */
export interface PullRequests {
  /** Of one branch, open and closed, the newest first. */
  of(branch: string): Promise<readonly Pull[]>;
  /** `isAdopted`: somebody else was quicker. */
  create(pull: { readonly branch: string; readonly title: string; readonly body: string }): Promise<Created>;
  update(number: number, change: { readonly title?: string; readonly body?: string; readonly state?: 'closed' }): Promise<void>;
  /** One comment for each subject, however often a run says it. */
  say(number: number, subject: 'blocked' | 'retired' | 'plan', text: string): Promise<void>;
  /** A branch in a merge queue must not move. */
  isQueued(pull: Pull): Promise<boolean>;
  /** Labels, reviewers, auto-merge: what can be done is; the rest is told. */
  dress(pull: Pull): Promise<readonly string[]>;
  label(pull: Pull, label: string): Promise<readonly string[]>;
}

export interface Created {
  readonly pull: Pull;
  readonly isAdopted: boolean;
  readonly warnings: readonly string[];
}
