import { Octokit } from '@octokit/rest';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { client, head, openPull, refusal, withFake } from './client.ts';
import { permissions } from './fake-github.ts';

test('who may see nothing gets 404, who may not write 403, who is nobody 401', async () => {
  await withFake({ permissions: { metadata: 'none' } }, async ({ octokit, here }) => {
    assert.equal(await said(octokit.repos.get(here)), [404, 'Not Found']);
  });
  await withFake({ permissions: { contents: 'read', pull_requests: 'read' } }, async (session) => {
    const { octokit, here } = session;
    const sha = await head(session);
    const { status, message, headers } = await refusal(octokit.git.createRef({ ...here, ref: 'refs/heads/x', sha }));
    assert.equal(
      [status, message, headers['x-accepted-github-permissions']],
      [403, 'Resource not accessible by integration', 'contents=write'],
    );
    assert.equal(await said(octokit.pulls.create({ ...here, title: 't', head: 'x', base: 'main' })), [
      403,
      'Resource not accessible by integration',
    ]);
    assert.is((await octokit.repos.get(here)).data.permissions?.push, false);
  });
  await withFake({}, async ({ fake, here, octokit }) => {
    assert.equal(await said(client(fake, 'ghp_wrong').repos.get(here)), [401, 'Bad credentials']);
    assert.equal(await said(new Octokit({ baseUrl: fake.url, log: silent }).repos.get(here)), [404, 'Not Found']);
    assert.equal(await said(octokit.repos.get({ owner: 'example', repo: 'other' })), [404, 'Not Found']);
    assert.equal(await said(octokit.users.getAuthenticated()), [403, 'Resource not accessible by integration']);
  });
});

test('single sign-on is asked for in a header', () =>
  withFake(
    { tokens: [{ token: 'ghp_x', kind: 'user', login: 'mona', permissions: permissions(), ssoRequired: true }] },
    async ({ octokit, here }) => {
      const { status, headers } = await refusal(octokit.repos.get(here));
      assert.is(status, 403);
      assert.match(String(headers['x-github-sso']), /^required; url=https:/);
    },
  ));

test('GITHUB_TOKEN opens no pull request unless the repository lets it', () =>
  withFake(
    {
      actionsMayOpenPullRequests: false,
      tokens: [{ token: 'ghs_a', kind: 'actions', login: 'github-actions[bot]', permissions: permissions() }],
    },
    async (session) => {
      assert.equal(await said(openPull(session)), [403, 'GitHub Actions is not permitted to create or approve pull requests.']);
    },
  ));

test('workflows need a right of their own', async () => {
  for (const workflows of ['none', 'write'] as const)
    await withFake({ permissions: { workflows } }, async (session) => {
      const opened = openPull(session, 'x', { '.github/workflows/x.yml': 'on: push\n' });
      if (workflows === 'none') assert.equal(await said(opened), [403, 'Resource not accessible by integration']);
      else assert.is((await opened).number, 1);
    });
});

test('rules: told beforehand, and in the refusal', () =>
  withFake(
    {
      rulesets: [
        { name: 'robots', branches: ['gitops/**'], rules: [{ type: 'creation' }, { type: 'required_signatures' }] },
        {
          name: 'main',
          branches: ['main'],
          rules: [{ type: 'pull_request' }, { type: 'required_status_checks', checks: ['plan'], strict: true }],
        },
        { name: 'free', branches: ['*'], rules: [{ type: 'creation' }], bypass: ['fleetc[bot]'] },
      ],
    },
    async (session) => {
      const { octokit, here } = session;
      assert.equal(await said(openPull(session, 'gitops/x')), [
        422,
        'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
      ]);
      const { sha, number } = await openPull(session, 'free');
      const { data } = await octokit.repos.getBranchRules({ ...here, branch: 'main' });
      assert.equal(
        data.map(({ type }) => type),
        ['pull_request', 'required_status_checks', 'creation'],
      );
      assert.match(
        (await refusal(octokit.git.updateRef({ ...here, ref: 'heads/main', sha }))).message,
        /Changes must be made through a pull request\.\n\nRequired status check "plan" is expected\./,
      );
      const { data: pull } = await octokit.pulls.get({ ...here, pull_number: number });
      assert.is(pull.mergeable_state, 'blocked');
      assert.is((await octokit.repos.getBranch({ ...here, branch: 'main' })).data.protected, true);
    },
  ));

