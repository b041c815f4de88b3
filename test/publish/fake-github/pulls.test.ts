import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { head, makeCommit, openPull, refusal, type Session, withFake } from './client.ts';

const messages = (errors: unknown): readonly unknown[] =>
  (errors as readonly { readonly message?: string; readonly field?: string; readonly code?: string }[]).map(
    ({ message, field, code }) => message ?? `${field} ${code}`,
  );

test('a pull request: what GitHub refuses, in its words', () =>
  withFake({ drafts: false }, async (session) => {
    const { octokit, here } = session;
    const { number } = await openPull(session, 'gitops/x');
    const create = (more: object) => refusal(octokit.pulls.create({ ...here, title: 't', head: 'gitops/x', base: 'main', ...more }));
    const cases: [object, string][] = [
      [{}, 'A pull request already exists for example:gitops/x.'],
      [{ head: 'nowhere' }, 'head invalid'],
      [{ base: 'nowhere' }, 'base invalid'],
      [{ title: '' }, 'title missing_field'],
      [{ title: 'x'.repeat(257) }, 'title is too long (maximum is 256 characters)'],
      [{ body: 'x'.repeat(65_537) }, 'body is too long (maximum is 65536 characters)'],
    ];
    for (const [more, message] of cases) {
      const { status, errors, message: whole } = await create(more);
      assert.equal([status, whole, messages(errors)], [422, 'Validation Failed', [message]]);
    }
    await octokit.git.createRef({ ...here, ref: 'refs/heads/same', sha: await head(session) });
    assert.equal(messages((await create({ head: 'same' })).errors), ['No commits between main and same']);
    const sha = await makeCommit(session, await head(session), { q: '1' });
    await octokit.git.createRef({ ...here, ref: 'refs/heads/other', sha });
    assert.is((await create({ head: 'other', draft: true })).message, 'Draft pull requests are not supported in this repository.');
    assert.equal(messages((await refusal(octokit.pulls.update({ ...here, pull_number: number, body: 'x'.repeat(65_537) }))).errors), [
      'body is too long (maximum is 65536 characters)',
    ]);
    // Characters, not units of UTF-16.
    await octokit.pulls.update({ ...here, pull_number: number, body: '🚢'.repeat(65_536) });
    assert.is((await refusal(octokit.pulls.get({ ...here, pull_number: 99 }))).status, 404);
  }));

test('the list filters by state, head and base, and pages; a head without its owner filters nothing', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    for (const name of ['a', 'b', 'c']) await openPull(session, `gitops/${name}`, { [name]: '1' });
    await octokit.pulls.update({ ...here, pull_number: 1, state: 'closed' });
    const numbers = async (filter: object) => (await octokit.pulls.list({ ...here, ...filter })).data.map(({ number }) => number);
    assert.equal(await numbers({}), [3, 2]);
    assert.equal(await numbers({ state: 'closed' }), [1]);
    assert.equal(await numbers({ state: 'all', direction: 'asc' }), [1, 2, 3]);
    assert.equal(await numbers({ head: 'example:gitops/b' }), [2]);
    assert.equal(await numbers({ head: 'gitops/b' }), [3, 2]);
    assert.equal(await numbers({ head: 'fork:gitops/b' }), []);
    assert.equal(await numbers({ base: 'other' }), []);
    await octokit.pulls.list({ ...here, per_page: 250 });
    assert.match(fake.takeViolations().join(), /a page holds at most 100/);
    const first = await octokit.pulls.list({ ...here, state: 'all', per_page: 2 });
    assert.match(first.headers.link ?? '', /page=2>; rel="next"/);
    assert.equal(
      (await octokit.paginate(octokit.pulls.list, { ...here, state: 'all', per_page: 2 })).map(({ number }) => number),
      [3, 2, 1],
    );
    assert.is(first.data[0]?.head.label, 'example:gitops/c');
  }));

test('an open pull request follows its branch; one whose branch goes, or has nothing left, closes', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const { number, sha } = await openPull(session, 'gitops/x');
    const next = await makeCommit(session, sha, { b: '1' });
    await octokit.git.updateRef({ ...here, ref: 'heads/gitops/x', sha: next });
    const pull = async (n = number) => (await octokit.pulls.get({ ...here, pull_number: n })).data;
    assert.is((await pull()).head.sha, next);
    assert.is(await fake.git('rev-parse', 'refs/pull/1/head'), `${next}\n`);
    await octokit.git.deleteRef({ ...here, ref: 'heads/gitops/x' });
    assert.equal([(await pull()).state, (await pull()).merged, (await pull()).head.sha], ['closed', false, next]);

    const other = await openPull(session, 'gitops/y', { y: '1' });
    // Back to the base: nothing to propose.
    await octokit.git.updateRef({ ...here, ref: 'heads/gitops/y', sha: await head(session), force: true });
    assert.equal([(await pull(other.number)).state, (await pull(other.number)).merged], ['closed', false]);

    const third = await openPull(session, 'gitops/z', { z: '1' });
    await fake.people.moveBranch('main', third.sha);
    assert.equal([(await pull(third.number)).state, (await pull(third.number)).merged], ['closed', true]);
  }));

