import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Answer } from './answer.ts';

export interface Request {
  readonly method: string;
  /** As it came, with prefix and query. */
  readonly target: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the client gets; raw bytes go out as they are. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer & { readonly raw?: Buffer } }
  /** Nothing, and the connection breaks. */
  | { readonly kind: 'reset' }
  /** Nothing, until the client gives up. */
  | { readonly kind: 'hang' };

export interface Server {
  readonly origin: string;
  close(): Promise<void>;
}

/** HTTP on loopback, on a port that the system chooses. `impatience` is called again and again while a client waits in vain. */
export async function serve(respond: (request: Request) => Promise<Outcome>, impatience: () => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      // A bug of the fake: the client must not take it for GitHub's.
      console.error(error);
      response.socket?.destroy();
    });
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = new URL(request.url ?? '/', 'http://127.0.0.1');
    const outcome = await respond({ method: request.method ?? 'GET', target, headers: request.headers, body: Buffer.concat(chunks) });
    if (outcome.kind === 'reset') return void response.socket?.resetAndDestroy();
    if (outcome.kind === 'hang') return waitInVain(response, impatience);
    const { status, headers = {}, body, raw } = outcome.answer;
    const bytes = raw ?? (body === undefined ? Buffer.alloc(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
    response.writeHead(status, {
      ...(raw === undefined && body !== undefined ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      'content-length': bytes.length,
      ...headers,
    });
    response.end(bytes);
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Milliseconds that a client has to hang up after a time-out of its has fired. */
const graceMilliseconds = 10;

function waitInVain(response: ServerResponse, impatience: () => void): void {
  const timer = setInterval(impatience, graceMilliseconds);
  response.on('close', () => clearInterval(timer));
}
