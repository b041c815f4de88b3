import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** Git without the settings of the machine and of the surrounding repository. */
export const gitEnvironment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git to its end and gives what came of it. Throws only when git cannot be started. */
export function tryGit(repository: string, args: readonly string[], input = ''): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [`--git-dir=${repository}`, ...args], { env: gitEnvironment, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A command that ends before it has read all: its exit code says what was wrong.
    child.stdin.on('error', () => {});
    child.on('close', (status) =>
      resolve({ status: status ?? 1, stdout: String(Buffer.concat(stdout)), stderr: String(Buffer.concat(stderr)) }),
    );
    child.stdin.end(input);
  });
}

export async function git(repository: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await tryGit(repository, args);
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
