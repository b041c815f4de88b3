// What the programs meet that is not under test: small servers in this process.
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Certificate } from './certificates.ts';

const closings: (() => void)[] = [];

/** What has to be done before this process can end. */
export const atEnd = (close: () => void): void => {
  closings.push(close);
};

export const closeAll = (): void => {
  for (const close of closings.splice(0)) close();
};

/** Listens on loopback until the end; gives the port. */
export async function listen(server: Server): Promise<number> {
  // Exporters written in Go keep a connection between two scrapes.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** What is served: a text, or one for each time. */
export type Served = string | (() => string);

/** Serves metrics by path over TLS to clients whose certificate `clients` signed and, where there is a token, to those who bring it instead. */
export function exporter(
  serves: Certificate,
  pages: Readonly<Record<string, Served>>,
  { clients, token }: { readonly clients: string; readonly token?: string },
): Promise<number> {
  const listener: RequestListener = (request, response) => {
    const page = pages[request.url ?? ''];
    const allowed = (request.socket as TLSSocket).authorized || request.headers.authorization === `Bearer ${token}`;
    const text = allowed ? (typeof page === 'function' ? page() : (page ?? '')) : '';
    const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    response.writeHead(!allowed ? 401 : page === undefined ? 404 : 200, {
      'content-type': 'text/plain; version=0.0.4',
      ...(packs ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(packs ? gzipSync(text) : text);
  };
  const tls = { cert: readFileSync(serves.cert), key: readFileSync(serves.key) };
  const asks = { ca: readFileSync(clients), requestCert: true, rejectUnauthorized: token === undefined };
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
