// The command line, as tsc built it, asking real programs.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository with its output, in a folder of its own. */
export interface Repository {
  readonly fleetc: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Said>;
}

export async function repositoryIn(root: string, sources: ReadonlyMap<string, string>): Promise<Repository> {
  for (const [path, text] of sources) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const fleetc: Repository['fleetc'] = (args, env = {}) => run([...args, '--root', root], env);
  const { code, stdout, stderr } = await fleetc(['compile']);
  if (code !== 0) throw new Error(`compile ended with ${code}\n${stdout}${stderr}`);
  return { fleetc };
}

/** Not spawnSync: what it asks may be a server of this process. */
function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH: process.env.PATH ?? '', ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
