import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { head, makeCommit, openPull, refusal, type Session, withFake } from './client.ts';

const zero = '0'.repeat(40);
const mutation =
  'mutation ($repositoryId: ID!, $refUpdates: [RefUpdate!]!) { updateRefs(input: { repositoryId: $repositoryId, refUpdates: $refUpdates }) { clientMutationId } }';

async function updateRefs({ octokit, here }: Session, ...refUpdates: readonly object[]): Promise<unknown> {
  const { data } = await octokit.repos.get(here);
  return octokit.graphql(mutation, { repositoryId: data.node_id, refUpdates });
}

/** What the errors of an answer of GraphQL say. */
async function errorsOf(asked: Promise<unknown>): Promise<readonly { readonly type?: string; readonly message: string }[]> {
  try {
    await asked;
  } catch (error) {
    return (error as { readonly errors: readonly { readonly type?: string; readonly message: string }[] }).errors;
  }
  throw new Error('it was not refused');
}

test('updateRefs creates, moves and deletes only from where the caller says that a ref is', () =>
  withFake({}, async (session) => {
    const { fake } = session;
    const first = await head(session);
    const one = await makeCommit(session, first, { a: '1' });
    const two = await makeCommit(session, one, { a: '2' });
    const name = 'refs/heads/gitops/x';
    const at = async () => (await fake.state()).refs[name];
    await updateRefs(session, { name, beforeOid: zero, afterOid: one });
    assert.is(await at(), one);
    assert.is((await errorsOf(updateRefs(session, { name, beforeOid: zero, afterOid: two })))[0]?.type, 'UNPROCESSABLE');
    assert.is((await errorsOf(updateRefs(session, { name, beforeOid: first, afterOid: two, force: true }))).length, 1);
    assert.is(await at(), one);
    await updateRefs(session, { name, beforeOid: one, afterOid: two });
    assert.equal(
      await errorsOf(updateRefs(session, { name, beforeOid: two, afterOid: one })).then((errors) => errors[0]?.message),
      'Update is not a fast forward',
    );
    await updateRefs(session, { name, beforeOid: two, afterOid: one, force: true });
    assert.is((await errorsOf(updateRefs(session, { name, beforeOid: two, afterOid: zero }))).length, 1);
    await updateRefs(session, { name, beforeOid: one, afterOid: zero });
    assert.is(await at(), undefined);
    const last = fake.requests.at(-1);
    assert.equal([last?.operation, last?.write, last?.applied, last?.status], ['graphql updateRefs', true, true, 200]);
    assert.is(fake.requests.filter(({ operation, applied }) => operation === 'graphql updateRefs' && !applied).length, 4);
  }));

test('updateRefs moves all or none', () =>
  withFake({}, async (session) => {
    const { fake } = session;
    const one = await makeCommit(session, await head(session), { a: '1' });
    const create = (name: string) => ({ name, beforeOid: zero, afterOid: one });
    await updateRefs(session, create('refs/heads/x'), create('refs/gitops/staging/1'));
    await errorsOf(updateRefs(session, create('refs/heads/y'), create('refs/heads/x')));
    // `x/z` cannot be beside `x`: git itself finds out.
    await errorsOf(updateRefs(session, create('refs/heads/y'), create('refs/heads/x/z')));
    const { refs } = await fake.state();
    assert.equal(Object.keys(refs), ['refs/gitops/staging/1', 'refs/heads/main', 'refs/heads/x']);
    await updateRefs(
      session,
      { name: 'refs/heads/x', beforeOid: one, afterOid: zero },
      { name: 'refs/gitops/staging/1', beforeOid: one, afterOid: zero },
    );
    assert.equal(Object.keys((await fake.state()).refs), ['refs/heads/main']);
  }));

test('a server may refuse hidden refs', () =>
  withFake({ hiddenRefs: 'refused' }, async (session) => {
    const one = await makeCommit(session, await head(session), { a: '1' });
    assert.match(
      (await errorsOf(updateRefs(session, { name: 'refs/gitops/x', beforeOid: zero, afterOid: one })))[0]?.message ?? '',
      /not a branch/,
    );
  }));

