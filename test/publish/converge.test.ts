import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerVersion } from '../../scripts/compiler-version.ts';
import { ourPart } from '../../scripts/publish/marker.ts';
import { trailersOf } from '../../scripts/publish/trailers.ts';
import { assertSettled, compileSources, messageOf, scenario, smallFleet } from './support/publisher.ts';

const edited = smallFleet({ scrapeInterval: '15s' });
const editedAgain = smallFleet({ scrapeInterval: '20s' });

test(
  'case 1: a tree, a commit, updateRefs, a pull request; the branch is base plus inventory and output, and deleted paths are gone',
  scenario(async (scene) => {
    const { github } = scene;
    scene.edit(edited);
    const result = await scene.publishOne();
    assert.is(result.status, 'created');
    assert.equal(scene.writes(), ['git/create-tree', 'git/create-commit', 'graphql updateRefs', 'pulls/create']);

    const [commit] = await github.log('fleetc/fleet');
    assert.is(commit?.tree, result.tree);
    assert.is(commit?.verified, true);
    const files = await github.files('fleetc/fleet');
    const wanted = new Map([
      ...edited,
      ...compileSources(edited).tree,
      ['README.md', 'ours\n'],
      ['.github/workflows/ci.yml', 'on: push\n'],
    ]);
    assert.equal([...files].map(([path, { text }]) => [path, text]).sort(), [...wanted].sort());
    // What git makes of the same files is the same tree.
    assert.is((await github.git('rev-parse', 'fleetc/fleet^{tree}')).trim(), result.tree);

    const [pull] = (await github.state()).pulls;
    assert.is(pull?.head.sha, commit?.sha);
    assert.is(ourPart(pull?.body)?.marker.tree, result.tree);
    const trailers = trailersOf(commit?.message ?? '');
    assert.is(trailers?.['Compiled-Tree'], commit?.tree);
    assert.is(trailers?.['Compiler-Version'], compilerVersion);
    await assertSettled(scene);
  }),
);

test(
  'case 2: the same run again writes nothing; head and body stay, byte for byte',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    const before = await scene.github.state();
    scene.writes();
    const result = await scene.publishOne();
    assert.is(result.status, 'unchanged');
    assert.equal(scene.writes(), []);
    assert.equal(await scene.github.state(), before);
  }),
);

test(
  'case 3: nothing to change and no pull request: nothing is written',
  scenario(async (scene) => {
    const { results, diagnostics } = await scene.publish();
    assert.equal({ results, diagnostics }, { results: [], diagnostics: [] });
    assert.equal(scene.writes(), []);
  }),
);

test(
  'case 4: nothing is left to change: the pull request is closed with a reason, the branch deleted where it was read',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    scene.writes();
    scene.git('checkout', '--', '.');
    const result = await scene.publishOne();
    assert.is(result.status, 'retired');
    assert.equal(scene.writes(), ['issues/create-comment', 'pulls/update', 'graphql updateRefs']);
    const { pulls, refs } = await scene.github.state();
    assert.is(pulls[0]?.state, 'closed');
    assert.match(pulls[0]?.comments[0]?.body ?? '', /Nothing is left to change/);
    assert.is(refs['refs/heads/fleetc/fleet'], undefined);
    await assertSettled(scene);

    // The change comes back: another pull request, that names the old one.
    scene.edit(edited);
    assert.is((await scene.publishOne()).status, 'created');
    assert.match((await scene.github.state()).pulls.at(-1)?.body ?? '', /After #1, which was closed/);
    await assertSettled(scene);
  }),
);

test(
  'case 12: the base moves elsewhere: the pull request is left alone, and takes nothing back',
  scenario(async (scene) => {
    scene.edit(edited);
    const first = await scene.publishOne();
    await scene.github.people.commit('main', { 'docs/a.md': 'new\n' });
    scene.writes();
    const second = await scene.publishOne();
    assert.is(second.status, 'unchanged');
    assert.is(second.head, first.head);
    assert.equal(scene.writes(), []);

    // While a run builds: what it then pushes does not revert the change either.
    scene.edit(editedAgain);
    scene.github.inject({
      path: /\/git\/trees$/,
      effect: { kind: 'meanwhile', act: async () => void (await scene.github.people.commit('main', { 'docs/b.md': 'newer\n' })) },
    });
    await scene.publish();
    await scene.github.people.mergePullRequest(1, 'merge');
    const files = await scene.github.files('main');
    assert.is(files.get('docs/a.md')?.text, 'new\n');
    assert.is(files.get('docs/b.md')?.text, 'newer\n');
    scene.git('checkout', '--', '.');
    scene.pull();
    await scene.publish();
    await assertSettled(scene);
  }),
);

