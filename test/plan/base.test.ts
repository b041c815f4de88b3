import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readBase } from '../../scripts/plan/base.ts';

interface Repository {
  root: string;
}

const test = suite<Repository>('plan base');

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'fleetc-base-'));
});
test.after.each(({ root }) => rmSync(root, { recursive: true }));

/** git as a person runs it, without that person's configuration. */
function git(root: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((who) => [
          [`GIT_${who}_NAME`, 'test'],
          [`GIT_${who}_EMAIL`, 'test@example.org'],
        ]),
      ),
    },
  });
  assert.is(status, 0, `git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

const write = (root: string, path: string, text: string | Buffer): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Commits all files, and answers the commit. */
function commit(root: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
  for (const [path, text] of Object.entries(files)) write(root, path, text);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'x');
  return git(root, 'rev-parse', 'HEAD');
}

const start = (root: string): void => void git(root, 'init', '--quiet', '--initial-branch', 'main');

test('no repository, and a repository without a commit: no base', ({ root }) => {
  assert.is(readBase(root, { branch: 'main' }), undefined);
  start(root);
  assert.is(readBase(root, { branch: 'main' }), undefined);
});

test('the inventory and the output of the commit, whatever the files on disk are', ({ root }) => {
  start(root);
  const first = commit(root, {
    'clusters/fleet.ts': 'one',
    'clusters/a.d.ts': '',
    'clusters/notes.md': '',
    'base/x': 'x',
    'overlays/kr/a b/ü.yaml': 'ü\n',
    'generated/empty': '',
    'README.md': '',
  });
  write(root, 'clusters/fleet.ts', 'two');
  rmSync(join(root, 'base'), { recursive: true });
  const found = readBase(root, { branch: 'main' });
  assert.equal(found?.base, { kind: 'git', ref: 'main', commit: first });
  assert.equal([...(found?.sources ?? [])], [['clusters/fleet.ts', 'one']]);
  assert.equal([...(found?.tree ?? [])].sort(), [
    ['base/x', 'x'],
    ['generated/empty', ''],
    ['overlays/kr/a b/ü.yaml', 'ü\n'],
  ]);
  assert.is(git(root, 'status', '--porcelain'), 'D base/x\n M clusters/fleet.ts');
});

test('symbolic links and what is no text are left out', ({ root }) => {
  start(root);
  symlinkSync('/etc/passwd', join(root, 'link'));
  write(root, 'base/a', 'a');
  symlinkSync('../a', join(root, 'base/link'));
  symlinkSync('/etc', join(root, 'overlays'));
  commit(root, { 'generated/bytes': Buffer.from([0xff, 0xfe, 0x00]) });
  assert.equal([...(readBase(root, {})?.tree.keys() ?? [])], ['base/a']);
});

test('the merge base: origin before the branch of this clone, and where HEAD left it', ({ root }) => {
  const [remote, clone] = [join(root, 'remote'), join(root, 'clone')];
  mkdirSync(remote);
  start(remote);
  const first = commit(remote, { 'base/x': '1' });
  git(root, 'clone', '--quiet', remote, clone);
  git(clone, 'checkout', '--quiet', '-b', 'work');
  commit(clone, { 'base/x': '2' });
  commit(remote, { 'base/x': '3' });
  git(clone, 'fetch', '--quiet');
  assert.equal(readBase(clone, { branch: 'main' })?.base, { kind: 'git', ref: 'origin/HEAD', commit: first });
  git(clone, 'remote', 'set-head', 'origin', '--delete');
  assert.equal(readBase(clone, { branch: 'main' })?.base, { kind: 'git', ref: 'origin/main', commit: first });
  git(clone, 'update-ref', '-d', 'refs/remotes/origin/main');
  assert.equal(readBase(clone, { branch: 'main' })?.base, { kind: 'git', ref: 'main', commit: first });
  const head = git(clone, 'rev-parse', 'HEAD');
  assert.equal(readBase(clone, { branch: 'nobody' })?.base, { kind: 'git', ref: 'HEAD', commit: head });
});

test('--base names any commit', ({ root }) => {
  start(root);
  const first = commit(root, { 'base/x': '1' });
  commit(root, { 'base/x': '2' });
  for (const ref of ['HEAD~1', 'HEAD^', first, first.slice(0, 10)]) {
    const found = readBase(root, { ref });
    assert.equal([found?.base.commit, found?.base.ref, found?.tree.get('base/x')], [first, ref, '1']);
  }
});

test('a base that is no commit is refused, options and ranges among them', ({ root }) => {
  assert.throws(() => readBase(root, { ref: 'main' }), /not in a git repository/);
  start(root);
  commit(root);
  assert.throws(() => readBase(root, { ref: 'nobody' }), /--base nobody: git knows no such commit/);
  for (const ref of ['-x', '--upload-pack=touch x', '', 'a..b', 'a b', 'HEAD:base', '^HEAD', 'a\nb'])
    assert.throws(() => readBase(root, { ref }), /is no name of a commit/, ref);
});

test('a shallow clone without the merge base says how to get it', ({ root }) => {
  const [remote, clone] = [join(root, 'remote'), join(root, 'clone')];
  mkdirSync(remote);
  start(remote);
  commit(remote);
  git(remote, 'checkout', '--quiet', '-b', 'work');
  commit(remote);
  git(root, 'clone', '--quiet', '--depth', '1', '--no-single-branch', `file://${remote}`, clone);
  git(clone, 'update-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  git(clone, 'checkout', '--quiet', 'work');
  assert.throws(() => readBase(clone, { branch: 'main' }), /shallow.*git fetch --unshallow.*--base/);
});

test('branches without a commit in common ask for --base', ({ root }) => {
  start(root);
  commit(root);
  git(root, 'checkout', '--quiet', '--orphan', 'other');
  commit(root, { 'base/x': 'other' });
  assert.throws(() => readBase(root, { branch: 'main' }), /no commit in common/);
});

test('a folder of a repository is a fleet of its own', ({ root }) => {
  start(root);
  commit(root, { 'one/base/x': '1', 'base/x': '2' });
  assert.equal([...(readBase(join(root, 'one'), {})?.tree ?? [])], [['base/x', '1']]);
});

test('variables of the environment that send git elsewhere are ignored', ({ root }) => {
  start(root);
  commit(root, { 'base/x': '1' });
  const saved = process.env.GIT_DIR;
  process.env.GIT_DIR = '/nowhere';
  try {
    assert.is(readBase(root, {})?.tree.get('base/x'), '1');
  } finally {
    if (saved === undefined) delete process.env.GIT_DIR;
    else process.env.GIT_DIR = saved;
  }
});

test.run();
