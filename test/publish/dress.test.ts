import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSettled, scenario, smallFleet } from './support/publisher.ts';

// Labels, reviewers, drafts, auto-merge: what can be done is, and the rest is told; none of it fails a run.

const edited = smallFleet({ scrapeInterval: '15s' });

test(
  'case 32: a label that the repository lacks: a warning, and the others are set',
  scenario(
    async (scene) => {
      scene.edit(edited);
      const options = { labels: ['fleet', 'unknown'] };
      const result = await scene.publishOne(options);
      assert.is(result.status, 'created');
      assert.equal(result.warnings, ['the repository has no label unknown']);
      assert.equal((await scene.github.state()).pulls[0]?.labels, ['fleet']);
      await assertSettled(scene, options);
    },
    undefined,
    { labels: ['fleet'], permissions: { issues: 'read' } },
  ),
);

test(
  'case 33: reviewers: the valid one is asked, the unknown one and the author are told',
  scenario(
    async (scene) => {
      scene.edit(edited);
      const options = { reviewers: ['octocat', 'nobody', 'fleetc[bot]', '@sre', '@secret'] };
      const result = await scene.publishOne(options);
      assert.is(result.status, 'created');
      const [pull] = (await scene.github.state()).pulls;
      assert.equal(pull?.reviewers, ['octocat']);
      assert.equal(pull?.teamReviewers, ['sre']);
      assert.is(result.warnings.length, 3, result.warnings.join('\n'));
      for (const name of ['nobody', 'fleetc\\[bot\\]', '@secret'])
        assert.ok(
          result.warnings.some((warning) => new RegExp(`^${name} `).test(warning)),
          name,
        );
      // A team that the token cannot see is asked for again; the answer is no again, and nothing changes.
      await assertSettled(scene, { reviewers: options.reviewers.slice(0, 4) });
    },
    undefined,
    { collaborators: ['octocat'], teams: ['sre'] },
  ),
);

test(
  'case 34: drafts that the plan does not have: ready for review, with a warning',
  scenario(
    async (scene) => {
      scene.edit(edited);
      const result = await scene.publishOne({ draft: true });
      assert.is(result.status, 'created');
      assert.match(result.warnings.join('\n'), /drafts are not supported/);
      assert.is((await scene.github.state()).pulls[0]?.draft, false);
      await assertSettled(scene, { draft: true });
    },
    undefined,
    { drafts: false },
  ),
);

test(
  'case 34: a draft where there are drafts',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publishOne({ draft: true });
    assert.is((await scene.github.state()).pulls[0]?.draft, true);
    await assertSettled(scene, { draft: true });
  }),
);

test(
  'case 35: auto-merge of a pull request that could be merged at once: told, and not merged',
  scenario(async (scene) => {
    scene.edit(edited);
    const result = await scene.publishOne({ autoMerge: 'squash' });
    assert.is(result.status, 'created');
    assert.match(result.warnings.join('\n'), /auto-merge was not turned on: .*clean status/);
    const [pull] = (await scene.github.state()).pulls;
    assert.is(pull?.state, 'open');
    assert.is(pull?.merged, false);
  }),
);

test(
  'case 35: auto-merge where a check has to pass first',
  scenario(
    async (scene) => {
      scene.edit(edited);
      const result = await scene.publishOne({ autoMerge: 'squash' });
      assert.equal(result.warnings, []);
      assert.is((await scene.github.state()).pulls[0]?.autoMerge, 'squash');
      await assertSettled(scene, { autoMerge: 'squash' });
    },
    undefined,
    { rulesets: [{ name: 'main', branches: ['main'], rules: [{ type: 'required_status_checks', checks: ['plan'] }] }] },
  ),
);

test.run();
