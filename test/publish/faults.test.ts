import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fault } from './fake-github/fake-github.ts';
import { assertSettled, messageOf, type Scene, scenario, smallFleet } from './support/publisher.ts';

// What servers and networks do.

const edited = smallFleet({ scrapeInterval: '15s' });
const createTree: Fault['path'] = /\/git\/trees$/;
const createCommit: Fault['path'] = /\/git\/commits$/;
const answer = (status: number, message: string, headers: Readonly<Record<string, string>> = {}, more: object = {}) =>
  ({ kind: 'answer', status, headers, body: { message, documentation_url: 'https://docs.github.com/rest', ...more } }) as const;

/** A run under faults ends as one without: one branch, one pull request, no fault left over. */
const survives = (faults: readonly Fault[], check: (scene: Scene) => void | Promise<void> = () => {}) =>
  scenario(async (scene) => {
    scene.edit(edited);
    scene.github.inject(...faults);
    const result = await scene.publishOne();
    assert.ok(['created', 'adopted', 'unchanged'].includes(result.status), result.status);
    assert.equal(scene.github.pendingFaults, []);
    await check(scene);
    await assertOne(scene, result.tree);
    await assertSettled(scene);
  });

async function assertOne(scene: Scene, tree: string | undefined): Promise<void> {
  const { pulls, refs } = await scene.github.state();
  assert.is(pulls.length, 1);
  assert.is(pulls[0]?.state, 'open');
  assert.equal(
    Object.keys(refs)
      .filter((ref) => !ref.startsWith('refs/pull/'))
      .sort(),
    ['refs/heads/fleetc/fleet', 'refs/heads/main'],
  );
  const log = await scene.github.log('fleetc/fleet');
  assert.is(log[0]?.tree, tree);
  assert.equal(log[0]?.parents, [(await scene.github.log('main'))[0]?.sha]);
}

const count = (scene: Scene, operation: string) => scene.github.requests.filter((request) => request.operation === operation).length;

test(
  'case 14: 500 twice on a tree: tried again',
  survives([{ method: 'POST', path: createTree, times: 2, effect: answer(500, 'Server Error') }], (scene) => {
    assert.is(count(scene, 'git/create-tree'), 3);
  }),
);

test(
  'case 15: 502 after the pull request was made: adopted',
  survives([{ method: 'POST', path: /\/pulls$/, when: 'after', effect: answer(502, 'Bad Gateway') }], (scene) => {
    assert.is(count(scene, 'pulls/create'), 1);
  }),
);

test(
  'case 15: the same, read from a copy that does not know of it yet',
  survives([
    { method: 'POST', path: /\/pulls$/, when: 'after', effect: answer(502, 'Bad Gateway') },
    { method: 'GET', path: /\/pulls$/, effect: { kind: 'stale', reads: 1 } },
  ]),
);

test(
  'case 16: the connection breaks after the branch moved: seen on a second look, and no second commit',
  survives([{ path: /\/graphql$/, body: /updateRefs/, when: 'after', effect: { kind: 'reset' } }], (scene) => {
    assert.is(count(scene, 'git/create-commit'), 1);
    assert.is(count(scene, 'graphql updateRefs'), 1);
  }),
);

test(
  'case 16: the connection breaks before the branch moved: tried again',
  survives([{ path: /\/graphql$/, body: /updateRefs/, effect: { kind: 'reset' } }]),
);

test(
  'case 17: the connection breaks after the commit was made: at most one commit too many',
  survives([{ method: 'POST', path: createCommit, when: 'after', effect: { kind: 'reset' } }], (scene) => {
    assert.is(count(scene, 'git/create-commit'), 2);
  }),
);

test(
  'case 18: 429 with Retry-After 7: at least seven seconds without a request',
  survives([{ method: 'POST', path: createTree, effect: answer(429, 'Too many requests', { 'retry-after': '7' }) }], (scene) => {
    const at = scene.github.requests.findIndex(({ status }) => status === 429);
    const [refused, next] = scene.github.requests.slice(at);
    assert.ok((next?.at ?? 0) - (refused?.at ?? 0) >= 7_000);
  }),
);

test(
  'case 18: the same as a date',
  survives(
    [{ method: 'POST', path: createTree, effect: answer(429, 'Too many requests', { 'retry-after': 'Mon, 05 Jan 2026 09:10:00 GMT' }) }],
    (scene) => {
      assert.ok(scene.github.requests.some(({ operation, at }) => operation === 'git/create-tree' && at >= Date.UTC(2026, 0, 5, 9, 10)));
    },
  ),
);