test(
  'case 13: the base moves on a file that the branch changes: built anew on it, and an inventory of others is never reverted',
  scenario(async (scene) => {
    scene.edit(edited);
    const first = await scene.publishOne();
    const one = smallFleet().get('clusters/one.ts')?.replace('192.0.2.11', '192.0.2.99') ?? '';
    const changed = new Map([...smallFleet(), ['clusters/one.ts', one]]);
    await scene.github.people.commit('main', { 'clusters/one.ts': one, ...Object.fromEntries(compileSources(changed).tree) });
    const second = await scene.publishOne();
    assert.is(second.status, 'updated');
    assert.is.not(second.head, first.head);
    const files = await scene.github.files('fleetc/fleet');
    assert.is(files.get('clusters/one.ts')?.text, one);
    const both = new Map([...edited, ['clusters/one.ts', one]]);
    for (const [path, text] of compileSources(both).tree) assert.is(files.get(path)?.text, text, path);
    const log = await scene.github.log('fleetc/fleet');
    assert.is(log[1]?.sha, (await scene.github.log('main'))[0]?.sha);
    await assertSettled(scene);
  }),
);

test(
  'case 13: the base moves on a managed file while a run builds: the next round builds on it',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    scene.edit(editedAgain);
    const one = smallFleet().get('clusters/one.ts')?.replace('192.0.2.11', '192.0.2.99') ?? '';
    scene.github.inject({
      path: /\/git\/trees$/,
      effect: { kind: 'meanwhile', act: async () => void (await scene.github.people.commit('main', { 'clusters/one.ts': one })) },
    });
    await scene.publish();
    await scene.publish();
    const files = await scene.github.files('fleetc/fleet');
    assert.is(files.get('clusters/one.ts')?.text, one);
    const both = new Map([...editedAgain, ['clusters/one.ts', one]]);
    for (const [path, text] of compileSources(both).tree) assert.is(files.get(path)?.text, text, path);
    await assertSettled(scene);
  }),
);

test(
  'an inventory file that changed here and on the base is refused, by name',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.github.people.commit('main', { 'clusters/fleet.ts': editedAgain.get('clusters/fleet.ts') ?? '' });
    assert.match(await messageOf(scene.publish()), /clusters\/fleet\.ts was changed here and on main too/);
    assert.equal(scene.writes(), []);
  }),
);

test(
  'a file of somebody else in an output folder stays, with a warning; one in the way is refused',
  scenario(async (scene) => {
    await scene.github.people.commit('main', { 'overlays/notes.txt': 'mine\n' });
    scene.edit(edited);
    const { diagnostics } = await scene.publish();
    assert.equal(
      diagnostics.map(({ code, severity }) => [code, severity]),
      [['tree/foreign-file', 'warning']],
    );
    assert.is((await scene.github.files('fleetc/fleet')).get('overlays/notes.txt')?.text, 'mine\n');

    await scene.github.people.commit('main', { 'overlays/kr/one/kustomization.yaml': 'mine: true\n' });
    const refused = await scene.publish();
    assert.equal(refused.results, []);
    assert.ok(
      refused.diagnostics.some(({ severity, span }) => severity === 'error' && span?.file === 'overlays/kr/one/kustomization.yaml'),
    );
  }),
);

test(
  'case 27: a pull request that somebody opened for the branch is adopted, and their text stays',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.editPullRequest(1, { body: 'A text of mine.' });
    const result = await scene.publishOne();
    assert.is(result.status, 'adopted');
    const [pull, ...more] = (await scene.github.state()).pulls;
    assert.is(more.length, 0);
    assert.ok(pull?.body?.startsWith('A text of mine.'));
    assert.is(ourPart(pull?.body)?.marker.group, 'fleet');
    await assertSettled(scene);
  }),
);

