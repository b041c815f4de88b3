import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitEnvironment } from './git.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';
export interface GitObject {
  readonly sha: string;
  readonly type: ObjectType;
  readonly body: Buffer;
}

export interface Objects {
  /** A loose object in git's own form; `git fsck` is its judge. */
  write(type: ObjectType, body: Buffer): string;
  /** By SHA-1 or full name of a ref, through one `git cat-file --batch` that lives as long as the repository. */
  read(name: string): Promise<GitObject | undefined>;
  /** What a ref is at now, by its full name. */
  resolve(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export function openObjects(repository: string): Objects {
  const batch = catFile(repository);
  /** An object never changes, so what is known of one cannot be out of date. Blobs are read once at most: they are not kept. */
  const known = new Map<string, GitObject>();
  return {
    write(type, body) {
      const content = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
      const sha = createHash('sha1').update(content).digest('hex');
      const folder = join(repository, 'objects', sha.slice(0, 2));
      const file = join(folder, sha.slice(2));
      if (!existsSync(file)) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, deflateSync(content, { level: 1 }));
      }
      return sha;
    },
    async read(name) {
      const kept = known.get(name);
      if (kept !== undefined) return kept;
      const found = await batch.read(name);
      if (found !== undefined && (found.type === 'tree' || found.type === 'commit')) known.set(found.sha, found);
      return found;
    },
    async resolve(name) {
      return name.startsWith('refs/') ? (await batch.read(name))?.sha : undefined;
    },
    close: () => batch.close(),
  };
}

function catFile(repository: string): Pick<Objects, 'read' | 'close'> {
  const child = spawn('git', [`--git-dir=${repository}`, 'cat-file', '--batch'], {
    env: gitEnvironment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: { readonly resolve: (found: GitObject | undefined) => void; readonly reject: (error: Error) => void }[] = [];
  let buffered: Buffer[] = [];
  let length = 0;
  /** Bytes that must be there before the next answer is whole. */
  let needed = 0;
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  child.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('git cat-file ended'));
  });
  child.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    buffered.push(chunk);
    length += chunk.length;
    while (length > 0 && length >= needed) {
      const all = buffered.length === 1 ? (buffered[0] ?? chunk) : Buffer.concat(buffered);
      buffered = [all];
      const lineEnd = all.indexOf(10);
      if (lineEnd < 0) return;
      const [sha = '', type = '', size = ''] = all.toString('utf8', 0, lineEnd).split(' ');
      const missing = size === '';
      const end = missing ? lineEnd + 1 : lineEnd + 1 + Number(size) + 1;
      if (all.length < end) {
        needed = end;
        return;
      }
      needed = 0;
      buffered = all.length === end ? [] : [all.subarray(end)];
      length = all.length - end;
      waiting
        .shift()
        ?.resolve(missing ? undefined : { sha, type: type as ObjectType, body: Buffer.from(all.subarray(lineEnd + 1, end - 1)) });
    }
  });
  return {
    read(name) {
      if (name === '' || /[\s\0]/.test(name)) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      });
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