test(
  'case 19: the secondary limit twice, without a header: a minute, then two',
  survives(
    [
      {
        method: 'POST',
        path: createTree,
        times: 2,
        effect: answer(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'),
      },
    ],
    ({ github }) => {
      const waits = github.clock.sleeps.filter((wait) => wait >= 60_000);
      assert.equal(waits, [60_000, 120_000]);
    },
  ),
);

test(
  'case 19: the same in the words of older servers',
  survives([{ method: 'POST', path: createTree, effect: answer(403, 'You have triggered an abuse detection mechanism.') }]),
);

test(
  'case 20: the budget is empty for two hours: ends at once and names the hour',
  scenario(async (scene) => {
    scene.edit(edited);
    const reset = String(Date.UTC(2026, 0, 5, 11) / 1000);
    scene.github.inject({
      method: 'POST',
      path: createTree,
      effect: answer(403, 'API rate limit exceeded for installation ID 1.', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
    });
    const message = await messageOf(scene.publish({ deadline: 10 }));
    assert.match(message, /2026-01-05T11:00:01\.000Z/);
    assert.is(count(scene, 'git/create-tree'), 1);
    assert.ok(scene.github.clock.sleeps.every((wait) => wait < 60_000));
  }),
);

test(
  'case 20: an hour at most is waited out where the deadline allows it',
  survives([
    {
      method: 'POST',
      path: createTree,
      effect: answer(403, 'API rate limit exceeded.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.UTC(2026, 0, 5, 9, 20) / 1000),
      }),
    },
  ]),
);

test(
  'case 24: a tree that a copy does not know yet',
  survives([{ method: 'POST', path: createCommit, effect: answer(422, 'Tree SHA does not exist') }]),
);

test(
  'case 25: labels right after the pull request was made: "Could not resolve to a node"',
  scenario(
    async (scene) => {
      scene.edit(edited);
      scene.github.inject({
        method: 'POST',
        path: /\/issues\/1\/labels$/,
        effect: answer(422, "Could not resolve to a node with the global id of 'PR_1'."),
      });
      const result = await scene.publishOne({ labels: ['fleet'] });
      assert.equal(result.warnings, []);
      assert.equal((await scene.github.state()).pulls[0]?.labels, ['fleet']);
      await assertSettled(scene, { labels: ['fleet'] });
    },
    undefined,
    { labels: ['fleet'] },
  ),
);

test(
  'case 26: a branch that a copy does not know yet: "head invalid"',
  survives([
    {
      method: 'POST',
      path: /\/pulls$/,
      effect: answer(422, 'Validation Failed', {}, { errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }] }),
    },
  ]),
);

test(
  'case 55: no answer: given up after a minute, tried again',
  survives([{ method: 'POST', path: createTree, effect: { kind: 'hang' } }]),
);

test(
  'case 55: no answer ever: a clean end',
  scenario(async (scene) => {
    scene.edit(edited);
    scene.github.inject({ method: 'POST', path: createTree, times: 100, effect: { kind: 'hang' } });
    const start = scene.github.clock.now();
    assert.match(await messageOf(scene.publish()), /git\/trees: no answer in time/);
    assert.ok(scene.github.clock.now() - start >= 60_000);
    assert.ok(count(scene, 'git/create-tree') <= 4);
  }),
);

for (const [name, path] of [
  ['the repository', /^\/repos\/example\/fleet$/],
  ['a tree', createTree],
  ['the commit', createCommit],
  ['the pull request', /\/pulls$/],
] as const)
  test(`half an answer of ${name} is none`, survives([{ path, when: 'after', effect: { kind: 'truncate' } }]));

test(
  'a comment whose answer is lost is not written twice',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.commit('fleetc/fleet', { 'docs/a.md': 'mine\n' });
    scene.github.inject({ method: 'POST', path: /\/comments$/, when: 'after', effect: { kind: 'reset' } });
    await scene.publish();
    assert.is((await scene.github.state()).pulls[0]?.comments.length, 1);
  }),
);

test(
  'GitHub itself slows down: writes are a second apart and its limits are waited for',
  scenario(
    async (scene) => {
      scene.edit(edited);
      await scene.publishOne({ deadline: 120 });
      await assertSettled(scene, { deadline: 120 });
    },
    undefined,
    { rateLimit: 15, writesPerMinute: 3 },
  ),
);

test.run();
