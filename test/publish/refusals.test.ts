import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../scripts/publish/failure.ts';
import { messageOf, scenario, smallFleet } from './support/publisher.ts';

// What ends a run before anything is written, and what it says.

const edited = smallFleet({ scrapeInterval: '15s' });

test(
  'case 21: a token that may not open pull requests: no second try, and what is missing',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.match(await messageOf(scene.publish()), /pull_requests: write/);
      assert.is(scene.requests().filter(({ status }) => status === 403).length, 1);
      assert.is((await scene.github.state()).pulls.length, 0);
    },
    undefined,
    { permissions: { pull_requests: 'read' } },
  ),
);

test(
  'case 21: a token that may nothing: all that is missing at once, and nothing written',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.match(await messageOf(scene.publish()), /Missing: contents: write; pull_requests: write/);
      assert.equal(scene.writes(), []);
    },
    undefined,
    { permissions: { contents: 'read', pull_requests: 'none' } },
  ),
);

test(
  'case 22: a wrong token: one request, and the token in no message',
  scenario(async (scene) => {
    scene.edit(edited);
    const token = 'ghp_ThisTokenIsWrong0000000000000000000';
    const { message, stack } = await failureOf(scene.publish({}, { GITHUB_TOKEN: token }));
    assert.match(message, /401.*The token is wrong/);
    assert.not.match(`${message}${stack}`, /ThisTokenIsWrong/);
    assert.is(scene.requests().length, 1);
  }),
);

test(
  'case 23: a repository that is not there, or that the token cannot see',
  scenario(async (scene) => {
    scene.edit(edited);
    assert.match(
      await messageOf(scene.publish({ repository: 'example/other' })),
      /example\/other was not found .*or the token cannot see it/,
    );
    assert.is(scene.requests().length, 1);
  }),
);

test(
  'case 36: an empty repository: what to do first',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.match(await messageOf(scene.publish()), /has no commit yet.*git push .* HEAD:refs\/heads\/main/);
      assert.equal(scene.writes(), []);
    },
    undefined,
    { empty: true },
  ),
);

test(
  'case 37: the default branch has another name now: the message has it',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.github.people.renameBranch('main', 'trunk');
    assert.match(await messageOf(scene.publish()), /has no branch main; its default branch is trunk/);
    assert.equal(scene.writes(), []);
    assert.is((await scene.publishOne({ base: 'trunk' })).status, 'created');
  }),
);

test(
  'case 38: a rule forbids the branch: its words, the rule, and two tries at most',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.match(await messageOf(scene.publish()), /Rules for fleetc\/fleet: creation/);
      assert.ok(scene.writes().filter((operation) => operation === 'graphql updateRefs').length <= 2);
      assert.is((await scene.github.state()).pulls.length, 0);
    },
    undefined,
    { rulesets: [{ name: 'robots keep out', branches: ['fleetc/**'], rules: [{ type: 'creation' }] }] },
  ),
);

test(
  'case 39: a branch with the name of our folder is found before anything is written',
  scenario(async (scene) => {
    await scene.github.people.commit('fleetc', { 'docs/a.md': 'mine\n' });
    scene.edit(edited);
    assert.match(await messageOf(scene.publish()), /The branch fleetc is in the way of fleetc\/fleet/);
    assert.equal(scene.writes(), []);
    assert.is((await scene.publishOne({ prefix: 'robots/' })).status, 'created');
  }),
);

test(
  'an archived repository',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.match(await messageOf(scene.publish()), /archived/);
      assert.equal(scene.writes(), []);
    },
    undefined,
    { archived: true },
  ),
);

test(
  'no token: a refusal that names the ways out',
  scenario(async (scene) => {
    scene.edit(edited);
    const error = await failureOf(scene.publish({}, { GITHUB_TOKEN: undefined }));
    assert.instance(error, Refusal);
    assert.match(error.message, /GITHUB_TOKEN.*--dry-run.*--to git/);
  }),
);

test(
  'case 52: a name that leads out of the folder is refused with its place, and nothing is written',
  scenario(async (scene) => {
    scene.edit({
      'clusters/one.ts': (edited.get('clusters/one.ts') ?? '').replace('"name": "one"', '"name": "../../.github/workflows/x"'),
    });
    const { diagnostics } = await scene.publish();
    assert.ok(diagnostics.some(({ span, severity }) => severity === 'error' && span?.file === 'clusters/one.ts' && span.line === 2));
    assert.equal(scene.requests(), []);
  }),
);

test(
  'case 53: an inventory that does something is not executed: its place is told, and nothing is written',
  scenario(async (scene) => {
    const acts = "process.exit(3);\nfetch('http://192.0.2.1/');\nthrow new Error('run');\n";
    scene.edit({ 'clusters/one.ts': acts + (edited.get('clusters/one.ts') ?? '') });
    const { diagnostics } = await scene.publish();
    assert.ok(diagnostics.some(({ span, severity }) => severity === 'error' && span?.file === 'clusters/one.ts' && span.line === 1));
    assert.equal(scene.requests(), []);

    // On the base branch it is as dead.
    scene.git('checkout', '--', '.');
    await scene.github.people.commit('main', { 'clusters/one.ts': acts + (edited.get('clusters/one.ts') ?? '') });
    const there = await scene.publish();
    assert.ok(there.diagnostics.some(({ span, severity }) => severity === 'error' && span?.file === 'clusters/one.ts'));
    assert.equal(scene.writes(), []);
  }),
);

async function failureOf(run: Promise<unknown>): Promise<Error> {
  try {
    await run;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

test.run();
