import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileTree } from '../../../scripts/tree/tree.ts';

/** A bare repository in a folder, whose commits hold one tree each. */
export class GitRepository {
  readonly gitDir: string;
  readonly #work: string;

  constructor(folder: string) {
    this.gitDir = join(folder, 'fleet.git');
    this.#work = join(folder, 'work');
    mkdirSync(this.#work, { recursive: true });
    this.#git('init', '--quiet', '--bare', this.gitDir);
  }

  /** Gives the hash of a commit after the last one. */
  commit(tree: FileTree, message: string): string {
    rmSync(this.#work, { recursive: true });
    for (const [path, text] of tree) {
      mkdirSync(dirname(join(this.#work, path)), { recursive: true });
      writeFileSync(join(this.#work, path), text);
    }
    const git = (...args: string[]) => this.#git('--git-dir', this.gitDir, '--work-tree', this.#work, ...args);
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD').trim();
  }

  /** Where a branch is, by its full name. */
  move(branch: string, commit: string): void {
    this.#git('--git-dir', this.gitDir, 'update-ref', branch, commit);
  }

  #git(...args: string[]): string {
    return execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example', '-c', 'gc.auto=0', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      maxBuffer: 64 * 1024 * 1024,
    });
  }
}
