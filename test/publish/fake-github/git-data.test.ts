import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { head, makeCommit, openPull, refusal, withFake } from './client.ts';

const nowhere = 'f'.repeat(40);

test('a commit of a tree of texts becomes a branch that git itself can read', () =>
  withFake({ files: { 'base/old.yaml': 'old: 1\n', 'base/deep/x.yaml': 'x: 1\n' } }, async (session) => {
    const { fake, octokit, here } = session;
    const parent = await head(session);
    const { data: tree } = await octokit.git.createTree({
      ...here,
      base_tree: parent,
      tree: [
        { path: 'base/new.yaml', mode: '100644', type: 'blob', content: 'new: ü\n' },
        { path: 'base/run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
        { path: 'base/link', mode: '120000', type: 'blob', content: 'new.yaml' },
        { path: 'base/deep/x.yaml', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const { data: commit } = await octokit.git.createCommit({ ...here, message: 'Compile', tree: tree.sha, parents: [parent] });
    assert.is(commit.verification.verified, true);
    await octokit.git.createRef({ ...here, ref: 'refs/heads/gitops/x', sha: commit.sha });
    assert.is(
      await fake.git('ls-tree', '-r', '-t', '--format=%(objectmode) %(path)', 'gitops/x'),
      '040000 base\n120000 base/link\n100644 base/new.yaml\n100644 base/old.yaml\n100755 base/run.sh\n',
    );
    assert.is(await fake.git('show', 'gitops/x:base/new.yaml'), 'new: ü\n');
    assert.is((await fake.git('rev-parse', 'gitops/x^{tree}')).trim(), tree.sha);
    assert.is((await fake.files('gitops/x')).get('base/run.sh')?.mode, '100755');
    assert.equal(
      (await fake.log('gitops/x')).map(({ author, verified }) => [author, verified]),
      [
        ['fleetc[bot]', true],
        ['octocat', false],
      ],
    );
    const { data: listing } = await octokit.git.getTree({ ...here, tree_sha: commit.sha, recursive: 'true' });
    assert.equal(
      listing.tree.map(({ path, type }) => `${type} ${path}`),
      ['tree base', 'blob base/link', 'blob base/new.yaml', 'blob base/old.yaml', 'blob base/run.sh'],
    );
    assert.is(fake.writes, 3);
  }));

test('git hashes blobs, trees and commits as the fake does', () =>
  withFake({ files: { a: '', 'a.b': '1', 'a/c': '2', 'a-b': '3', ü: '4' } }, async ({ fake }) => {
    // A folder `a` beside files `a-b` and `a.b`: git orders it as `a/`.
    const listing = await fake.git('ls-tree', 'main');
    assert.is((await fake.git('rev-parse', 'main^{tree}')).trim().length, 40);
    assert.equal(
      listing.split('\n').map((line) => line.split('\t')[1]),
      ['a-b', 'a.b', 'a', '"\\303\\274"', undefined],
    );
  }));

test('create a tree: what GitHub refuses, in its words', () =>
  withFake({ treeEntryLimit: 3 }, async (session) => {
    const { fake, octokit, here } = session;
    const base_tree = await head(session);
    const make = (tree: object[]) =>
      refusal(octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...here, base_tree, tree: tree as never }));
    const file = { path: 'a', mode: '100644', type: 'blob' };
    const cases: [object[], string][] = [
      [[], 'Invalid tree info'],
      [[{ ...file, sha: null }], 'GitRPC::BadObjectState'],
      [[{ ...file, sha: nowhere }], `tree.sha ${nowhere} is not a valid blob`],
      [[{ ...file, sha: nowhere, content: 'x' }], 'Must supply either tree.sha or tree.content, not both'],
      [[file], 'Must supply either tree.sha or tree.content'],
      [[{ ...file, path: '/a', content: '' }], 'tree.path cannot start with a slash'],
      [[{ ...file, path: 'a/../b', content: '' }], 'tree.path contains a malformed path component'],
      [[{ ...file, path: '.git/x', content: '' }], 'tree.path contains a malformed path component'],
      [[{ path: 'a', content: '' }], 'Must supply a valid tree.mode'],
    ];
    for (const [tree, message] of cases) assert.equal(pick(await make(tree)), { status: 422, message }, message);
    assert.match(
      (await make(['a', 'b', 'c', 'd'].map((path) => ({ ...file, path, content: '' })))).message,
      /^Sorry, your request timed out\./,
    );
    assert.is(
      (await refusal(octokit.git.createTree({ ...here, base_tree: nowhere, tree: [{ path: 'a', mode: '100644', content: '' }] }))).message,
      'base_tree is not a valid tree oid',
    );
    assert.is((await fake.state()).refs['refs/heads/main'], base_tree);
    // The last of two entries of one path counts.
    const { data } = await octokit.git.createTree({
      ...here,
      tree: [
        { path: 'a', mode: '100644', content: '1' },
        { path: 'a', mode: '100644', content: '2' },
      ],
    });
    assert.is(await fake.git('cat-file', 'blob', `${data.sha}:a`), '2');
  }));

test('a misspelt field, a wrong mode and an operation that is not there are violations', async () => {
  await withFake({}, async ({ fake, octokit, here }) => {
    const misspelt = await refusal(
      octokit.request('POST /repos/{owner}/{repo}/git/trees', {
        ...here,
        basetree: 'x',
        tree: [{ path: 'a', mode: '100644', content: '' }],
      } as never),
    );
    assert.is(misspelt.status, 422);
    assert.match(fake.takeViolations().join(), /basetree/);
    await refusal(octokit.git.createTree({ ...here, tree: [{ path: 'a', mode: '0644' as '100644', content: '' }] }));
    assert.match(fake.takeViolations().join(), /tree\/0\/mode must be equal to one of the allowed values/);
    await refusal(octokit.request('GET /repos/{owner}/{repo}/stargazers', here));
    assert.match(fake.takeViolations().join(), /GET \/repos\/example\/fleet\/stargazers: request: the fake knows no such operation/);
    await octokit.request('GET /repos/{owner}/{repo}/pulls?heads=x', here);
    assert.match(fake.violations.join(), /no query parameter heads/);
    let thrown = '';
    await fake.assertConforming().catch((error: Error) => {
      thrown = error.message;
    });
    assert.match(thrown, /heads/);
    fake.takeViolations();
  });
});

test('refs: create, move, delete, and their refusals', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const first = await head(session);
    const second = await makeCommit(session, first, { a: '1' });
    const other = await makeCommit(session, first, { a: '2' });
    const create = (ref: string, sha: string) => octokit.git.createRef({ ...here, ref, sha });
    await create('refs/heads/gitops/x', second);
    assert.is((await refusal(create('refs/heads/gitops/x', second))).message, 'Reference already exists');
    assert.is((await refusal(create('refs/heads/y', nowhere))).message, 'Object does not exist');
    assert.is((await refusal(create('refs/heads/gitops', second))).message, 'Reference update failed');
    assert.is((await refusal(create('refs/heads/a..b', second))).status, 422);
    const update = (ref: string, sha: string, force = false) => octokit.git.updateRef({ ...here, ref, sha, force });
    assert.is((await refusal(update('heads/gitops/x', other))).message, 'Update is not a fast forward');
    assert.is((await refusal(update('heads/gitops/z', other))).message, 'Reference does not exist');
    assert.is((await refusal(update('heads/gitops/x', nowhere))).message, 'Object does not exist');
    await update('heads/gitops/x', other, true);
    assert.is(await head(session, 'gitops/x'), other);
    // Octokit encodes the slash.
    assert.is(fake.requests.at(-1)?.path, '/repos/example/fleet/git/ref/heads/gitops/x');
    const { data } = await octokit.git.listMatchingRefs({ ...here, ref: 'heads/git' });
    assert.equal(
      data.map(({ ref }) => ref),
      ['refs/heads/gitops/x'],
    );
    assert.equal((await octokit.git.listMatchingRefs({ ...here, ref: 'heads/none' })).data, []);
    await octokit.git.deleteRef({ ...here, ref: 'heads/gitops/x' });
    assert.equal(pick(await refusal(octokit.git.deleteRef({ ...here, ref: 'heads/gitops/x' }))), {
      status: 422,
      message: 'Reference does not exist',
    });
    assert.equal(pick(await refusal(octokit.git.getRef({ ...here, ref: 'heads/gitops/x' }))), { status: 404, message: 'Not Found' });
  }));

test('commits: only one that names nobody is signed, and only for an App', async () => {
  await withFake({}, async (session) => {
    const { octokit, here } = session;
    const parent = await head(session);
    const { data: base } = await octokit.git.getCommit({ ...here, commit_sha: parent });
    const make = (more: object) => octokit.git.createCommit({ ...here, message: 'm', tree: base.tree.sha, parents: [parent], ...more });
    assert.is((await make({})).data.verification.verified, true);
    assert.is((await make({})).data.author.name, 'fleetc[bot]');
    const person = { name: 'A', email: 'a@example.com' };
    const named = (await make({ author: person })).data;
    assert.is(named.verification.verified, false);
    assert.is(named.committer.email, 'a@example.com');
    assert.is((await make({ committer: person })).data.verification.verified, false);
    assert.is((await refusal(make({ tree: nowhere }))).message, 'Tree SHA does not exist');
    assert.is((await refusal(make({ parents: [nowhere] }))).message, 'Parent SHA does not exist or is not a commit object');
  });
  const user = { token: 'ghp_person', kind: 'user' as const, login: 'octocat' };
  const { permissions } = await import('./fake-github.ts');
  await withFake({ tokens: [{ ...user, permissions: permissions() }] }, async (session) => {
    const { octokit, here } = session;
    const sha = await makeCommit(session, await head(session), { a: '1' });
    assert.is((await octokit.git.getCommit({ ...here, commit_sha: sha })).data.verification.verified, false);
  });
});

test('blobs: base64 in, base64 out; a listing over the limit says that it is cut', () =>
  withFake({ listingLimit: 2, files: { a: '1', b: '2', c: '3' } }, async ({ octokit, here }) => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const { data } = await octokit.git.createBlob({ ...here, content: bytes.toString('base64'), encoding: 'base64' });
    const { data: read } = await octokit.git.getBlob({ ...here, file_sha: data.sha });
    assert.equal(Buffer.from(read.content, 'base64'), bytes);
    assert.is((await refusal(octokit.git.getBlob({ ...here, file_sha: nowhere }))).status, 404);
    const { data: listing } = await octokit.git.getTree({ ...here, tree_sha: 'main', recursive: '1' });
    assert.is(listing.truncated, true);
    assert.is(listing.tree.length, 2);
  }));

