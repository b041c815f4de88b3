import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../scripts/publish/publish-to.ts';
import { aScene, assertSettled, type Scene, smallFleet } from '../publish/support/publisher.ts';

// Case 11: two publishers at once. The second runs whole between two requests of the first, at every place where there is one; and the first
// never notices before it is its turn again.

const edited = smallFleet({ scrapeInterval: '15s' });

for (const [name, prepare] of [
  ['a new pull request', async (scene: Scene) => scene.edit(edited)],
  [
    'a change of one that is there',
    async (scene: Scene) => {
      scene.edit(smallFleet({ scrapeInterval: '20s' }));
      await scene.publish();
      scene.edit(edited);
    },
  ],
] as const)
  test(`case 11: two publishers of the same, one within the other, at every request of: ${name}`, async () => {
    let nth = 1;
    // Until there is no such request any more.
    while ((await played(prepare, { nth, when: 'before' })) && (await played(prepare, { nth, when: 'after' }))) nth += 1;
    assert.ok(nth > 8);
  });

async function played(
  prepare: (scene: Scene) => Promise<void>,
  meet: { readonly nth: number; readonly when: 'before' | 'after' },
): Promise<boolean> {
  const scene = await aScene();
  try {
    await prepare(scene);
    let other: Outcome | undefined;
    const act = async () => {
      other = await scene.publish();
    };
    scene.github.inject({ ...meet, effect: { kind: 'meanwhile', act } });
    const mine = await scene.publish();
    const isMet = scene.github.pendingFaults.length === 0;
    const where = JSON.stringify({ meet, mine: mine.results, other: other?.results });
    assert.is(other !== undefined, isMet, where);
    for (const { results } of [mine, other ?? mine])
      assert.ok(results.length === 1 && ['created', 'updated', 'adopted', 'unchanged'].includes(results[0]?.status ?? ''), where);
    const { pulls, refs } = await scene.github.state();
    assert.is(pulls.length, 1, where);
    assert.is(pulls[0]?.state, 'open', where);
    assert.is(pulls[0]?.head.sha, refs['refs/heads/fleetc/fleet'], where);
    const log = await scene.github.log('fleetc/fleet');
    assert.is(log.length, 2, where);
    assert.is(log[0]?.tree, mine.results[0]?.tree, where);
    // A fault that found no request is none for the run after.
    if (isMet) await assertSettled(scene);
    return isMet;
  } finally {
    await scene.end();
  }
}

test.run();
