import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PublishOptions } from '../../scripts/publish/publish-to.ts';
import { aScene, type Scene, smallFleet } from '../publish/support/publisher.ts';

// A publisher that is killed after any of its requests, before or after GitHub has done what it asks; the next run has to end in the same
// branches, trees and pull requests as a run that nobody killed. Every request of every run, none sampled.

interface Play {
  readonly name: string;
  readonly options?: Partial<PublishOptions>;
  /** Before the run that is killed. */
  readonly prepare: (scene: Scene) => Promise<void>;
}

const edited = smallFleet({ scrapeInterval: '15s' });
const editedAgain = smallFleet({ scrapeInterval: '20s' });

const plays: readonly Play[] = [
  { name: 'the first run', prepare: async (scene) => scene.edit(edited) },
  {
    name: 'a second change',
    prepare: async (scene) => {
      scene.edit(edited);
      await scene.publish();
      scene.edit(editedAgain);
    },
  },
  {
    name: 'nothing left to change',
    prepare: async (scene) => {
      scene.edit(edited);
      await scene.publish();
      scene.git('checkout', '--', '.');
    },
  },
  { name: 'three trees and a label', options: { chunk: 8, labels: ['fleet'] }, prepare: async (scene) => scene.edit(edited) },
  { name: 'a push', options: { pushAbove: 5 }, prepare: async (scene) => scene.edit(edited) },
];

/** Branches and their trees, and pull requests, without the times and ids that differ between any two runs. */
async function outcome({ github }: Scene) {
  const { refs, pulls } = await github.state();
  const heads = Object.keys(refs).filter((ref) => !ref.startsWith('refs/pull/'));
  const trees = await Promise.all(heads.map(async (ref) => [ref, (await github.git('rev-parse', `${ref}^{tree}`)).trim()]));
  return {
    trees,
    commits: await Promise.all(heads.map(async (ref) => (await github.log(ref)).length)),
    pulls: pulls.map(({ state, title, body, labels, comments }) => ({
      state,
      title,
      body,
      labels,
      comments: comments.map((comment) => comment.body),
    })),
  };
}

for (const { name, options = {}, prepare } of plays)
  test(`case 30, 31: killed at each request of: ${name}`, async () => {
    const whole = await played(prepare, options, undefined);
    let nth = 0;
    // Until there is no such request any more.
    for (let isStruck = true; isStruck; ) {
      nth += 1;
      for (const when of ['before', 'after'] as const) {
        const killed = await played(prepare, options, { nth, when });
        isStruck = killed.isStruck;
        if (isStruck) assert.equal(killed.outcome, whole.outcome, `killed ${when} request ${nth}`);
      }
    }
    assert.ok(nth > 8);
  });

async function played(
  prepare: Play['prepare'],
  options: Partial<PublishOptions>,
  kill: { readonly nth: number; readonly when: 'before' | 'after' } | undefined,
) {
  const scene = await aScene(smallFleet(), { labels: ['fleet'] });
  try {
    await prepare(scene);
    let isStruck = false;
    if (kill !== undefined) {
      scene.github.inject({ nth: kill.nth, when: kill.when, effect: { kind: 'cut' } });
      await scene.publish(options).then(
        () => {},
        () => {},
      );
      isStruck = scene.github.pendingFaults.length === 0;
      if (!isStruck) return { isStruck, outcome: undefined };
      scene.github.restore();
      // A restart minutes later: nothing of the first run is in memory.
      scene.github.clock.advance(600_000);
    }
    await scene.publish(options);
    scene.writes();
    await scene.publish(options);
    assert.equal(scene.writes(), [], 'the run after writes nothing');
    return { isStruck, outcome: await outcome(scene) };
  } finally {
    await scene.end();
  }
}

test.run();
