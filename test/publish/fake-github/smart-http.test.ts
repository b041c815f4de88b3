import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { client, head, refusal, type Session, withFake } from './client.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from './fake-github.ts';
import { gitEnvironment } from './git.ts';

const probe = await startFakeGitHub();
const runs = probe.gitUrl !== undefined;
await probe.close();
if (!runs) console.log('not run: pushes over smart HTTP: this git has no http-backend');
const pushTest = (name: string, act: () => Promise<void>): void => (runs ? test(name, act) : test.skip(name, act));

pushTest('a push to a hidden ref, a commit of its tree, a branch: the way of very large changes', () =>
  withClone({}, async ({ session, clone, push }) => {
    const { fake, octokit, here } = session;
    const base = await head(session);
    for (let n = 0; n < 300; n += 1) clone.write(`overlays/kr/cluster-${n}/kustomization.yaml`, `n: ${n}\n`);
    await clone.commit();
    await push('HEAD:refs/gitops/staging/1');
    const tree = (await clone.git('rev-parse', 'HEAD^{tree}')).trim();
    const { data } = await octokit.git.createCommit({ ...here, message: 'Compile', tree, parents: [base] });
    assert.is(data.verification.verified, true);
    await octokit.git.createRef({ ...here, ref: 'refs/heads/gitops/x', sha: data.sha });
    await push(':refs/gitops/staging/1');
    assert.equal(Object.keys((await fake.state()).refs), ['refs/heads/gitops/x', 'refs/heads/main']);
    assert.is((await fake.files('gitops/x')).size, 301);
    const pushes = fake.requests.filter(({ operation, write }) => operation === 'git receive-pack' && write);
    assert.equal(
      pushes.map(({ applied }) => applied),
      [true, true],
    );
    assert.is(fake.writes, 4);
  }),
);

pushTest('a push moves the pull request of its branch, and a lease is kept', () =>
  withClone({}, async ({ session, clone, push }) => {
    const { fake } = session;
    clone.write('a', '1');
    await clone.commit();
    await push('HEAD:refs/heads/x');
    const number = await fake.people.openPullRequest({ head: 'x' });
    clone.write('a', '2');
    await clone.commit();
    const sha = (await clone.git('rev-parse', 'HEAD')).trim();
    await push('HEAD:refs/heads/x');
    assert.is((await fake.state()).pulls.find((pull) => pull.number === number)?.head.sha, sha);
    await fake.people.commit('x', { b: '1' });
    assert.match(await failure(push('HEAD:refs/heads/x', `--force-with-lease=refs/heads/x:${sha}`)), /stale info/);
    await push(':refs/heads/x');
    assert.is((await fake.state()).pulls[0]?.state, 'closed');
  }),
);

pushTest('a push without the right, against a rule, or with the wrong token is refused', async () => {
  await withClone({ permissions: { contents: 'read' } }, async ({ clone, push }) => {
    clone.write('a', '1');
    await clone.commit();
    assert.match(await failure(push('HEAD:refs/heads/x')), /403/);
  });
  await withClone(
    { rulesets: [{ name: 'r', branches: ['gitops/*'], rules: [{ type: 'creation' }] }] },
    async ({ session, clone, push }) => {
      clone.write('a', '1');
      await clone.commit();
      assert.match(
        await failure(push('HEAD:refs/heads/gitops/x')),
        /GH013: Repository rule violations found[\s\S]*creations being restricted/,
      );
      assert.equal(Object.keys((await session.fake.state()).refs), ['refs/heads/main']);
      await push('HEAD:refs/heads/x');
    },
  );
  await withClone({}, async ({ session, clone }) => {
    clone.write('a', '1');
    await clone.commit();
    assert.match(
      await failure(clone.git(...header('ghp_wrong'), 'push', session.fake.gitUrl ?? '', 'HEAD:refs/heads/x')),
      /Authentication failed|could not read Username|terminal prompts disabled/,
    );
  });
});

pushTest('where a pushed tree does not count, only one that the API made does', () =>
  withClone({ pushedTrees: 'refused' }, async ({ session, clone, push }) => {
    const { octokit, here } = session;
    const base = await head(session);
    clone.write('a', '1');
    await clone.commit();
    await push('HEAD:refs/gitops/staging/1');
    const tree = (await clone.git('rev-parse', 'HEAD^{tree}')).trim();
    const commit = () => octokit.git.createCommit({ ...here, message: 'm', tree, parents: [base] });
    assert.is((await refusal(commit())).message, 'Tree SHA does not exist');
    const blob = (await clone.git('rev-parse', 'HEAD:a')).trim();
    const { data } = await octokit.git.createTree({
      ...here,
      base_tree: base,
      tree: [{ path: 'a', mode: '100644', type: 'blob', sha: blob }],
    });
    assert.is(data.sha, tree);
    assert.is((await commit()).status, 201);
  }),
);

pushTest('a fault strikes a push too', () =>
  withClone({}, async ({ session, clone, push }) => {
    const { fake } = session;
    clone.write('a', '1');
    await clone.commit();
    fake.inject({ method: 'POST', path: /git-receive-pack$/, when: 'after', effect: { kind: 'reset' } });
    await failure(push('HEAD:refs/heads/x'));
    assert.ok((await fake.state()).refs['refs/heads/x']);
  }),
);

interface Clone {
  git(...args: readonly string[]): Promise<string>;
  write(path: string, text: string): void;
  commit(): Promise<void>;
}

async function withClone(
  options: FakeGitHubOptions,
  act: (given: {
    readonly session: Session;
    readonly clone: Clone;
    readonly push: (refspec: string, ...flags: readonly string[]) => Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  await withFake(options, async (session) => {
    const folder = mkdtempSync(join(tmpdir(), 'fake-github-clone-'));
    try {
      const clone = cloneIn(join(folder, 'clone'));
      await run(folder, [...header(session.fake.token), 'clone', '--quiet', address(session.fake), 'clone']);
      await act({
        session,
        clone,
        push: (refspec, ...flags) => clone.git(...header(session.fake.token), 'push', '--quiet', ...flags, address(session.fake), refspec),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

const address = ({ gitUrl }: FakeGitHub): string => gitUrl ?? '';
const header = (token: string): readonly string[] => [
  '-c',
  `http.extraheader=Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
];

function cloneIn(folder: string): Clone {
  const git = (...args: readonly string[]) => run(folder, ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args]);
  return {
    git,
    write(path, text) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    async commit() {
      await git('add', '--all');
      await git('commit', '--quiet', '--message=Compile');
    },
  };
}

function run(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd, env: gitEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(stdout) : reject(new Error(stderr))));
  });
}

async function failure(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

test('the fake can be closed while a client waits', async () => {
  const fake = await startFakeGitHub();
  fake.inject({ effect: { kind: 'hang' } });
  const waiting = client(fake)
    .repos.get({ owner: fake.owner, repo: fake.repo })
    .catch(({ status }: { readonly status: number }) => status);
  while (fake.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await fake.close();
  assert.is(await waiting, 500);
});

test.run();
