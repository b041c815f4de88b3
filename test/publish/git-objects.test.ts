import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blobSha, commitSha, commitText, type Entry, entriesOf, modeOf, treeSha, withEntries } from '../../scripts/publish/git-objects.ts';

const inRepository = (play: (git: (args: readonly string[], input?: string) => string, root: string) => void) => () => {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-objects-'));
  try {
    const git = (args: readonly string[], input = '') => execFileSync('git', args, { cwd: root, input, encoding: 'utf8' }).trim();
    git(['init', '--quiet']);
    play(git, root);
  } finally {
    rmSync(root, { recursive: true });
  }
};

test(
  'blobs, trees and commits have the ids that git gives them',
  inRepository((git, root) => {
    // Sorting is where trees go wrong: a folder sorts as if its name ended in a slash.
    const files = new Map([
      ['a', '1\n'],
      ['a.b', '2\n'],
      ['a-b/c', '3\n'],
      ['a0', ''],
      ['ab/c/d/e', '4\n'],
      ['ab.c', '5'],
      ['é/ü', 'ß😀\n'],
      ['run', '#!/bin/sh\n'],
    ]);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    chmodSync(join(root, 'run'), 0o755);
    symlinkSync('a.b', join(root, 'link'));
    git(['add', '.']);
    const tree = git(['write-tree']);

    const entries: [string, Entry][] = [...files].map(([path, text]) => [
      path,
      { mode: path === 'run' ? '100755' : '100644', sha: blobSha(text) },
    ]);
    const folder = withEntries(new Map(), [...entries, ['link', { mode: '120000', sha: blobSha('a.b') }]]);
    assert.is(treeSha(folder), tree);
    assert.is([...entriesOf(folder)].length, files.size + 1);

    const text = commitText({
      tree,
      parents: ['0123456789012345678901234567890123456789'],
      author: 'Ada <ada@example.com> 0 +0000',
      message: 'ß\n',
    });
    assert.is(commitSha(text), git(['hash-object', '-t', 'commit', '--literally', '--stdin'], text));
  }),
);

test('any changes in any order: the folder is what its files make it', () => {
  const paths = fc.array(fc.array(fc.constantFrom('a', 'b', 'a.b', 'a-b', 'c'), { minLength: 1, maxLength: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(paths, paths, (set, gone) => {
      const files = new Map<string, Entry>();
      let folder = withEntries(new Map(), []);
      // A path that is a folder of another one cannot be a file too.
      const fits = (path: string) => [...files.keys()].every((other) => !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`));
      for (const names of set) {
        const path = names.join('/');
        if (!fits(path)) continue;
        const entry: Entry = { mode: '100644', sha: blobSha(path) };
        files.set(path, entry);
        folder = withEntries(folder, [[path, entry]]);
      }
      const deleted = gone.map((names) => names.join('/')).filter((path) => files.has(path));
      for (const path of deleted) files.delete(path);
      folder = withEntries(
        folder,
        deleted.map((path) => [path, undefined]),
      );
      assert.is(treeSha(folder), treeSha(withEntries(new Map(), files)));
      assert.equal(new Map([...entriesOf(folder)].sort()), new Map([...files].sort()));
    }),
  );
});

test('a folder that was not read is one entry, and cannot be changed within', () => {
  const docs: Entry = { mode: '40000', sha: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' };
  const folder = withEntries(new Map(), [['docs', docs]]);
  assert.equal([...entriesOf(folder)], [['docs', docs]]);
  assert.throws(() => withEntries(folder, [['docs/a', { mode: '100644', sha: docs.sha }]]), /was not read/);
});

test('case 46: a mode that git does not know is refused', () => {
  assert.is(modeOf('040000'), '40000');
  assert.is(modeOf('100755'), '100755');
  for (const mode of ['100664', '', '755', '0100644'])
    assert.throws(() => (mode === '0100644' ? modeOf('00100644') : modeOf(mode)), /no mode/);
});

test.run();
