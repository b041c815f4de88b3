import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';
import { assertSettled, compileSources, type Scene, scenario } from './support/publisher.ts';

// A pull request for each ring.

const fleet = (change: Readonly<Record<string, unknown>> = {}) =>
  aFleet(
    [
      aCentre(),
      anEdge('one', 'remote-scrape', 10, { ring: 'canary' }),
      anEdge('two', 'remote-scrape', 20),
      anEdge('three', 'prometheus-agent', 30),
    ],
    { rings: ['canary', 'stable'], ...change },
  );

const edited = fleet({ scrapeInterval: '15s' });

/** The inventory is merged first: then its output goes out ring by ring. */
const inventoryMerged = async (scene: Scene) => {
  await scene.github.people.commit('main', Object.fromEntries(edited));
  scene.pull();
};

test(
  'one for the centre and one for each ring, each with its order; merged in their order they end in the whole output',
  scenario(async (scene) => {
    await inventoryMerged(scene);
    const { results } = await scene.publish({ per: 'ring' });
    assert.equal(
      results.map(({ group, status, branch }) => [group, status, branch]),
      [
        ['centre', 'created', 'fleetc/centre'],
        ['ring_stable', 'created', 'fleetc/ring_stable'],
      ],
    );
    const { pulls } = await scene.github.state();
    assert.match(pulls[0]?.body ?? '', /Pull request 1 of 2\. The first/);
    assert.match(pulls[1]?.body ?? '', /Pull request 2 of 2\. Merge it after the centre \(#1\)/);
    await assertSettled(scene, { per: 'ring' });

    for (const { number } of pulls) {
      await scene.github.people.mergePullRequest(number, 'squash', { deleteBranch: true });
      scene.pull();
      await scene.publish({ per: 'ring' });
      await assertSettled(scene, { per: 'ring' });
    }
    const files = await scene.github.files('main');
    const output = [...files].filter(([path]) => /^(?:base|generated|overlays)\//.test(path)).map(([path, { text }]) => [path, text]);
    assert.equal(output.sort(), [...compileSources(edited).tree].sort());
    assert.ok((await scene.github.state()).pulls.every(({ state }) => state === 'closed'));
  }, fleet()),
);

test(
  'an inventory that is not on the base yet comes in one pull request, and the run says why',
  scenario(async (scene) => {
    scene.edit(edited);
    const { results, warnings } = await scene.publish({ per: 'ring' });
    assert.equal(
      results.map(({ group }) => group),
      ['fleet'],
    );
    assert.match(warnings.join(), /all in one pull request/);
    await assertSettled(scene, { per: 'ring' });
  }, fleet()),
);

test(
  'from one pull request to one for each ring: the old one is retired',
  scenario(async (scene) => {
    await inventoryMerged(scene);
    await scene.publish({ per: 'fleet' });
    const { results } = await scene.publish({ per: 'ring' });
    assert.equal(
      results.map(({ group, status }) => [group, status]),
      [
        ['centre', 'created'],
        ['ring_stable', 'created'],
        ['fleet', 'retired'],
      ],
    );
    const { pulls } = await scene.github.state();
    assert.equal(
      pulls.map(({ state }) => state),
      ['closed', 'open', 'open'],
    );
    await assertSettled(scene, { per: 'ring' });
  }, fleet()),
);

test(
  'a ring whose branch is blocked stops no other',
  scenario(async (scene) => {
    await inventoryMerged(scene);
    await scene.publish({ per: 'ring' });
    await scene.github.people.commit('fleetc/centre', { 'docs/a.md': 'mine\n' });
    const again = fleet({ scrapeInterval: '20s' });
    await scene.github.people.commit('main', Object.fromEntries(again));
    scene.pull();
    const { results } = await scene.publish({ per: 'ring' });
    assert.equal(
      results.map(({ group, status }) => [group, status]),
      [
        ['centre', 'blocked'],
        ['ring_stable', 'updated'],
      ],
    );
    assert.match((await scene.github.state()).pulls[1]?.body ?? '', /the centre \(#1, blocked\)/);
    await assertSettled(scene, { per: 'ring' });
  }, fleet()),
);

test.run();