test('reopening wants the branch where it was, or further on', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const { number, sha } = await openPull(session, 'gitops/x');
    const set = (state: 'open' | 'closed') => octokit.pulls.update({ ...here, pull_number: number, state });
    const refused = async () => messages((await refusal(set('open'))).errors)[0];
    await octokit.git.deleteRef({ ...here, ref: 'heads/gitops/x' });
    assert.is(await refused(), 'state cannot be changed. The gitops/x branch has been deleted.');
    const elsewhere = await makeCommit(session, await head(session), { other: '1' });
    await octokit.git.createRef({ ...here, ref: 'refs/heads/gitops/x', sha: elsewhere });
    assert.is(await refused(), 'state cannot be changed. The gitops/x branch was force-pushed or recreated.');
    await octokit.git.updateRef({ ...here, ref: 'heads/gitops/x', sha, force: true });
    assert.is((await set('open')).data.state, 'open');
    await set('closed');
    await octokit.pulls.create({ ...here, title: 'again', head: 'gitops/x', base: 'main' });
    assert.match(String(await refused()), /already an open pull request from example:gitops\/x to example:main/);
    await fake.people.mergePullRequest(2);
    assert.match(String(await refused()), /There are no new commits on the example:gitops\/x branch/);
  }));

test('whether it merges is known at the second look', () =>
  withFake({ files: { a: '1' } }, async (session) => {
    const { fake, octokit, here } = session;
    const { number } = await openPull(session, 'gitops/x', { a: '2' });
    const look = async () => (await octokit.pulls.get({ ...here, pull_number: number })).data;
    assert.equal((await look()).mergeable_state, 'clean');
    await fake.people.commit('main', { a: '3' });
    assert.is((await look()).mergeable, null);
    assert.equal([(await look()).mergeable, (await look()).mergeable_state], [false, 'dirty']);
  }));

test('people: an updated branch, an amended commit, a squash that leaves the branch', () =>
  withFake({ files: { a: '1' } }, async (session) => {
    const { fake, octokit, here } = session;
    const { number, sha } = await openPull(session, 'gitops/x', { b: '1' });
    await fake.people.commit('main', { c: '1' });
    const merge = await fake.people.updateBranch(number);
    const { data } = await octokit.pulls.listCommits({ ...here, pull_number: number });
    assert.equal(
      data.map((commit) => [commit.sha, commit.committer?.login, commit.parents.length]),
      [
        [sha, 'web-flow', 1],
        [merge, 'web-flow', 2],
      ],
    );
    await fake.people.moveBranch('gitops/x', sha);
    const amended = await fake.people.amend('gitops/x', { b: 'by hand' });
    const [newest] = await fake.log('gitops/x');
    assert.equal([newest?.sha, newest?.author, newest?.verified, newest?.message], [amended, 'fleetc[bot]', false, 'Compile']);
    await fake.people.mergePullRequest(number, 'squash');
    const { pulls, refs } = await fake.state();
    assert.equal([pulls[0]?.merged, refs['refs/heads/gitops/x'], (await fake.log('main'))[0]?.parents.length], [true, amended, 1]);
    assert.is((await fake.files('main')).get('b')?.text, 'by hand');
  }));

test('one reviewer that cannot be asked, and none is', () =>
  withFake({ collaborators: ['mona'], teams: ['sre'] }, async (session) => {
    const { fake, octokit, here } = session;
    const { number } = await openPull(session);
    const ask = (reviewers: string[], team_reviewers: string[] = []) =>
      octokit.pulls.requestReviewers({ ...here, pull_number: number, reviewers, team_reviewers });
    assert.match((await refusal(ask(['mona', 'nobody']))).message, /^Reviews may only be requested from collaborators\. One or more/);
    assert.is((await refusal(ask(['mona', 'fleetc[bot]']))).message, 'Review cannot be requested from pull request author.');
    assert.equal((await fake.state()).pulls[0]?.reviewers, []);
    await ask(['mona'], ['sre']);
    assert.equal([(await fake.state()).pulls[0]?.reviewers, (await fake.state()).pulls[0]?.teamReviewers], [['mona'], ['sre']]);
    await fake.people.review(number, 'mona');
    assert.equal((await fake.state()).pulls[0]?.reviewers, []);
    const { data } = await octokit.pulls.listReviews({ ...here, pull_number: number });
    assert.equal(
      data.map(({ user, state }) => [user?.login, state]),
      [['mona', 'APPROVED']],
    );
  }));

test('teams are not there for a token without the organisation', () =>
  withFake({ teams: ['sre'], permissions: { members: 'none' } }, async (session) => {
    const { octokit, here } = session;
    const { number } = await openPull(session);
    assert.match(
      (await refusal(octokit.pulls.requestReviewers({ ...here, pull_number: number, team_reviewers: ['sre'] }))).message,
      /^Could not resolve to a node/,
    );
  }));

