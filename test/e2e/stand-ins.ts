// What the programs meet that is not under test: small servers in this process.
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.ts';

const servers = new Set<Server>();

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.add(server);
  return (server.address() as AddressInfo).port;
}

export const closeAll = (): void => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
};

/** Serves metrics by path over TLS, to whom `allows` lets in. */
export function exporter(
  serves: Certificate,
  pages: Readonly<Record<string, string>>,
  { clients, token }: { readonly clients?: string; readonly token?: string },
): Promise<number> {
  const listener: RequestListener = (request, response) => {
    const page = pages[request.url ?? ''];
    const allowed = token === undefined || request.headers.authorization === `Bearer ${token}`;
    response.writeHead(!allowed ? 401 : page === undefined ? 404 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(allowed ? page : '');
  };
  const tls = { cert: readFileSync(serves.cert), key: readFileSync(serves.key) };
  const asks = clients === undefined ? {} : { ca: readFileSync(clients), requestCert: true, rejectUnauthorized: true };
  return listen(createHttps({ ...tls, ...asks }, listener));
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt?: string;
}

export interface Alertmanager {
  readonly port: number;
  /** What came, with its method and path. */
  readonly requests: string[];
  readonly alerts: Alert[];
}

/** Takes alerts as Alertmanager's API does, and remembers all that it was asked. */
export async function alertmanager(): Promise<Alertmanager> {
  const requests: string[] = [];
  const alerts: Alert[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void bodyOf(request).then((body) => {
      if (request.method === 'POST' && body !== '') alerts.push(...(JSON.parse(body) as Alert[]));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
    });
  };
  return { port: await listen(createHttp(listener)), requests, alerts };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
