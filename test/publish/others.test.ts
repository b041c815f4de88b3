import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exitCodeOf } from '../../scripts/publish/result.ts';
import { assertSettled, compileSources, type Scene, scenario, smallFleet } from './support/publisher.ts';

// What other people do to our branches and pull requests.

const edited = smallFleet({ scrapeInterval: '15s' });
const editedAgain = smallFleet({ scrapeInterval: '20s' });

const pullOf = async (scene: Scene) => {
  const [pull, ...more] = (await scene.github.state()).pulls;
  assert.is(more.length, 0);
  if (pull === undefined) throw new Error('no pull request');
  return pull;
};

test(
  'case 5: nothing is left to change, but a person committed to the branch: nothing is closed or deleted',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    const theirs = await scene.github.people.commit('fleetc/fleet', { 'docs/a.md': 'mine\n' });
    scene.git('checkout', '--', '.');
    for (let run = 0; run < 2; run++) {
      const { results } = await scene.publish();
      assert.equal(
        results.map(({ status }) => status),
        ['blocked'],
      );
      assert.is(exitCodeOf(results), 1);
    }
    const pull = await pullOf(scene);
    assert.is(pull.state, 'open');
    assert.is(pull.head.sha, theirs);
    assert.is(pull.comments.length, 1);
  }),
);

test(
  'case 6: a commit of a person on the branch stays, with one comment in three runs',
  scenario(
    async (scene) => {
      scene.edit(edited);
      await scene.publish();
      const theirs = await scene.github.people.commit(
        'fleetc/fleet',
        { 'overlays/kr/one/kustomization.yaml': 'mine\n' },
        { author: 'grace' },
      );
      scene.edit(editedAgain);
      for (let run = 0; run < 3; run++) {
        const result = await scene.publishOne();
        assert.is(result.status, 'blocked');
        assert.match(result.reason ?? '', new RegExp(`${theirs.slice(0, 12)}.*grace`));
      }
      const pull = await pullOf(scene);
      assert.is(pull.head.sha, theirs);
      assert.is(pull.comments.length, 1);
      assert.equal(pull.labels, ['fleetc-blocked']);
      await assertSettled(scene);
    },
    undefined,
    { labels: ['fleetc-blocked'] },
  ),
);

test(
  'case 7: our commit, amended by a person under our name: theirs',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    const amended = await scene.github.people.amend('fleetc/fleet', { 'overlays/kr/one/kustomization.yaml': 'mine\n' });
    scene.edit(editedAgain);
    assert.is((await scene.publishOne()).status, 'blocked');
    assert.is((await pullOf(scene)).head.sha, amended);
  }),
);

test(
  'case 8: the button "Update branch" is nobody\'s commit: the next run makes one on the new base',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    const one = smallFleet().get('clusters/one.ts')?.replace('192.0.2.11', '192.0.2.99') ?? '';
    const base = await scene.github.people.commit('main', { 'docs/a.md': 'new\n', 'clusters/one.ts': one });
    await scene.github.people.updateBranch(1);
    assert.is((await scene.publishOne()).status, 'updated');
    const log = await scene.github.log('fleetc/fleet');
    assert.equal(log[0]?.parents, [base]);
    await assertSettled(scene);
  }),
);

test(
  'case 8: a merge that brings something of its own is theirs',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.commit('main', { 'docs/a.md': 'new\n' });
    await scene.github.people.updateBranch(1);
    await scene.github.people.amend('fleetc/fleet', { 'docs/a.md': 'slipped in\n' });
    assert.is((await scene.publishOne()).status, 'blocked');
  }),
);

for (const [name, discard] of [
  ['the box is ticked', false],
  ['--discard-foreign', true],
] as const)
  test(
    `case 9: ${name}: the commits of others are replaced, and where they were is told`,
    scenario(async (scene) => {
      scene.edit(edited);
      const first = await scene.publishOne();
      const theirs = await scene.github.people.commit('fleetc/fleet', { 'docs/a.md': 'mine\n' });
      const body = (await pullOf(scene)).body ?? '';
      assert.match(body, /^- \[ \] Regenerate/m);
      if (!discard) await scene.github.people.editPullRequest(1, { body: body.replace('- [ ] Regenerate', '- [x] Regenerate') });
      const result = await scene.publishOne({ discardForeign: discard });
      assert.is(result.status, 'updated');
      assert.is(result.tree, first.tree);
      assert.ok(result.warnings.some((warning) => warning.includes(theirs)));
      assert.match((await pullOf(scene)).body ?? '', /^- \[ \] Regenerate/m);
      await assertSettled(scene);
    }),
  );

test(
  'case 10: a person pushes between the look and the move: the move is lost, and their commit is still there',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    scene.edit(editedAgain);
    let theirs = '';
    scene.github.inject({
      path: /\/graphql$/,
      body: /updateRefs/,
      effect: {
        kind: 'meanwhile',
        act: async () => {
          theirs = await scene.github.people.commit('fleetc/fleet', { 'docs/a.md': 'mine\n' });
        },
      },
    });
    assert.is((await scene.publishOne()).status, 'blocked');
    assert.is((await pullOf(scene)).head.sha, theirs);
  }),
);

test(
  'a title and a text that a person wrote stay; our part is put right',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    const { body } = await pullOf(scene);
    await scene.github.people.editPullRequest(1, {
      title: 'My title',
      body: `Before.\n\n${(body ?? '').replace(/Made by fleetc/, 'Unmade')}\nBehind.`,
    });
    scene.edit(editedAgain);
    await scene.publish();
    const pull = await pullOf(scene);
    assert.is(pull.title, 'My title');
    assert.match(pull.body ?? '', /^Before\.\n\n<!-- fleetc:[\s\S]*Made by fleetc[\s\S]*\nBehind\.$/);
    await assertSettled(scene);
  }),
);

test(
  'a branch of somebody else under our prefix is none of our business',
  scenario(async (scene) => {
    await scene.github.people.commit('fleetc/notes', { 'docs/a.md': 'mine\n' });
    scene.edit(edited);
    assert.is((await scene.publishOne()).status, 'created');
    assert.ok((await scene.github.state()).refs['refs/heads/fleetc/notes']);
    await assertSettled(scene);
  }),
);

test(
  'case 40: a pull request in the merge queue is not pushed to',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.enqueue(1);
    const before = await scene.github.state();
    scene.edit(editedAgain);
    scene.writes();
    assert.is((await scene.publishOne()).status, 'deferred');
    assert.equal(scene.writes(), []);
    scene.git('checkout', '--', '.');
    assert.is((await scene.publishOne()).status, 'deferred');
    assert.equal(await scene.github.state(), before);
  }),
);

test(
  'the base that another publisher merges is not taken back by an old clone',
  scenario(async (scene) => {
    // The output of a colleague's change, merged while this clone slept.
    const theirs = smallFleet({ scrapeInterval: '1m' });
    await scene.github.people.commit('main', { ...Object.fromEntries(theirs), ...Object.fromEntries(compileSources(theirs).tree) });
    const { results } = await scene.publish();
    const gone = [...compileSources(smallFleet()).tree.keys()].filter((path) => !compileSources(theirs).tree.has(path));
    assert.equal(
      results.map(({ files }) => files),
      [gone.length],
    );
    const files = await scene.github.files('fleetc/fleet');
    for (const [path, text] of compileSources(theirs).tree) assert.is(files.get(path)?.text, text, path);
  }),
);

test.run();
