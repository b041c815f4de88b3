// [IO]
import type { Delta } from './delta.ts';
import type { Pull, PullRequests } from './pull-request.ts';
import type { Move, NewCommit, Remote } from './remote.ts';

/** What a run would have written, in its order. */
export type Write =
  | { readonly kind: 'commit'; readonly commit: NewCommit }
  | { readonly kind: 'branch'; readonly move: Move }
  | { readonly kind: 'pull-request'; readonly branch: string; readonly title: string; readonly body: string }
  | { readonly kind: 'edit'; readonly number: number; readonly title?: string; readonly body?: string; readonly state?: 'closed' }
  | { readonly kind: 'comment'; readonly number: number; readonly text: string };

/** The same run on the same repository, with a pencil in place of a pen. */
export function rehearsal(
  remote: Remote,
  pulls: PullRequests | undefined,
): { readonly remote: Remote; readonly pulls: PullRequests | undefined; readonly writes: readonly Write[] } {
  const writes: Write[] = [];
  const note = (write: Write) => void writes.push(write);
  return {
    writes,
    remote: {
      ...remote,
      async writeCommit(commit) {
        note({ kind: 'commit', commit });
        return { sha: 'not-yet', staging: [] };
      },
      sweep: async () => {},
      async moveBranches(moves) {
        for (const move of moves) note({ kind: 'branch', move });
        return 'moved';
      },
    },
    pulls: pulls && {
      ...pulls,
      async create({ branch, title, body }) {
        note({ kind: 'pull-request', branch, title, body });
        return { pull: { ...none, title, body }, isAdopted: false, warnings: [] };
      },
      async update(number, change) {
        note({ kind: 'edit', number, ...change });
      },
      async say(number, _subject, text) {
        note({ kind: 'comment', number, text });
      },
      dress: async () => [],
      label: async () => [],
    },
  };
}

const none: Pull = {
  number: 0,
  id: '',
  url: '',
  state: 'open',
  isMerged: false,
  author: '',
  title: '',
  body: '',
  labels: [],
  reviewers: [],
  hasAutoMerge: false,
};

/** A repository of which nothing is known but what the clone holds: for a look without a token. */
export const noPulls: PullRequests = {
  of: async () => [],
  isQueued: async () => false,
  create: () => Promise.reject(new Error('bug: nothing can be created here')),
  update: async () => {},
  say: async () => {},
  dress: async () => [],
  label: async () => [],
};

export function formatWrites(writes: readonly Write[]): string {
  if (writes.length === 0) return 'Nothing would be written.';
  return writes.map(textOf).join('\n');
}

function textOf(write: Write): string {
  switch (write.kind) {
    case 'commit': {
      const { base, tree, message, deltas } = write.commit;
      return [
        `commit on ${base.commit}`,
        `tree ${tree}`,
        '',
        ...message
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
        '',
        ...deltas.map(rowOf),
        '',
      ].join('\n');
    }
    case 'branch':
      return `branch ${write.move.ref}: ${write.move.before ?? 'new'} -> ${write.move.after === undefined ? 'deleted' : 'the commit above'}\n`;
    case 'pull-request':
      return `pull request from ${write.branch}: ${write.title}\n\n${write.body}\n`;
    case 'edit':
      return [
        `pull request #${write.number}${write.state === 'closed' ? ' closed' : ''}${write.title === undefined ? '' : `: ${write.title}`}`,
        ...(write.body === undefined ? [] : ['', write.body]),
        '',
      ].join('\n');
    case 'comment':
      return `comment on #${write.number}:\n\n${write.text}\n`;
  }
}

const rowOf = ({ path, before, after }: Delta): string =>
  after === undefined
    ? `  - ${before?.mode} ${before?.sha} ${path}`
    : `  ${before === undefined ? '+' : '~'} ${after.mode} ${after.sha} ${path}`;

export const writesJson = (writes: readonly Write[]): readonly unknown[] =>
  writes.map((write) =>
    write.kind === 'commit'
      ? {
          kind: 'commit',
          parent: write.commit.base.commit,
          tree: write.commit.tree,
          message: write.commit.message,
          files: write.commit.deltas.map(({ path, after }) => ({ path, ...(after ?? { deleted: true }) })),
        }
      : write.kind === 'branch'
        ? { kind: 'branch', ref: write.move.ref, before: write.move.before, after: write.move.after === undefined ? 'deleted' : 'commit' }
        : write,
  );
