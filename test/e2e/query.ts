import { parse } from 'yaml';
import { type Launched, launch } from './launch.ts';
import { filesAt } from './pod.ts';
import { freePorts } from './processes.ts';
import { podOf, type Site } from './site.ts';
import { tlsSecret } from './trust.ts';

export interface ThanosPorts {
  readonly http: number;
  readonly grpc: number;
}

export async function thanosPorts(): Promise<ThanosPorts> {
  const [http = 0, grpc = 0] = await freePorts(2);
  return { http, grpc };
}

/**
 * gRPC ports of what Query asks: by the name of the Service for what DNS would find (`receive-ingestor`, `store-gateway`,
 * `thanos-ruler-operated`, `prometheus-operated`), by the address in the manifests for an edge.
 */
export type Stores = Readonly<Record<string, readonly number[]>>;

/** Starts Query on the compiled endpoint file. What `stores` does not name is not there. */
export function startQuery(site: Site, stores: Stores, { http, grpc }: ThanosPorts): Launched {
  const { folder, trust } = site;
  const container = podOf(site, 'centre', { workload: 'query' });
  const endpoints = Object.values(endpointFiles(site)).flatMap(
    (text) => (parse(text) as { readonly endpoints: readonly { readonly address: string }[] }).endpoints,
  );
  const reach = endpoints.map(({ address }): [string, readonly string[]] => {
    const service = /^dnssrv\+_grpc\._tcp\.([^.]+)\./.exec(address)?.[1];
    const ports = stores[service ?? address] ?? [];
    // An entry of DNS with no answer is no entry; an edge that is down is one that refuses.
    return [address, service === undefined && ports.length === 0 ? ['127.0.0.1:1'] : ports.map((port) => `127.0.0.1:${port}`)];
  });
  return launch(folder, {
    name: 'query',
    program: 'thanos',
    container,
    listen: { 10902: http, 10901: grpc },
    reach: Object.fromEntries(reach),
    secrets: { 'query-client-tls': tlsSecret(trust.query, trust.sidecar) },
  });
}

export const endpointFolder = '/etc/thanos/endpoints';

/** The endpoint file as compiled, by its name. */
export const endpointFiles = (site: Site): Readonly<Record<string, string>> =>
  filesAt(podOf(site, 'centre', { workload: 'query' }), endpointFolder);