test(
  'case 28: closed by a person: not opened again for the same change, and named by the next',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.closePullRequest(1);
    scene.writes();
    const declined = await scene.publishOne();
    assert.is(declined.status, 'declined');
    assert.match(declined.reason ?? '', /#1/);
    assert.equal(scene.writes(), []);

    scene.edit(editedAgain);
    const next = await scene.publishOne();
    assert.is(next.status, 'created');
    assert.is(next.pull?.number, 2);
    assert.match((await scene.github.state()).pulls.find(({ number }) => number === 2)?.body ?? '', /#1/);
    await assertSettled(scene);
  }),
);

test(
  'case 29: merged by squash, the branch left behind: a new pull request holds the new change only',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.mergePullRequest(1, 'squash');
    scene.git('checkout', '--', '.');
    scene.pull();
    scene.edit(editedAgain);
    const result = await scene.publishOne();
    assert.is(result.status, 'created');
    assert.is(result.pull?.number, 2);
    const changed = (await scene.github.git('diff', '--name-only', '--no-renames', 'main...fleetc/fleet')).trim().split('\n');
    assert.is(changed.length, result.files);
    await assertSettled(scene);
  }),
);

test(
  'a pull request that is merged leaves a branch that is deleted, once nothing is left to change',
  scenario(async (scene) => {
    scene.edit(edited);
    await scene.publish();
    await scene.github.people.mergePullRequest(1, 'merge');
    scene.git('checkout', '--', '.');
    scene.pull();
    assert.is((await scene.publishOne()).status, 'retired');
    assert.is((await scene.github.state()).refs['refs/heads/fleetc/fleet'], undefined);
    await assertSettled(scene);
  }),
);

test(
  'case 44: without the base in the clone and with a cut listing, folder by folder: nothing is taken for deleted',
  scenario(
    async (scene) => {
      scene.edit(edited);
      await scene.github.people.commit('main', { 'docs/a.md': 'not in the clone\n' });
      await scene.publish();
      const files = await scene.github.files('fleetc/fleet');
      for (const [path, text] of compileSources(edited).tree) assert.is(files.get(path)?.text, text, path);
      assert.is(files.get('docs/a.md')?.text, 'not in the clone\n');
      assert.ok(scene.requests().some(({ operation }) => operation === 'git/get-tree'));
      await assertSettled(scene);
    },
    undefined,
    { listingLimit: 20 },
  ),
);

test(
  'case 45: what the base does not have is not deleted from it',
  scenario(async (scene) => {
    const gone = [...compileSources(smallFleet()).tree.keys()].find((path) => path.startsWith('overlays/kr/two/')) ?? '';
    await scene.github.people.commit('main', { [gone]: null });
    const without = new Map([...smallFleet()].filter(([path]) => path !== 'clusters/two.ts'));
    scene.edit({ 'clusters/two.ts': null });
    await scene.publish();
    const files = await scene.github.files('fleetc/fleet');
    assert.equal(
      [...files.keys()].filter((path) => /^(?:base|generated|overlays)\//.test(path)).sort(),
      [...compileSources(without).tree.keys()].sort(),
    );
    await assertSettled(scene);
  }),
);

test(
  'case 46: an executable file stays one; a link in the way is refused',
  scenario(async (scene) => {
    const [path = ''] = [...compileSources(smallFleet()).tree.keys()].filter((each) => each.startsWith('overlays/kr/centre/kustomization'));
    const text = compileSources(smallFleet()).tree.get(path) ?? '';
    await scene.github.people.commit('main', {
      [path]: { mode: '100755', content: text },
      'tools/run': { mode: '100755', content: '#!/bin/sh\n' },
      link: { mode: '120000', content: 'README.md' },
    });
    scene.edit(edited);
    await scene.publish();
    const files = await scene.github.files('fleetc/fleet');
    assert.equal(
      [path, 'tools/run', 'link'].map((each) => files.get(each)?.mode),
      ['100755', '100755', '120000'],
    );
    await scene.github.people.commit('main', { [path]: { mode: '120000', content: 'README.md' } });
    const { diagnostics } = await scene.publish();
    assert.ok(diagnostics.some(({ message }) => message === `${path} is a symbolic link`));
  }),
);

test.run();
