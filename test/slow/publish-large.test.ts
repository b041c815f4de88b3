import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Delta } from '../../scripts/publish/delta.ts';
import { applied } from '../../scripts/publish/delta.ts';
import { openGit } from '../../scripts/publish/git.ts';
import { blobSha, treeSha } from '../../scripts/publish/git-objects.ts';
import { openGitHub } from '../../scripts/publish/github.ts';
import { gitHubRemote } from '../../scripts/publish/github-remote.ts';
import { localObjects } from '../../scripts/publish/local-objects.ts';
import type { FakeGitHubOptions } from '../publish/fake-github/fake-github.ts';
import { assertSettled, messageOf, type Scene, scenario, smallFleet } from '../publish/support/publisher.ts';

// Many files: the transports, below the plan.

const edited = smallFleet({ scrapeInterval: '15s' });
const count = (scene: Scene, operation: string) => scene.github.requests.filter((request) => request.operation === operation).length;

/** So many new files, straight onto a branch. */
async function publishFiles(scene: Scene, files: number, limits: { readonly chunk: number; readonly push: number }) {
  const { github, root } = scene;
  const git = openGit(root, { PATH: process.env.PATH, HOME: root });
  try {
    const objects = localObjects(git);
    const origin = new URL(github.url).origin;
    const gitHub = await openGitHub({
      address: { api: github.url, server: origin, owner: github.owner, repo: github.repo },
      token: github.token,
      clock: github.clock,
      deadline: Number.POSITIVE_INFINITY,
      version: '0.0.0-test',
    });
    const remote = gitHubRemote(gitHub, objects, limits);
    const base = await remote.readBranch('main');
    const deltas = Array.from({ length: files }, (_, i): Delta => {
      const text = `number: ${i}\n`;
      return { path: `overlays/r${i % 10}/c${Math.floor(i / 10)}/file.yaml`, after: { mode: '100644', sha: blobSha(text) }, text };
    });
    const tree = treeSha(applied(base.tree, deltas));
    scene.writes();
    const { sha, staging } = await remote.writeCommit({ base, deltas, tree, message: 'many' });
    assert.is(await remote.moveBranches([{ ref: 'refs/heads/fleetc/fleet', after: sha }, ...staging]), 'moved');
    const writes = scene.writes();
    assert.is((await github.git('rev-parse', 'fleetc/fleet^{tree}')).trim(), tree);
    const { refs } = await github.state();
    assert.equal(
      Object.keys(refs).filter((ref) => ref.includes('staging')),
      [],
    );
    return writes;
  } finally {
    git.close();
  }
}

test(
  'case 41: 250 files where a tree takes 100: three trees, one commit',
  scenario(
    async (scene) => {
      const writes = await publishFiles(scene, 250, { chunk: 100, push: 2_000 });
      assert.equal(writes, ['git/create-tree', 'git/create-tree', 'git/create-tree', 'git/create-commit', 'graphql updateRefs']);
    },
    undefined,
    { treeEntryLimit: 100 },
  ),
);

test(
  'case 42: GitHub takes too long above 60 entries: smaller trees, and through',
  scenario(
    async (scene) => {
      await publishFiles(scene, 250, { chunk: 100, push: 2_000 });
      assert.is(count(scene, 'git/create-commit'), 1);
      // 100 is refused, then 50 each.
      assert.is(count(scene, 'git/create-tree'), 6);
    },
    undefined,
    { treeEntryLimit: 60 },
  ),
);

test(
  'case 42: the same with 502 in place of words',
  scenario(async (scene) => {
    scene.github.inject({
      method: 'POST',
      path: /\/git\/trees$/,
      effect: { kind: 'answer', status: 502, body: { message: 'Server Error' } },
    });
    await publishFiles(scene, 80, { chunk: 100, push: 2_000 });
    assert.is(count(scene, 'git/create-tree'), 3);
  }),
);

test(
  'a request stays below a megabyte of content',
  scenario(
    async (scene) => {
      scene.edit(edited);
      await scene.publishOne();
    },
    undefined,
    { treeByteLimit: 1_200_000 },
  ),
);

const hasBackend = existsSync('/usr/lib/git-core/git-http-backend');
if (!hasBackend) console.log('not run: case 43, git push over HTTP: git has no http-backend here');

for (const [name, options] of [
  ['in one push', {}],
  ['where updateRefs takes branches only', { hiddenRefs: 'refused' }],
] as const satisfies readonly (readonly [string, FakeGitHubOptions])[])
  test(
    `case 43: 30,000 files ${name}: at most five writes over the API, and no ref is left over`,
    scenario(
      async (scene) => {
        if (!hasBackend) return;
        const start = performance.now();
        const writes = await publishFiles(scene, 30_000, { chunk: 100, push: 2_000 });
        assert.ok(writes.filter((operation) => !operation.startsWith('git receive-pack')).length <= 5, writes.join(', '));
        console.log(`case 43 ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s, ${writes.join(', ')}`);
        assert.ok(performance.now() - start < 60_000);
      },
      undefined,
      options,
    ),
  );

test(
  'case 43: where a pushed tree is of no use, tree by tree',
  scenario(
    async (scene) => {
      if (!hasBackend) return;
      await publishFiles(scene, 150, { chunk: 100, push: 100 });
      assert.is(count(scene, 'git/create-tree'), 2);
    },
    undefined,
    { pushedTrees: 'refused' },
  ),
);

test(
  'case 43: the whole way with a push',
  scenario(async (scene) => {
    if (!hasBackend) return;
    scene.edit(edited);
    const result = await scene.publishOne({ pushAbove: 5 });
    assert.is(result.status, 'created');
    assert.is(count(scene, 'git/create-tree'), 0);
    assert.is((await scene.github.log('fleetc/fleet'))[0]?.verified, true);
    await assertSettled(scene);
  }),
);

for (const hiddenRefs of ['moved', 'refused'] as const)
  test(
    `case 43: what a killed push left is swept by the next run, hidden refs ${hiddenRefs}`,
    scenario(
      async (scene) => {
        if (!hasBackend) return;
        scene.edit(edited);
        scene.github.inject({ method: 'POST', path: /\/git\/commits$/, effect: { kind: 'cut' } });
        await messageOf(scene.publish({ pushAbove: 5 }));
        scene.github.restore();
        const staging = async () => Object.keys((await scene.github.state()).refs).filter((ref) => ref.startsWith('refs/fleetc/'));
        assert.is((await staging()).length, 1);
        scene.edit(smallFleet({ scrapeInterval: '20s' }));
        await scene.publishOne({ pushAbove: 5 });
        assert.equal(await staging(), []);
        await assertSettled(scene);
      },
      undefined,
      { hiddenRefs },
    ),
  );

test.run();
