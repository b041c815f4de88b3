// What `fleetc status --query-url` says of edges that report, that end and that never came, and of a Query that does not answer.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Repository } from './fleetc.ts';
import { allAre, countedStates, type LiveStatus, liveStatus } from './live-status.ts';
import { ask, freePorts, now, sleep, until } from './processes.ts';
import { relayTo } from './relay.ts';
import type { StageReport } from './report.ts';
import { listen } from './stand-ins.ts';

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Edges that answer, one that never came, one that Query cannot know of, and ways in which Query can fail to answer. */
export async function checkStatus(
  { check }: Pick<StageReport, 'check'>,
  repository: Repository,
  {
    query,
    reporting,
    absent,
    unasked,
    folder,
  }: Readonly<Record<'query', number>> & {
    readonly reporting: readonly string[];
    readonly absent: string;
    /** Query asks no store that would have it. */
    readonly unasked: string;
    readonly folder: string;
  },
): Promise<void> {
  await check('fleetc status: edges that answer report, one that never came is never seen, one without a store is unknown', async () => {
    const { value } = await until('every target', 60, async () => {
      const status = await liveStatus(repository, urlOf(query));
      const open = status.targets.filter(({ cluster, state }) => reporting.includes(cluster) && state !== 'reporting');
      return open.length === 0 ? status : undefined;
    });
    for (const cluster of reporting) allAre('reporting', value, cluster);
    allAre('never seen', value, absent);
    const [one] = allAre('unknown', value, unasked);
    if (value.code !== 1) throw new Error(`exit ${value.code}`);
    return `${countedStates(value.targets)}: ${one?.why}; exit ${value.code}`;
  });
  await check('fleetc status: of those that answer alone, exit 0', async () => {
    const status = await liveStatus(repository, urlOf(query), [...reporting]);
    allAre('reporting', status);
    if (status.code !== 0) throw new Error(`exit ${status.code}: ${status.stdout}`);
    return `${status.targets.length} targets`;
  });
  await check('fleetc status: a Query that is not there makes all unknown', async () => {
    const [nobody = 0] = await freePorts(1);
    const status = await liveStatus(repository, urlOf(nobody));
    const [one] = allAre('unknown', status);
    if (status.code !== 2) throw new Error(`exit ${status.code}`);
    return `${countedStates(status.targets)}; exit 2; ${one?.why}`;
  });
  await check('fleetc status: a Query that does not answer makes all unknown, in time', async () => {
    const link = await relayTo(query);
    link.cut('silent');
    const began = now();
    const status = await liveStatus(repository, urlOf(link.port), ['--timeout', '2']);
    const [one] = allAre('unknown', status);
    const seconds = now() - began;
    if (status.code !== 2 || seconds > 10) throw new Error(`exit ${status.code} after ${seconds.toFixed(0)} s`);
    return `${countedStates(status.targets)}; exit 2 after ${seconds.toFixed(0)} s; ${one?.why}`;
  });

  const secret = 'e2e-token-that-nobody-may-read';
  const door = await guarded(query, secret);
  const file = join(folder, 'query-token');
  writeFileSync(file, `${secret}\n`);
  for (const [from, args, env] of [
    ['the environment', [], { FLEETC_QUERY_TOKEN: secret }],
    ['a file', ['--token-file', file], {}],
  ] as const)
    await check(`fleetc status: a token from ${from} is sent with every question, which is a GET, and never printed`, async () => {
      door.asked.splice(0);
      const status = await liveStatus(repository, urlOf(door.port), [...reporting, ...args], env);
      allAre('reporting', status);
      const text = await repository.fleetc(['status', '--query-url', urlOf(door.port), ...args], env);
      const wrong = door.asked.filter((each) => each !== 'GET with the token');
      if (door.asked.length === 0 || wrong.length > 0) throw new Error(wrong.join(', ') || 'nothing was asked');
      if ([status, text].some(({ stdout, stderr }) => (stdout + stderr).includes(secret))) throw new Error('the token is printed');
      return `${door.asked.length} questions`;
    });
  await check('fleetc status: without the token that Query asks for all is unknown; a wrong one is not printed', async () => {
    for (const env of [{}, { FLEETC_QUERY_TOKEN: `${secret}-wrong` }]) {
      const status = await liveStatus(repository, urlOf(door.port), [], env);
      allAre('unknown', status);
      if (status.code !== 2) throw new Error(`exit ${status.code}`);
      if ((status.stdout + status.stderr).includes(secret)) throw new Error('the token is printed');
    }
    return 'exit 2';
  });
}

/** Lets in who brings the token, and remembers who came. */
async function guarded(to: number, token: string): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const right = request.headers.authorization === `Bearer ${token}`;
    asked.push(`${request.method} with ${right ? 'the token' : 'another token or none'}`);
    if (!right) {
      response.writeHead(401);
      response.end('no');
    } else
      void ask(`${urlOf(to)}${request.url}`, { patience: 30 }).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body);
      });
  });
  return { port: await listen(server), asked };
}

/** Seconds between two scrapes of these fleets, and for which an agent gathers samples before it sends them: what it dies with nobody knows. */
const [interval, unsent] = [30, 5];

/** Waits until no target of the cluster reports; each is silent since its last scrape before the end. */
export async function turnsSilent(repository: Repository, query: number, cluster: string, ended: number): Promise<string> {
  const { value, seconds } = await until('silence', 400, async () => {
    await sleep(10);
    const status = await liveStatus(repository, urlOf(query), [cluster]);
    return status.targets.some(({ state }) => state === 'reporting') ? undefined : status;
  });
  return `${seconds.toFixed(0)} s after the end; ${areSince('silent', value, ended)}`;
}

/** Every target is silent, or failing, since its last scrape before `ended`; says how long before. */
export function areSince(state: 'silent' | 'failing', status: LiveStatus, ended: number): string {
  const before = allAre(state, status).map(({ since = 0 }) => ended - since);
  const [least, most] = [Math.min(...before), Math.max(...before)].map((each) => each.toFixed(0));
  const said = `${state} since ${least} to ${most} s before the end`;
  // Its own time is that of the scrape, in whole seconds or not.
  if (before.some((each) => each < -1 || each > interval + unsent + 1)) throw new Error(said);
  return said;
}

/** Nothing is claimed of targets whose store has gone, except that it has. */
export function areUnknown(status: LiveStatus, reason: RegExp): string {
  const targets = allAre('unknown', status);
  const other = targets.find(({ why = '' }) => !reason.test(why));
  if (other !== undefined) throw new Error(other.why);
  if (status.code !== 1) throw new Error(`exit ${status.code}`);
  return `${countedStates(targets)}: ${targets[0]?.why}; exit 1`;
}
