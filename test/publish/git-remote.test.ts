import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerVersion } from '../../scripts/compiler-version.ts';
import { loadInventory } from '../../scripts/inventory/load.ts';
import { type Outcome, type PublishOptions, publishTo } from '../../scripts/publish/publish-to.ts';
import { trailersOf } from '../../scripts/publish/trailers.ts';
import { compileSources, messageOf, repositoryOf, smallFleet, standard } from './support/publisher.ts';

// `--to git`: a bare repository on disk, no account, no network.

interface Bare {
  readonly root: string;
  readonly remote: string;
  readonly edit: (files: Iterable<readonly [string, string]>) => void;
  readonly clone: (...args: readonly string[]) => string;
  readonly bare: (...args: readonly string[]) => string;
  readonly publish: (options?: Partial<PublishOptions>) => Promise<Outcome>;
}

const edited = smallFleet({ scrapeInterval: '15s' });
const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

const withBare = (play: (bare: Bare) => Promise<void>) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-git-test-'));
  try {
    const [remote, root] = [join(folder, 'fleet.git'), join(folder, 'clone')];
    const git = (cwd: string, ...args: readonly string[]) =>
      execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    git(folder, 'init', '--quiet', '--initial-branch=main', root);
    const edit = (files: Iterable<readonly [string, string]>) => {
      for (const [path, text] of files) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    };
    edit(Object.entries(repositoryOf(smallFleet())));
    git(root, 'add', '.');
    git(root, 'commit', '--quiet', '-m', 'first');
    git(root, 'remote', 'add', 'origin', remote);
    git(root, 'push', '--quiet', '-u', 'origin', 'main');
    await play({
      root,
      remote,
      edit,
      clone: (...args) => git(root, ...args),
      bare: (...args) => git(remote, ...args).trim(),
      publish: async (options) => {
        const { sources, inventory } = loadInventory(root);
        if (inventory === undefined) throw new Error('the inventory is wrong');
        return publishTo({ ...standard, root, to: 'git', ...options }, sources, inventory, {
          compiler: { version: compilerVersion, compile: compileSources },
          env: { PATH: process.env.PATH, HOME: folder },
          clock: { now: () => 0, sleep: async () => {}, timeout: () => new AbortController().signal },
          random: () => 0.5,
          node: 'v24.0.0',
        });
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const one = ({ results }: Outcome) => {
  const [result, ...more] = results;
  if (result === undefined || more.length > 0) throw new Error(JSON.stringify(results));
  return result;
};

/** Everything of a clone: work tree, index, HEAD, refs, objects. */
const photograph = (root: string): string =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile() && !path.startsWith('.git/fleetc/'))
    .sort()
    .map((path) => `${path} ${readFileSync(join(root, path)).toString('base64')}`)
    .join('\n');

test(
  'a branch, a text, and a clone that is as it was; the second run writes nothing',
  withBare(async ({ root, remote, edit, clone, bare, publish }) => {
    edit(edited);
    clone('status');
    const before = photograph(root);
    const result = one(await publish());
    assert.is(result.status, 'created');
    assert.is(photograph(root), before);
    assert.is(bare('rev-parse', 'fleetc/fleet^{tree}'), result.tree);
    assert.is(bare('rev-parse', 'fleetc/fleet^'), bare('rev-parse', 'main'));
    const trailers = trailersOf(bare('log', '-1', '--format=%B', 'fleetc/fleet'));
    assert.is(trailers?.['Compiled-Tree'], result.tree);
    assert.match(readFileSync(join(root, '.git/fleetc/fleet.md'), 'utf8'), /^# fleetc: the fleet, [0-9]+ of 3 clusters\n/);
    bare('fsck', '--strict');

    const there = photograph(remote);
    const again = one(await publish());
    assert.is(again.status, 'unchanged');
    assert.is(again.head, result.head);
    assert.is(photograph(remote), there);
  }),
);

test(
  'merged with git, the branch goes; the output on main is what fleetc compiles',
  withBare(async ({ edit, clone, bare, publish }) => {
    edit(edited);
    await publish();
    clone('checkout', '--quiet', '--', '.');
    clone('fetch', '--quiet');
    clone('merge', '--quiet', 'origin/fleetc/fleet');
    clone('push', '--quiet');
    assert.is(one(await publish()).status, 'retired');
    assert.is(bare('branch', '--format=%(refname:short)'), 'main');
    assert.equal((await publish()).results, []);
  }),
);

test(
  'commits of others on the branch stay; --discard-foreign replaces them',
  withBare(async ({ edit, clone, bare, publish }) => {
    edit(edited);
    await publish();
    clone('fetch', '--quiet');
    clone('stash', '--quiet');
    clone('checkout', '--quiet', '-b', 'theirs', 'origin/fleetc/fleet');
    edit([['docs/a.md', 'mine\n']]);
    clone('add', '.');
    clone('commit', '--quiet', '-m', 'mine');
    clone('push', '--quiet', 'origin', 'HEAD:fleetc/fleet');
    clone('checkout', '--quiet', 'main');
    clone('stash', 'pop', '--quiet');
    const theirs = bare('rev-parse', 'fleetc/fleet');
    const blocked = one(await publish());
    assert.is(blocked.status, 'blocked');
    assert.is(bare('rev-parse', 'fleetc/fleet'), theirs);
    const result = one(await publish({ discardForeign: true }));
    assert.is(result.status, 'updated');
    assert.ok(result.warnings.some((warning) => warning.includes(theirs)));
    assert.is(bare('rev-parse', 'fleetc/fleet^{tree}'), result.tree);
  }),
);

test(
  'somebody pushes just before we do: their commit stays, and is told',
  withBare(async ({ root, remote, edit, clone, bare, publish }) => {
    edit(edited);
    await publish();
    clone('fetch', '--quiet');
    // The remote takes another commit while it receives ours: what a race looks like from within.
    const tree = bare('rev-parse', 'main^{tree}');
    const theirs = bare('commit-tree', tree, '-p', bare('rev-parse', 'fleetc/fleet'), '-m', 'mine');
    const hook = join(remote, 'hooks/pre-receive');
    writeFileSync(hook, `#!/bin/sh\nunset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/fleetc/fleet ${theirs}\nrm hooks/pre-receive\n`);
    chmodSync(hook, 0o755);
    edit(smallFleet({ scrapeInterval: '20s' }));
    assert.is(one(await publish()).status, 'blocked');
    assert.is(existsSync(hook), false);
    assert.is(bare('rev-parse', 'fleetc/fleet'), theirs);
    assert.ok(root);
  }),
);

test(
  '--dry-run tells the tree, the files, the message and the text, and writes nothing anywhere',
  withBare(async ({ root, remote, edit, clone, publish }) => {
    edit(edited);
    clone('status');
    const before = [photograph(root), photograph(remote)];
    const { writes, results } = await publish({ dryRun: true });
    assert.equal([photograph(root), photograph(remote)], before);
    assert.equal(
      writes?.map(({ kind }) => kind),
      ['commit', 'branch'],
    );
    const result = one(await publish());
    const [commit] = writes ?? [];
    assert.is(commit?.kind === 'commit' && commit.commit.tree, result.tree);
    assert.is(results[0]?.tree, result.tree);
    assert.equal((await publish({ dryRun: true })).writes, []);
  }),
);

test(
  'a shallow clone without the common commit says what to do; with the same inventory it needs none',
  withBare(async ({ root, remote, edit, publish }) => {
    assert.ok(remote);
    edit(edited);
    rmSync(join(root, '.git'), { recursive: true });
    assert.match(await messageOf(publish()), /is no clone of a git repository/);
    execFileSync('git', ['init', '--quiet', root]);
    assert.match(await messageOf(publish({ remote })), /no commit in common with it. Run git fetch/);
    edit(smallFleet());
    assert.equal((await publish({ remote })).results, []);
  }),
);

test(
  'a remote without the branch names those that it has',
  withBare(async ({ edit, publish }) => {
    edit(edited);
    assert.match(await messageOf(publish({ base: 'trunk' })), /origin has no branch trunk. It has main: name the base with --base/);
  }),
);

test(
  'the text goes where it is asked for',
  withBare(async ({ root, edit, publish }) => {
    edit(edited);
    const body = join(root, '..', 'body.md');
    assert.is(one(await publish({ body })).body, body);
    assert.match(readFileSync(body, 'utf8'), /^# fleetc/);
    assert.is(existsSync(join(root, '.git/fleetc')), false);
  }),
);

test(
  'a folder of a repository is no repository of a fleet',
  withBare(async ({ root, edit, publish }) => {
    edit([...smallFleet()].map(([path, text]) => [`sub/${path}`, text] as const));
    assert.match(await messageOf(publish({ root: join(root, 'sub') })), /is the folder sub\/ of a repository/);
  }),
);

test.run();