test('labels are made on the way, for who may', async () => {
  await withFake({ labels: ['gitops'] }, async (session) => {
    const { fake, octokit, here } = session;
    const { number } = await openPull(session);
    await octokit.issues.addLabels({ ...here, issue_number: number, labels: ['GitOps', 'ring-1'] });
    assert.equal((await fake.state()).pulls[0]?.labels, ['gitops', 'ring-1']);
    const { data: listed } = await octokit.pulls.list(here);
    assert.equal(
      listed[0]?.labels.map(({ name }) => name),
      ['gitops', 'ring-1'],
    );
    assert.is((await octokit.issues.getLabel({ ...here, name: 'ring-1' })).data.color, 'ededed');
    assert.equal((await refusal(octokit.issues.createLabel({ ...here, name: 'ring-1' }))).errors, [
      { resource: 'Label', code: 'already_exists', field: 'name' },
    ]);
    await octokit.issues.removeLabel({ ...here, issue_number: number, name: 'ring-1' });
    assert.is(
      (await refusal(octokit.issues.removeLabel({ ...here, issue_number: number, name: 'ring-1' }))).message,
      'Label does not exist',
    );
    assert.equal(
      (await octokit.issues.listLabelsOnIssue({ ...here, issue_number: number })).data.map(({ name }) => name),
      ['gitops'],
    );
  });
  await withFake({ labels: ['gitops'], permissions: { issues: 'none' } }, async (session) => {
    const { octokit, here } = session;
    const { number } = await openPull(session);
    await octokit.issues.addLabels({ ...here, issue_number: number, labels: ['gitops'] });
    const { status, message } = await refusal(octokit.issues.addLabels({ ...here, issue_number: number, labels: ['new'] }));
    assert.equal([status, message], [403, 'You do not have permission to create labels on this repository.']);
    assert.is((await refusal(octokit.issues.createLabel({ ...here, name: 'new' }))).status, 403);
    assert.equal((await session.fake.state()).labels, ['gitops']);
  });
  await withFake({ labels: Array.from({ length: 120 }, (_, n) => `label-${n}`) }, async ({ fake, octokit, here }) => {
    assert.is((await octokit.issues.listLabelsForRepo(here)).data.length, 30);
    assert.is((await octokit.issues.listLabelsForRepo({ ...here, per_page: 120 })).data.length, 100);
    assert.is(fake.takeViolations().length, 1);
  });
});

test('comments and assignees', () =>
  withFake({ collaborators: ['mona'] }, async (session) => {
    const { fake, octokit, here } = session;
    const { number } = await openPull(session);
    await fake.people.comment(number, 'hello', 'mona');
    const { data } = await octokit.issues.createComment({ ...here, issue_number: number, body: 'status' });
    await octokit.issues.updateComment({ ...here, comment_id: data.id, body: 'new status' });
    assert.equal(
      (await octokit.issues.listComments({ ...here, issue_number: number })).data.map(({ body, user }) => `${user?.login}: ${body}`),
      ['mona: hello', 'fleetc[bot]: new status'],
    );
    assert.is((await refusal(octokit.issues.createComment({ ...here, issue_number: number, body: 'x'.repeat(65_537) }))).status, 422);
    await octokit.issues.deleteComment({ ...here, comment_id: data.id });
    assert.is((await refusal(octokit.issues.updateComment({ ...here, comment_id: data.id, body: 'x' }))).status, 404);
    // Left out without a word.
    await octokit.issues.addAssignees({ ...here, issue_number: number, assignees: ['mona', 'nobody'] });
    assert.equal((await fake.state()).pulls[0]?.assignees, ['mona']);
  }));

test('checks are for Apps, statuses for all', async () => {
  await withFake({}, async (session) => {
    const { octokit, here } = session;
    const { sha } = await openPull(session);
    const { data } = await octokit.checks.create({ ...here, name: 'plan', head_sha: sha, status: 'in_progress' });
    await octokit.checks.update({ ...here, check_run_id: data.id, conclusion: 'success', output: { title: 't', summary: 's' } });
    assert.equal(
      (await octokit.checks.listForRef({ ...here, ref: sha })).data.check_runs.map(({ name, conclusion }) => [name, conclusion]),
      [['plan', 'success']],
    );
    assert.match(
      String(
        messages(
          (await refusal(octokit.checks.update({ ...here, check_run_id: data.id, output: { summary: 'ü'.repeat(33_000) } }))).errors,
        ),
      ),
      /Only 65535/,
    );
    await octokit.repos.createCommitStatus({ ...here, sha, state: 'success', context: 'plan' });
    assert.is((await octokit.repos.getCombinedStatusForRef({ ...here, ref: 'gitops/ring-1' })).data.state, 'success');
  });
  const { permissions } = await import('./fake-github.ts');
  await withFake({ tokens: [{ token: 'ghp_x', kind: 'user', login: 'mona', permissions: permissions() }] }, async (session: Session) => {
    const { octokit, here } = session;
    assert.is(
      (await refusal(octokit.checks.create({ ...here, name: 'plan', head_sha: await head(session) }))).message,
      'You must authenticate via a GitHub App.',
    );
    assert.is((await octokit.users.getAuthenticated()).data.login, 'mona');
  });
});

test.run();
