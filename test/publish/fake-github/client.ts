import { Octokit } from '@octokit/rest';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from './fake-github.ts';

// What the fake's own tests talk to it with.

export interface Session {
  readonly fake: FakeGitHub;
  readonly octokit: Octokit;
  readonly here: { readonly owner: string; readonly repo: string };
}

export function client(fake: FakeGitHub, token = fake.token): Octokit {
  return new Octokit({ auth: token, baseUrl: fake.url, log: { debug() {}, info() {}, warn() {}, error() {} } });
}

/** A fake of its own for the test, which must leave it without violations. */
export async function withFake(options: FakeGitHubOptions, act: (session: Session) => Promise<void>): Promise<void> {
  const fake = await startFakeGitHub(options);
  try {
    await act({ fake, octokit: client(fake), here: { owner: fake.owner, repo: fake.repo } });
  } catch (error) {
    fake.takeViolations();
    await fake.close().catch(() => {});
    throw error;
  }
  await fake.close();
}

/** What GitHub said no with. */
export async function refusal(asked: Promise<unknown>): Promise<{
  readonly status: number;
  readonly message: string;
  readonly errors: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}> {
  try {
    await asked;
  } catch (error) {
    const { status, response } = error as {
      readonly status: number;
      readonly response?: {
        readonly headers: Record<string, unknown>;
        readonly data: { readonly message?: string; readonly errors?: unknown };
      };
    };
    return { status, message: response?.data.message ?? '', errors: response?.data.errors, headers: response?.headers ?? {} };
  }
  throw new Error('it was not refused');
}

/** A commit with files on top of another, by the REST operations; moves nothing. */
export async function makeCommit(
  { octokit, here }: Session,
  parent: string,
  files: Readonly<Record<string, string>>,
  message = 'Compile',
): Promise<string> {
  const { data: base } = await octokit.git.getCommit({ ...here, commit_sha: parent });
  const { data: tree } = await octokit.git.createTree({
    ...here,
    base_tree: base.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644' as const, type: 'blob' as const, content })),
  });
  const { data: commit } = await octokit.git.createCommit({ ...here, message, tree: tree.sha, parents: [parent] });
  return commit.sha;
}

export async function head({ octokit, here }: Session, branch = 'main'): Promise<string> {
  return (await octokit.git.getRef({ ...here, ref: `heads/${branch}` })).data.object.sha;
}

/** A branch with one commit of its own, and a pull request. */
export async function openPull(
  session: Session,
  branch = 'gitops/ring-1',
  files: Readonly<Record<string, string>> = { 'base/a.yaml': 'a: 1\n' },
): Promise<{ readonly number: number; readonly sha: string }> {
  const { octokit, here } = session;
  const sha = await makeCommit(session, await head(session), files);
  await octokit.git.createRef({ ...here, ref: `refs/heads/${branch}`, sha });
  const { data } = await octokit.pulls.create({ ...here, title: 'Ring 1', head: branch, base: 'main', body: 'what happens' });
  return { number: data.number, sha };
}