test('an archived repository is read only', () =>
  withFake({ archived: true }, async (session) => {
    const sha = await head(session);
    assert.equal(await said(session.octokit.git.createRef({ ...session.here, ref: 'refs/heads/x', sha })), [
      403,
      'Repository was archived so is read-only.',
    ]);
  }));

test('the limit of an hour, by the clock of the test', () =>
  withFake({ rateLimit: 2 }, async ({ fake, octokit, here }) => {
    const { headers } = await octokit.repos.get(here);
    assert.equal([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-resource']], ['2', '1', 'core']);
    assert.is(new Date(headers.date ?? '').getTime(), Math.floor(fake.clock.now() / 1000) * 1000);
    await octokit.repos.get(here);
    const refused = await refusal(octokit.repos.get(here));
    assert.equal([refused.status, refused.headers['x-ratelimit-remaining']], [403, '0']);
    assert.match(refused.message, /^API rate limit exceeded for installation ID/);
    const reset = Number(refused.headers['x-ratelimit-reset']);
    assert.is((await octokit.rateLimit.get()).data.rate.reset, reset);
    await fake.clock.sleep(reset * 1000 - fake.clock.now());
    assert.is((await octokit.repos.get(here)).status, 200);
  }));

test('too many writes in a minute are the secondary limit', () =>
  withFake({ writesPerMinute: 2 }, async ({ fake, octokit, here }) => {
    const write = () => octokit.git.createBlob({ ...here, content: 'x' });
    await write();
    await write();
    const { status, message, headers } = await refusal(write());
    assert.equal([status, headers['retry-after']], [403, '60']);
    assert.match(message, /secondary rate limit/);
    await fake.clock.sleep(60_000);
    assert.is((await write()).status, 201);
  }));

test('a server of one’s own: another prefix, GraphQL beside it, no limits', () =>
  withFake({ prefix: '/api/v3' }, async ({ fake, octokit, here }) => {
    assert.match(fake.url, /\/api\/v3$/);
    const { data } = await octokit.repos.get(here);
    assert.is(data.html_url, 'https://ghe.local/example/fleet');
    assert.is((await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')).viewer.login, 'fleetc[bot]');
    assert.equal(
      fake.requests.map(({ path }) => path),
      ['/repos/example/fleet', '/graphql'],
    );
    const wrong = new Octokit({ auth: fake.token, baseUrl: fake.url.replace('/api/v3', ''), log: silent });
    assert.is((await refusal(wrong.repos.get(here))).status, 404);
    assert.match(fake.takeViolations().join(), /outside \/api\/v3/);
  }));

test('a renamed branch leads on to the new one', () =>
  withFake({}, async (session) => {
    const { fake, octokit, here } = session;
    const { number } = await openPull(session);
    await fake.people.renameBranch('main', 'trunk');
    assert.is((await octokit.repos.get(here)).data.default_branch, 'trunk');
    assert.is((await octokit.repos.getBranch({ ...here, branch: 'main' })).data.name, 'trunk');
    assert.equal(await said(octokit.git.getRef({ ...here, ref: 'heads/main' })), [404, 'Not Found']);
    assert.is((await octokit.pulls.get({ ...here, pull_number: number })).data.base.ref, 'trunk');
    assert.equal(await said(octokit.repos.getBranch({ ...here, branch: 'none' })), [404, 'Branch not found']);
  }));

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function said(asked: Promise<unknown>): Promise<readonly [number, string]> {
  const { status, message } = await refusal(asked);
  return [status, message];
}

test.run();
