import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';

export { freePorts } from './ports.ts';

export const bin = (program: string): string => join('test/e2e/bin', program);

export interface Running {
  readonly name: string;
  readonly log: string;
  readonly child: ChildProcess;
}

const running = new Set<Running>();

export function start(
  name: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder: string,
): Running {
  const log = join(folder, `${name}.log`);
  const out = openSync(log, 'a');
  const child = spawn(bin(program), args, { stdio: ['ignore', out, out], env: { PATH: process.env.PATH ?? '', ...env } });
  closeSync(out);
  const started = { name, log, child };
  running.add(started);
  child.on('exit', () => running.delete(started));
  return started;
}

/** Ends one process by its pid; `SIGKILL` is what a lost node looks like, and what comes when the grace period is over. */
export async function stop({ child }: Running, signal: NodeJS.Signals = 'SIGKILL', grace = 10): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), grace * 1000);
  await ended;
  clearTimeout(timer);
}

export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map((each) => stop(each)));
};

/** Also where the run is interrupted. */
export const killAll = (): void => {
  for (const { child } of running) child.kill('SIGKILL');
};

export const alive = ({ child }: Running): boolean => child.exitCode === null && child.signalCode === null;

export const tail = ({ log }: Running, lines = 5): string =>
  existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n').slice(-1200) : '';

export const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Seconds since 1970. */
export const now = (): number => Date.now() / 1000;

/** Asks until the answer is there; gives the seconds that it took. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<{ readonly value: T; readonly seconds: number }> {
  const begin = performance.now();
  const passed = () => (performance.now() - begin) / 1000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return { value, seconds: passed() };
    if (passed() > seconds) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(0.5);
  }
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's certificate; its authority is whom the client believes. */
  readonly as?: Partial<Certificate>;
  readonly serverName?: string;
  /** Seconds to wait for an answer. */
  readonly patience?: number;
}

/** One request, never kept alive, so that each shakes hands anew. A refused handshake throws. */
export function ask(url: string, { method = 'GET', body, headers = {}, as, serverName, patience = 10 }: Ask = {}): Promise<Answer> {
  const secure = url.startsWith('https:');
  const file = (path: string | undefined): Buffer | undefined => (path === undefined ? undefined : readFileSync(path));
  const tls = secure
    ? { ca: file(as?.ca), cert: file(as?.cert), key: file(as?.key), ...(serverName === undefined ? {} : { servername: serverName }) }
    : {};
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(
      url,
      { method, headers, agent: false, timeout: patience * 1000, ...tls },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
      },
    );
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
    request.end(body);
  });
}

/** Tries to write or read; fails unless the other side ends the handshake, and says how it did. */
export async function refusedHandshake(url: string, as: Partial<Certificate>, serverName?: string): Promise<string> {
  const answer = await ask(url, { method: 'POST', as, body: 'x', ...(serverName === undefined ? {} : { serverName }) }).then(
    ({ status }) => `answered ${status}`,
    (error: NodeJS.ErrnoException) => error,
  );
  if (typeof answer === 'string') throw new Error(answer);
  if (!/alert|SSL|EPROTO|ECONNRESET/.test(`${answer.code} ${answer.message}`)) throw answer;
  return /alert[^:]*/.exec(answer.message)?.[0] ?? answer.code ?? '';
}
