import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { client, head, makeCommit, openPull, refusal, withFake } from './client.ts';

test('before: nothing is applied. After: only the answer is lost', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const sha = await makeCommit(session, await head(session), { a: '1' });
    const create = (name: string) => octokit.git.createRef({ ...here, ref: `refs/heads/${name}`, sha });
    fake.inject({ method: 'POST', path: /\/git\/refs$/, effect: { kind: 'answer', status: 502, body: { message: 'Server Error' } } });
    assert.is((await refusal(create('x'))).status, 502);
    assert.is((await fake.state()).refs['refs/heads/x'], undefined);
    assert.is(fake.requests.at(-1)?.applied, false);
    fake.inject({ method: 'POST', path: /\/git\/refs$/, when: 'after', effect: { kind: 'reset' } });
    const { status, message } = await refusal(create('x'));
    assert.equal([status, message], [500, '']);
    assert.is((await fake.state()).refs['refs/heads/x'], sha);
    const last = fake.requests.at(-1);
    assert.equal([last?.status, last?.write, last?.applied], [0, true, true]);
    assert.is((await refusal(create('x'))).message, 'Reference already exists');
    assert.equal(fake.pendingFaults, []);
  }));

test('the n-th request, so many times, by method, path and body', () =>
  withFake({}, async ({ fake, octokit, here }) => {
    fake.inject({
      path: /\/git\/ref\/heads\/main$/,
      nth: 2,
      times: 2,
      effect: { kind: 'answer', status: 500, headers: { 'retry-after': '3' } },
    });
    fake.inject({ body: /updateRefs/, effect: { kind: 'reset' } });
    const asked = [];
    for (let n = 0; n < 4; n += 1)
      asked.push(
        await octokit.git.getRef({ ...here, ref: 'heads/main' }).then(
          ({ status }) => status,
          ({ status }) => status,
        ),
      );
    assert.equal(asked, [200, 500, 500, 200]);
    assert.is((await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')).viewer.login, 'fleetc[bot]');
    assert.is(fake.pendingFaults.length, 1);
  }));

test('an answer that ends in the middle is no JSON', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const sha = await makeCommit(session, await head(session), { a: '1' });
    fake.inject({ method: 'POST', path: /\/git\/refs$/, when: 'after', effect: { kind: 'truncate' } });
    const answer = await octokit.git.createRef({ ...here, ref: 'refs/heads/x', sha }).then(
      ({ data }) => data as unknown,
      (error: unknown) => error,
    );
    assert.is(typeof answer === 'object' && answer !== null && 'ref' in answer, false);
    assert.is((await fake.state()).refs['refs/heads/x'], sha);
  }));

test('a stale read sees what was there before the write, for so many reads', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    fake.inject({ method: 'GET', path: /\/(git\/ref\/heads\/gitops\/ring-1|pulls)$/, effect: { kind: 'stale', reads: 2 } });
    const { sha } = await openPull(session);
    const refs = async () =>
      octokit.git.getRef({ ...here, ref: 'heads/gitops/ring-1' }).then(
        ({ data }) => data.object.sha,
        ({ status }) => status as number,
      );
    assert.is(await refs(), 404);
    assert.equal((await octokit.pulls.list(here)).data, []);
    assert.is(await refs(), sha);
    assert.is((await octokit.pulls.list(here)).data.length, 1);
  }));

test('a server that hangs: the time-outs of the clock fire, and two minutes cost nothing', () =>
  withFake({}, async ({ fake, here }) => {
    const octokit = client(fake);
    fake.inject({ path: /\/repos\/example\/fleet$/, effect: { kind: 'hang' } });
    const start = performance.now();
    const before = fake.clock.now();
    fake.clock.timeout(120_000);
    await fake.clock.sleep(1_000);
    let reason = '';
    await octokit.repos.get({ ...here, request: { signal: fake.clock.timeout(60_000) } }).catch((error: Error) => {
      reason = error.message;
    });
    assert.match(reason, /aborted due to timeout/);
    assert.is(fake.clock.now() - before, 61_000);
    assert.equal(fake.clock.sleeps, [1_000]);
    assert.ok(performance.now() - start < 5_000);
    assert.is((await octokit.repos.get(here)).status, 200);
  }));

test('somebody else is quicker', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const { sha } = await openPull(session);
    const next = await makeCommit(session, sha, { b: '1' });
    let theirs = '';
    fake.inject({
      method: 'PATCH',
      path: /\/git\/refs\//,
      effect: {
        kind: 'meanwhile',
        act: async () => {
          theirs = await fake.people.commit('gitops/ring-1', { c: '1' });
        },
      },
    });
    assert.is(
      (await refusal(octokit.git.updateRef({ ...here, ref: 'heads/gitops/ring-1', sha: next }))).message,
      'Update is not a fast forward',
    );
    assert.is((await fake.state()).refs['refs/heads/gitops/ring-1'], theirs);
  }));

test('cut: from one request on nobody is answered, and with `after` that one is still applied', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const sha = await makeCommit(session, await head(session), { a: '1' });
    fake.inject({ nth: 1, when: 'after', effect: { kind: 'cut' } });
    await refusal(octokit.git.createRef({ ...here, ref: 'refs/heads/x', sha }));
    assert.is((await refusal(octokit.repos.get(here))).status, 500);
    fake.restore();
    assert.is(await head(session, 'x'), sha);
  }));

test.run();
