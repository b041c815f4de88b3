import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { atEnd } from './stand-ins.ts';

/** A link that can be cut: TCP from a port of its own to another on loopback. */
export interface Relay {
  readonly port: number;
  /** Bytes from the client to the server, TLS and all. */
  readonly sent: () => number;
  /** Bytes from the server to the client. */
  readonly received: () => number;
  /** `refused`: every connection is reset. `silent`: packets go nowhere, as behind a dead router. */
  readonly cut: (how: 'refused' | 'silent') => void;
  readonly restore: () => void;
}

export async function relayTo(port: number): Promise<Relay> {
  let link: 'whole' | 'refused' | 'silent' = 'whole';
  let [sent, received] = [0, 0];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (link === 'refused') return client.resetAndDestroy();
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (from === client) sent += chunk.length;
        else received += chunk.length;
        if (!to.write(chunk)) from.pause();
      });
      from.on('drain', () => {
        if (link === 'whole') to.resume();
      });
      from.on('error', () => to.destroy());
      from.on('end', () => to.end());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    if (link === 'silent') for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    received: () => received,
    cut: (how) => {
      link = how;
      for (const socket of sockets)
        if (how === 'refused') socket.resetAndDestroy();
        else socket.pause();
    },
    restore: () => {
      link = 'whole';
      for (const socket of sockets) socket.resume();
    },
  };
}