test('an empty repository answers 409 to all of git', () =>
  withFake({ empty: true }, async ({ fake, octokit, here }) => {
    for (const asked of [
      octokit.git.getRef({ ...here, ref: 'heads/main' }),
      octokit.git.listMatchingRefs({ ...here, ref: 'heads/' }),
      octokit.git.createBlob({ ...here, content: '' }),
      octokit.git.createTree({ ...here, tree: [{ path: 'a', mode: '100644', content: '' }] }),
      octokit.git.createRef({ ...here, ref: 'refs/heads/x', sha: nowhere }),
    ])
      assert.equal(pick(await refusal(asked)), { status: 409, message: 'Git Repository is empty.' });
    assert.is((await octokit.repos.get(here)).data.default_branch, 'main');
    assert.is(fake.requests.filter(({ applied }) => applied).length, 0);
  }));

test('a comparison tells commits oldest first, files and the merge base', () =>
  withFake({ files: { 'a/x': '1', 'a/y': '1' } }, async (session) => {
    const { fake, octokit, here } = session;
    const { sha } = await openPull(session, 'gitops/x', { 'a/x': '2', 'b/z': '1' });
    const second = await fake.people.commit('gitops/x', { 'a/y': null }, { author: 'mona', message: 'By hand' });
    const base = await fake.people.commit('main', { 'c/q': '1' });
    const { data } = await octokit.repos.compareCommits({ ...here, base: 'main', head: 'gitops/x' });
    assert.equal(
      data.commits.map((commit) => [commit.sha, commit.author?.login]),
      [
        [sha, 'fleetc[bot]'],
        [second, 'mona'],
      ],
    );
    assert.equal([data.status, data.ahead_by, data.behind_by, data.total_commits], ['diverged', 2, 1, 2]);
    assert.is(data.base_commit.sha, base);
    assert.equal(
      data.files?.map(({ filename, status }) => `${status} ${filename}`),
      ['modified a/x', 'removed a/y', 'added b/z'],
    );
    const { data: page } = await octokit.repos.compareCommits({ ...here, base: 'main', head: 'gitops/x', per_page: 1, page: 2 });
    assert.equal(
      page.commits.map((commit) => commit.sha),
      [second],
    );
    assert.equal(page.files, []);
  }));

function pick({ status, message }: { readonly status: number; readonly message: string }): object {
  return { status, message };
}

test.run();
