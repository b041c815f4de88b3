import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { type Answer, Refusal } from './answer.ts';
import type { Token } from './fake-github.ts';
import { follow } from './follow.ts';
import { gitEnvironment } from './git.ts';
import { mayWrite } from './permission.ts';
import { brokenRules, ruleViolation } from './rule-check.ts';
import { type RefChange, type World, zero } from './world.ts';

/** Undefined where git came without it. */
export const httpBackend: string | undefined = ['git-http-backend', 'git-http-backend.exe']
  .map((name) => join(spawnSync('git', ['--exec-path'], { encoding: 'utf8', env: gitEnvironment }).stdout.trim(), name))
  .find((file) => existsSync(file));

/** Says no to a push when the fake has left a reason. `sh` comes with every git. */
export function installHook(repository: string): void {
  mkdirSync(join(repository, 'hooks'));
  writeFileSync(
    join(repository, 'hooks', 'pre-receive'),
    '#!/bin/sh\nif [ -f "$GIT_DIR/refused" ]; then cat "$GIT_DIR/refused" >&2; exit 1; fi\n',
    { mode: 0o755 },
  );
}

export interface GitRequest {
  readonly method: string;
  /** Behind the repository's address: `/info/refs`, `/git-receive-pack`. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The moves that a push asks for, from the lines before its pack. */
export function pushedChanges({ path, body }: Pick<GitRequest, 'path' | 'body'>): readonly RefChange[] {
  if (path !== '/git-receive-pack') return [];
  const changes: RefChange[] = [];
  for (let at = 0; at + 4 <= body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length > 4)) break;
    const [, before, after, name] = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(body.toString('utf8', at + 4, at + length)) ?? [];
    if (before !== undefined && after !== undefined && name !== undefined) changes.push({ before, after, name });
    at += length;
  }
  return changes;
}

export async function serveGit(
  world: World,
  token: Token | undefined,
  backend: string,
  request: GitRequest,
): Promise<Answer & { readonly raw: Buffer }> {
  const service = /service=git-(\w+)-pack/.exec(request.query)?.[1] ?? /git-(\w+)-pack$/.exec(request.path)?.[1];
  if (token === undefined) return plain(401, 'Invalid username or token.', { 'www-authenticate': 'Basic realm="GitHub"' });
  if (token.permissions.metadata === 'none' || token.permissions.contents === 'none') return plain(404, 'Repository not found.');
  const write = service === 'receive';
  if (write && !mayWrite(token, 'contents'))
    return plain(403, `Permission to ${world.settings.owner}/${world.settings.repo}.git denied to ${token.login}.`);
  if (!write) return cgi(world, token, backend, request);
  const changes = pushedChanges(request);
  const reason = await refusal(world, token, changes);
  const file = join(world.repository, 'refused');
  if (reason !== undefined) writeFileSync(file, `${reason}\n`);
  try {
    const before = await world.refs();
    const answer = await cgi(world, token, backend, request);
    const after = await world.refs();
    const moved = [...new Set([...before.keys(), ...after.keys()])]
      .map((name) => ({ name, before: before.get(name) ?? zero, after: after.get(name) ?? zero }))
      .filter((change) => change.before !== change.after);
    await follow(world, moved);
    return answer;
  } finally {
    rmSync(file, { force: true });
  }
}

/** What can be told before the pack is unpacked: rules on names and moves. */
async function refusal(world: World, token: Token, changes: readonly RefChange[]): Promise<string | undefined> {
  for (const change of changes) {
    try {
      const broken = await brokenRules(world, change, token);
      if (broken.length > 0) return `error: GH013: ${ruleViolation(broken)}for ${change.name}`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.message;
    }
  }
  return undefined;
}

const plain = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  raw: Buffer.from(`${text}\n`),
});

function cgi(
  world: World,
  token: Token,
  backend: string,
  { method, path, query, headers, body }: GitRequest,
): Promise<Answer & { readonly raw: Buffer }> {
  const header = (name: string): string => String(headers[name] ?? '');
  return new Promise((resolve, reject) => {
    const child = spawn(backend, [], {
      env: {
        ...gitEnvironment,
        GIT_PROJECT_ROOT: dirname(world.repository),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${basename(world.repository)}${path}`,
        QUERY_STRING: query,
        REQUEST_METHOD: method,
        REMOTE_USER: token.login,
        REMOTE_ADDR: '127.0.0.1',
        CONTENT_TYPE: header('content-type'),
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: header('content-encoding'),
        GIT_PROTOCOL: header('git-protocol'),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', () => {});
    child.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      const lines = output.toString('latin1', 0, Math.max(0, end)).split('\r\n');
      const answered = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      );
      const { status = '200', ...rest } = answered;
      resolve({ status: Number.parseInt(status, 10), headers: rest, raw: end < 0 ? Buffer.alloc(0) : output.subarray(end + 4) });
    });
    child.stdin.end(body);
  });
}
