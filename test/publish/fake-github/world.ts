import type { FakeClock } from './clock.ts';
import type { Commit } from './commits.ts';
import type { FakeGitHubOptions, ReviewState, Rule, Ruleset, Token } from './fake-github.ts';
import { git, tryGit } from './git.ts';
import type { Objects } from './objects.ts';

export interface Pull {
  readonly number: number;
  readonly author: string;
  readonly createdAt: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  draft: boolean;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommit: string | null;
  closedAt: string | null;
  updatedAt: string;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  labels: string[];
  assignees: string[];
  reviewers: string[];
  teamReviewers: string[];
  autoMerge: { readonly method: 'merge' | 'squash' | 'rebase'; readonly by: string } | null;
  inMergeQueue: boolean;
  /** Head and base for which a client has asked whether they merge: GitHub finds out only then, and the first answer is `null`. */
  mergeableFor: string;
}

export interface Comment {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly state: ReviewState;
  readonly commit: string;
  readonly at: string;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly author: string;
  readonly at: string;
}

export interface CheckRun {
  readonly id: number;
  readonly sha: string;
  readonly app: string;
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
  detailsUrl: string | null;
  readonly startedAt: string;
  completedAt: string | null;
}

/** All that GitHub knows beside git. Plain values, so that a copy of it is how things were. */
export interface Records {
  defaultBranch: string;
  readonly renamed: Map<string, string>;
  readonly pulls: Pull[];
  readonly comments: Comment[];
  readonly reviews: Review[];
  readonly labels: Label[];
  readonly statuses: Status[];
  readonly checkRuns: CheckRun[];
  lastNumber: number;
  lastId: number;
}

export interface Settings
  extends Required<Omit<FakeGitHubOptions, 'permissions' | 'tokens' | 'files' | 'clock' | 'labels' | 'empty' | 'defaultBranch'>> {
  readonly tokens: readonly Token[];
}

/** The repository at a moment: now, or for a stale read as it was. */
export interface World {
  readonly repository: string;
  readonly objects: Objects;
  readonly clock: FakeClock;
  readonly settings: Settings;
  readonly records: Records;
  /** Trees made through the API, for a GitHub that does not take those of a push. */
  readonly madeTrees: Set<string>;
  /** What a client relied on that nobody is sure of. */
  readonly violations: string[];
  /** By full name. */
  ref(name: string): Promise<string | undefined>;
  /** By full name, in order. */
  refs(prefix?: string): Promise<ReadonlyMap<string, string>>;
}

export const zero = '0'.repeat(40);
export const isSha = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

export const timeOf = (world: World): string => new Date(world.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
export const secondsOf = (world: World): number => Math.floor(world.clock.now() / 1000);
export const nextId = (world: World): number => (world.records.lastId += 1);

export async function refNames(repository: string, prefix = 'refs/'): Promise<ReadonlyMap<string, string>> {
  const text = await git(repository, 'for-each-ref', '--format=%(refname) %(objectname)');
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): [string, string] => [line.slice(0, -41), line.slice(-40)]);
  return new Map(all.filter(([name]) => name.startsWith(prefix)));
}

export interface RefChange {
  readonly name: string;
  /** `zero`: was missing. */
  readonly before: string;
  /** `zero`: is gone. */
  readonly after: string;
}

/** Moves refs, all or none. False when git refuses: another value than before, or a name that is a folder of others. */
export async function moveRefs(world: World, changes: readonly RefChange[]): Promise<boolean> {
  const lines = changes.map(({ name, before, after }) =>
    after === zero ? `delete ${name} ${before}\n` : `update ${name} ${after} ${before}\n`,
  );
  const { status } = await tryGit(world.repository, ['update-ref', '--stdin'], lines.join(''));
  return status === 0;
}

/** Rules that hold for a branch and a login. */
export function rulesOf(
  { settings }: World,
  branch: string,
  login?: string,
): readonly { readonly ruleset: Ruleset; readonly rule: Rule }[] {
  return settings.rulesets
    .filter(
      ({ branches, bypass = [] }) =>
        branches.some((pattern) => glob(pattern).test(branch)) && !(login !== undefined && bypass.includes(login)),
    )
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

function glob(pattern: string): RegExp {
  const parts = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}

/** Who a commit is of, by e-mail. GitHub knows its users by theirs. */
export function loginOf(email: string): string | null {
  if (email === 'noreply@github.com') return 'web-flow';
  return /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/.exec(email)?.[1] ?? null;
}
export const emailOf = (login: string): string => `${idOf(login)}+${login}@users.noreply.github.com`;
export const idOf = (login: string): number => Array.from(login).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_000_019, 7);

/** Only GitHub itself signs here. */
export const isVerified = (commit: Commit): boolean => commit.signature !== null;
