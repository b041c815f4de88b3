import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command line as tsc built it, beside this file. */
const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));

export interface Surroundings {
  /** The Node that compiles. That of the tests unless said. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders below a temporary one: how deep the repository is, and what is in its path. */
  readonly folder?: string;
  /** In which order the files of the inventory are made; folders list their entries by it on some disks. */
  readonly order?: (paths: readonly string[]) => readonly string[];
}

/** `fleetc compile` of the sources in a process of its own, in a folder of its own. */
export function compileApart(
  sources: ReadonlyMap<string, string>,
  { node = process.execPath, env = {}, folder = 'fleet', order = (paths) => paths }: Surroundings = {},
): { readonly files: ReadonlyMap<string, string>; readonly stdout: string; readonly hash: string } {
  const temporary = mkdtempSync(join(tmpdir(), 'fleetc-apart-'));
  const root = join(temporary, folder);
  try {
    for (const path of order([...sources.keys()])) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), sources.get(path) ?? '');
    }
    const { status, stdout, stderr, error } = spawnSync(node, [cli, 'compile', '--root', root], { encoding: 'utf8', env: { ...env } });
    if (error) throw error;
    if (status !== 0) throw new Error(`compile ended with ${status}\n${stdout}${stderr}`);
    const files = filesBelow(root);
    const hash = createHash('sha256');
    for (const [path, text] of files) hash.update(`${path}\0${text}\0`);
    return { files, stdout: stdout + stderr, hash: hash.digest('hex') };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Every file below a folder but the inventory, by path, in order. */
function filesBelow(root: string): ReadonlyMap<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file): [string, string] => [file.slice(root.length + 1), readFileSync(file, 'latin1')])
      .filter(([path]) => !path.startsWith('clusters/'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