test('documents are read strictly', () =>
  withFake({}, async ({ fake, octokit }) => {
    const cases: [string, Record<string, unknown>, RegExp][] = [
      ['{ viewer { login nickname } }', {}, /Field 'nickname' doesn't exist on type 'User'/],
      ['query ($o: String!) { repository(owner: $o, name: "fleet") { id } }', {}, /\$o: Expected value to not be null/],
      ['{ repository(owner: "example", nom: "fleet") { id } }', {}, /doesn't accept argument 'nom'/],
      ['{ viewer }', {}, /must have selections/],
      ['{ viewer { login } ', {}, /Parse error/],
      [
        'mutation { updateRefs(input: { repositoryId: "R", refUpdates: [{ name: "heads/x", afterOid: "1" }] }) { clientMutationId } }',
        {},
        /Could not coerce value "heads\/x" to GitRefname/,
      ],
      ['query { viewer { login } }', { spare: 1 }, /\$spare is given and not declared/],
    ];
    for (const [query, variables, message] of cases) {
      assert.match((await errorsOf(octokit.graphql(query, variables)))[0]?.message ?? '', message);
      assert.is(fake.takeViolations().length, 1, query);
    }
    const [missing] = await errorsOf(octokit.graphql('{ repository(owner: "example", name: "other") { id } }'));
    assert.equal(missing?.type, 'NOT_FOUND');
    assert.match(missing?.message ?? '', /Could not resolve to a Repository with the name 'example\/other'/);
    const [node] = await errorsOf(octokit.graphql('{ node(id: "X") { id } }'));
    assert.is(node?.message, "Could not resolve to a node with the global id of 'X'.");
  }));

test('the graph shows a ref, a pull request and its place in the queue', () =>
  withFake({}, async (session) => {
    const { fake, octokit } = session;
    const { number, sha } = await openPull(session);
    const query = `query Look($number: Int!) {
      repository(owner: "example", name: "fleet") {
        ref(qualifiedName: "refs/heads/gitops/ring-1") { name prefix target { oid ... on Commit { tree { oid } } } }
        gone: ref(qualifiedName: "refs/heads/none") { name }
        mergeQueue(branch: "main") { id }
        pullRequest(number: $number) { isInMergeQueue mergeQueueEntry { position state } mergeStateStatus headRefOid }
      }
    }`;
    const look = () => octokit.graphql<{ repository: Record<string, Record<string, unknown>> }>(query, { number });
    const { repository: before } = await look();
    assert.is(before.ref?.name, 'gitops/ring-1');
    assert.is(before.gone, null);
    assert.is(before.mergeQueue, null);
    assert.equal(before.pullRequest, { isInMergeQueue: false, mergeQueueEntry: null, mergeStateStatus: 'CLEAN', headRefOid: sha });
    await fake.people.enqueue(number);
    const { repository: queued } = await look();
    assert.equal(queued.pullRequest?.mergeQueueEntry, { position: 1, state: 'QUEUED' });
    assert.not.equal(queued.mergeQueue, null);
    const next = await makeCommit(session, sha, { b: '1' });
    assert.match(
      (await errorsOf(updateRefs(session, { name: 'refs/heads/gitops/ring-1', beforeOid: sha, afterOid: next })))[0]?.message ?? '',
      /added to a merge queue/,
    );
  }));

test('auto-merge wants something to wait for', async () => {
  const enable = ({ octokit }: Session, pullRequestId: string) =>
    octokit.graphql(
      'mutation ($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) { pullRequest { autoMergeRequest { mergeMethod } } } }',
      { id: pullRequestId },
    );
  const idOf = async ({ octokit, here }: Session, number: number) =>
    (await octokit.pulls.get({ ...here, pull_number: number })).data.node_id;
  await withFake({}, async (session) => {
    const { number } = await openPull(session);
    assert.equal(
      (await errorsOf(enable(session, await idOf(session, number)))).map(({ message }) => message),
      ['Pull request Pull request is in clean status'],
    );
    assert.is((await session.fake.state()).pulls[0]?.merged, false);
  });
  await withFake({ autoMerge: false }, async (session) => {
    const { number } = await openPull(session);
    assert.equal(
      (await errorsOf(enable(session, await idOf(session, number)))).map(({ message }) => message),
      ['Pull request Auto merge is not allowed for this repository'],
    );
  });
  const rulesets = [{ name: 'main', branches: ['main'], rules: [{ type: 'required_status_checks' as const, checks: ['plan'] }] }];
  await withFake({ rulesets }, async (session) => {
    const { number } = await openPull(session);
    await enable(session, await idOf(session, number));
    assert.is((await session.fake.state()).pulls[0]?.autoMerge, 'squash');
  });
  await withFake({ rulesets }, async (session) => {
    const { number } = await openPull(session);
    await session.fake.people.setStatus('gitops/ring-1', 'plan', 'success');
    assert.equal(
      (await errorsOf(enable(session, await idOf(session, number)))).map(({ message }) => message),
      ['Pull request Pull request is in clean status'],
    );
  });
});

test('without the right to write, GraphQL answers 200 and FORBIDDEN', () =>
  withFake({ permissions: { contents: 'read' } }, async (session) => {
    const main = await head(session);
    const [error] = await errorsOf(updateRefs(session, { name: 'refs/heads/x', beforeOid: zero, afterOid: main }));
    assert.equal([error?.type, error?.message], ['FORBIDDEN', 'Resource not accessible by integration']);
    assert.is((await refusal(session.octokit.git.createRef({ ...session.here, ref: 'refs/heads/x', sha: main }))).status, 403);
  }));

test.run();
