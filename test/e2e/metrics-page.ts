// What a program says of itself at /metrics.
import type { Launched } from './launch.ts';
import { ask } from './processes.ts';

/** All series of a metric together. One with labels is not there before it counts. */
export const totalOf = (page: string, name: string): number =>
  [...page.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);

export const pageOf = async ({ http }: Launched): Promise<string> => (await ask(`http://127.0.0.1:${http}/metrics`)).body;
