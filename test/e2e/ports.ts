import { createServer } from 'node:net';

/** Below those that Linux gives to whoever connects (net.ipv4.ip_local_port_range): a port given out here is nobody's by chance. */
const range = { first: 12_000, last: 32_000 };
/** Two runs at once begin at different ones. */
let next = range.first + ((process.pid * 97) % (range.last - range.first));

/** Ports that nobody has at this moment, and that this run has given to nobody else. */
export async function reservePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried > range.last - range.first) throw new Error(`no ${count} free ports from ${range.first} to ${range.last}`);
    const port = next;
    next = next < range.last ? next + 1 : range.first;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isOurs) await new Promise((resolve) => server.close(resolve));
  return isOurs;
}

/** What a stage's process asks of the run, and what it gets: stages start at once, so one place gives ports out. */
export interface PortRequest {
  readonly ask: number;
  readonly count: number;
}
export interface PortAnswer {
  readonly to: number;
  readonly ports: readonly number[];
}

let asked = 0;

export function freePorts(count: number): Promise<readonly number[]> {
  if (process.send === undefined) return reservePorts(count);
  asked += 1;
  const ask = asked;
  process.send({ ask, count } satisfies PortRequest);
  return new Promise((resolve) => {
    const listen = (answer: PortAnswer): void => {
      if (answer.to !== ask) return;
      process.off('message', listen);
      resolve(answer.ports);
    };
    process.on('message', listen);
  });
}
