// [IO]
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Refusal, scrub } from './failure.ts';

/** Whatever the user's configuration says of these: they write beside the objects, or print what nobody asked for. */
const settings = ['core.splitIndex=false', 'core.fsmonitor=false', 'log.showSignature=false', 'fastimport.unpackLimit=0'].flatMap(
  (each) => ['-c', each],
);

type Environment = Readonly<Record<string, string | undefined>>;

/** Git on the repository that holds the fleet. Its work tree, index, HEAD, branches and objects stay as they are: new objects go to a folder
 *  of our own, which is deleted in the end. */
export interface Git {
  /** What git printed. Throws with what git said. */
  run(args: readonly string[], options?: GitOptions): Buffer;
  /** The same as text without the last line break; undefined where git said no. */
  ask(args: readonly string[], options?: GitOptions): string | undefined;
  /** The same for what talks to another repository, which may take its time. */
  reach(args: readonly string[], options?: GitOptions): Promise<Buffer>;
  /** The repository's own folder, `.git`. */
  readonly folder: string;
  close(): void;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Environment;
}

export function openGit(root: string, env: Environment): Git {
  const plain = (args: readonly string[]) => runGit(args, { cwd: root, env: bare(env) });
  const [prefix, folder, objects] = inRepository(root, plain);
  if (prefix !== '')
    throw new Refusal(
      `${root} is the folder ${prefix} of a repository. Publish from the top of the repository: Argo CD reads base/, overlays/ and generated/ there.`,
    );

  const scratch = mkdtempSync(join(tmpdir(), 'fleetc-publish-'));
  mkdirSync(join(scratch, 'objects', 'pack'), { recursive: true });
  const own = {
    ...bare(env),
    GIT_OBJECT_DIRECTORY: join(scratch, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(resolve(root, objects)),
    GIT_INDEX_FILE: join(scratch, 'index'),
  };
  const run: Git['run'] = (args, options = {}) => runGit(args, { cwd: root, env: { ...own, ...options.env }, input: options.input });
  return {
    run,
    ask(args, options) {
      try {
        return run(args, options).toString('utf8').replace(/\n$/, '');
      } catch (error) {
        if (error instanceof GitFailure) return undefined;
        throw error;
      }
    },
    reach: (args, options = {}) => reachGit(args, { cwd: root, env: { ...own, ...options.env } }),
    folder: resolve(root, folder),
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

export class GitFailure extends Error {}

/** What a hook or an alias of the caller may have set would lead git elsewhere. */
const bare = (env: Environment): Environment => ({
  ...Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|COMMON_DIR)$/.test(name),
    ),
  ),
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
});

function inRepository(root: string, run: (args: readonly string[]) => Buffer): [prefix: string, folder: string, objects: string] {
  try {
    const lines = run(['rev-parse', '--show-prefix', '--git-dir', '--git-path', 'objects']).toString('utf8').split('\n');
    return [lines[0] ?? '', lines[1] ?? '', lines[2] ?? ''];
  } catch (error) {
    if (error instanceof GitFailure)
      throw new Refusal(`${resolve(root)} is no clone of a git repository: ${error.message}. Publish from a clone.`);
    throw error;
  }
}

/** A list of paths in one variable: git reads quotes as in C. */
const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

function runGit(args: readonly string[], options: { cwd: string; env: Environment; input?: string | Uint8Array | undefined }): Buffer {
  const { status, signal, error, stdout, stderr } = spawnSync('git', [...settings, ...args], {
    ...options,
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw failureToStart(error);
  if (status === 0) return stdout;
  throw failed(args, stderr, signal ?? status);
}

function reachGit(args: readonly string[], options: { cwd: string; env: Environment }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...settings, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => reject(failureToStart(error)));
    child.on('close', (status, signal) =>
      status === 0 ? resolve(Buffer.concat(out)) : reject(failed(args, Buffer.concat(err), signal ?? status)),
    );
  });
}

const failureToStart = (error: Error): Error =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error('git is not installed, and publish needs it') : error;

function failed(args: readonly string[], stderr: Buffer, ending: string | number | null): GitFailure {
  const said = scrub(stderr.toString('utf8').trim().split('\n').slice(-5).join(' ')).replace(/^fatal: /, '');
  return new GitFailure(`git ${args[0]}: ${said || `ended with ${ending}`}`);
}
