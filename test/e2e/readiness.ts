import { existsSync, readFileSync } from 'node:fs';
import type { Launched } from './launch.ts';
import { alive, ask, until } from './processes.ts';
import type { StageReport } from './report.ts';

/** Waits until a program's readiness probe is answered; gives the seconds that it took. */
export async function ready(program: Launched): Promise<number> {
  const { probe } = program;
  if (probe === undefined) throw new Error(`${program.name} has no readiness probe by HTTP`);
  const { seconds } = await until(program.name, 60, async () => {
    if (!alive(program)) throw new Error(`${program.name} ended: ${lastWords(program)}`);
    const answer = await ask(probe).catch(() => undefined);
    return answer?.status === 200 ? answer : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${lastWords(program)}`);
  });
  return seconds;
}

/** A row for each program; whether all are ready, so that there is sense in going on. */
export async function allReady({ check, row }: StageReport, programs: readonly Launched[]): Promise<boolean> {
  const outcomes: boolean[] = [];
  for (const program of programs)
    outcomes.push(
      await check(`${program.name} starts with its emitted arguments and is ready`, async () => {
        const seconds = await ready(program);
        return seconds < 0.5 ? 'at once' : `${seconds.toFixed(1)} s`;
      }),
    );
  if (!outcomes.includes(false)) return true;
  row('not run', 'what needs all of them', 'a program did not start');
  return false;
}

/** At the end: a program that ended by itself is a finding. */
export function allAlive({ row }: StageReport, programs: readonly Launched[]): void {
  for (const program of programs) if (!alive(program)) row('FAILED', `${program.name} is still there`, lastWords(program));
}

const lastWords = ({ log }: Launched): string => (existsSync(log) ? explained(readFileSync(log, 'utf8')) : 'it said nothing');

/** The line with the cause, then the last ones: a Go stack stands last, and says least. */
export function explained(log: string): string {
  const lines = log.trimEnd().split('\n');
  const cause = causes.map((cause) => lines.findLast((line) => cause.test(line))).find((line) => line !== undefined);
  const last = lines.slice(-5).filter((line) => line !== cause);
  return [...(cause === undefined ? [] : [cause]), ...last].map((line) => line.slice(0, 400)).join('\n');
}

/** How these programs tell why they end, the surest first. */
const causes = [
  /^(?:panic|fatal error): /,
  /\blevel=(?:error|fatal)\b|\berr(?:or)?=|\berror: |^(?:[EF]\d{4}|Error) /i,
  /\blevel=warn/i,
  /\bcaller=/,
];
