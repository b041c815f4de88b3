import { readdirSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import type { Circumstances } from './evidence.ts';
import { bin } from './processes.ts';

/** Of this moment, this machine and the programs that setup.sh has left. */
export function circumstances(): Circumstances {
  const programs = readdirSync(bin(''))
    .filter((file) => file.endsWith('.version'))
    .sort()
    .map((file) => `${file.replace('.version', '')} ${readFileSync(bin(file), 'utf8').split(/\s/)[0]}`);
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${platform()} ${arch()}, ${availableParallelism()} cores, ${memory} GiB, Node ${process.versions.node}`,
    programs,
  };
}
