// What programs, links and volumes did in a stretch of time.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Launched } from './launch.ts';
import { pageOf, totalOf } from './metrics-page.ts';
import { now, type Running, sleep } from './processes.ts';
import type { Relay } from './relay.ts';

/** Ticks of /proc/PID/stat in a second: the same on every Linux that Node runs on. */
const ticks = 100;

/** Bytes of memory that are there and not only reserved. */
export function residentMemory({ name, child }: Running): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`${name} has no memory: it has ended`);
  return Number(kibibytes) * 1024;
}

/** Core seconds since its start. */
function coreSeconds({ child }: Running): number {
  // Behind the name in brackets, which may have spaces.
  const [, user = 0, system = 0] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.map(Number) ?? [];
  return (user + system) / ticks;
}

export const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

export interface Watched<Link extends string, Volume extends string> {
  /** Whose metrics are read. */
  readonly programs: readonly Launched[];
  /** Others, whose metrics are behind TLS. */
  readonly mute: readonly Running[];
  readonly links: Readonly<Record<Link, readonly Relay[]>>;
  readonly volumes: Readonly<Record<Volume, string>>;
}

/** Of one program: its memory at the end, and core seconds a second. */
interface Used {
  readonly memory: number;
  readonly cores: number;
}

export interface Usage<Link extends string, Volume extends string> {
  readonly seconds: number;
  readonly of: (program: Running) => Used;
  /** A metric at the end, all its series together. */
  readonly level: (program: Launched, metric: string) => number;
  /** What a counter has grown by. */
  readonly grown: (program: Launched, metric: string) => number;
  /** Bytes through the relays of a link, from clients to servers and back. */
  readonly sent: (link: Link) => number;
  readonly received: (link: Link) => number;
  /** Bytes that a folder has grown by. */
  readonly filled: (volume: Volume) => number;
}

/** Waits, and tells what happened meanwhile. */
export async function usageFor<Link extends string, Volume extends string>(
  seconds: number,
  watched: Watched<Link, Volume>,
): Promise<Usage<Link, Volume>> {
  const before = await momentOf(watched);
  await sleep(seconds);
  const after = await momentOf(watched);
  const passed = after.at - before.at;
  const total = (program: Launched, metric: string, { pages }: Moment): number => totalOf(pages.get(program) ?? '', metric);
  return {
    seconds: passed,
    of: (program) => {
      const [first, last] = [before.used.get(program), after.used.get(program)];
      if (first === undefined || last === undefined) throw new Error(`bug: ${program.name} is not watched`);
      return { memory: last.memory, cores: (last.coreSeconds - first.coreSeconds) / passed };
    },
    level: (program, metric) => total(program, metric, after),
    grown: (program, metric) => total(program, metric, after) - total(program, metric, before),
    sent: (link) => (after.sent.get(link) ?? 0) - (before.sent.get(link) ?? 0),
    received: (link) => (after.received.get(link) ?? 0) - (before.received.get(link) ?? 0),
    filled: (volume) => (after.bytes.get(volume) ?? 0) - (before.bytes.get(volume) ?? 0),
  };
}

interface Moment {
  readonly at: number;
  readonly pages: ReadonlyMap<Running, string>;
  readonly used: ReadonlyMap<Running, { readonly memory: number; readonly coreSeconds: number }>;
  readonly sent: ReadonlyMap<string, number>;
  readonly received: ReadonlyMap<string, number>;
  readonly bytes: ReadonlyMap<string, number>;
}

async function momentOf({ programs, mute, links, volumes }: Watched<string, string>): Promise<Moment> {
  const pages = await Promise.all(programs.map(async (program): Promise<[Running, string]> => [program, await pageOf(program)]));
  const through = (bytes: (relay: Relay) => number) =>
    new Map(Object.entries(links).map(([link, relays]) => [link, relays.reduce((sum, relay) => sum + bytes(relay), 0)]));
  return {
    at: now(),
    pages: new Map(pages),
    used: new Map(
      [...programs, ...mute].map((program) => [program, { memory: residentMemory(program), coreSeconds: coreSeconds(program) }]),
    ),
    sent: through((relay) => relay.sent()),
    received: through((relay) => relay.received()),
    bytes: new Map(Object.entries(volumes).map(([volume, folder]) => [volume, bytesBelow(folder)])),
  };
}
