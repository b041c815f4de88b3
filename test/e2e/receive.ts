import { type Launched, launch } from './launch.ts';
import { filesAt } from './pod.ts';
import { freePorts } from './processes.ts';
import { podOf, type Site } from './site.ts';
import { tlsSecret } from './trust.ts';

/** Thanos Receive in the centre: the ingestors of the compiled hashring and one router. */
export interface Receive {
  readonly ingestors: readonly (Ingestor & { readonly process: Launched })[];
  readonly router: Launched;
  /** Remote write's port. */
  readonly write: number;
  /** Starts the router again, with its ports. */
  readonly restartRouter: () => Launched;
}

export interface Ingestor {
  readonly grpc: number;
  /** Starts it, and again with its ports and its volume. */
  readonly start: () => Launched;
}

/** `meta` is the port of the Prometheus that the limits ask; where there is none, no limit holds. */
export async function startReceive(site: Site, meta: number): Promise<Receive> {
  const { folder, trust } = site;
  const hosts = hostsOf(site);
  const reserved = await Promise.all(hosts.map((_, index) => ingestorOf(site, index)));
  const ingestors = reserved.map((each) => ({ ...each, process: each.start() }));
  const [http = 0, grpc = 0, write = 0, capnproto = 0] = await freePorts(4);
  const restartRouter = (): Launched =>
    launch(folder, {
      name: 'receive-router',
      program: 'thanos',
      container: podOf(site, 'centre', { workload: 'receive-router' }),
      listen: { 10902: http, 10901: grpc, 19291: write, 19391: capnproto },
      reach: {
        ...Object.fromEntries(hosts.map((host, index) => [host, [`127.0.0.1:${ingestors[index]?.grpc}`]])),
        'http://prometheus-operated.metrics-central.svc:9090': [`http://127.0.0.1:${meta}`],
      },
      // Any client of this authority may write.
      secrets: { 'receive-router-tls': tlsSecret(trust.receive, trust.edge('any')) },
    });
  return { ingestors, router: restartRouter(), write, restartRouter };
}

/** The ingestor with that ordinal, not started yet. */
export async function ingestorOf(site: Site, index: number): Promise<Ingestor> {
  const name = `receive-ingestor-${index}`;
  const [http = 0, grpc = 0, write = 0, capnproto = 0] = await freePorts(4);
  const start = (): Launched =>
    launch(site.folder, {
      name,
      program: 'thanos',
      container: podOf(site, 'centre', { workload: 'receive-ingestor', pod: name }),
      listen: { 10902: http, 10901: grpc, 19291: write, 19391: capnproto },
      secrets: site.bucket,
    });
  return { grpc, start };
}

export const hashringFolder = '/etc/thanos/hashring';

/** The hashring's file as compiled, by its name. */
export const hashringFiles = (site: Site): Readonly<Record<string, string>> =>
  filesAt(podOf(site, 'centre', { workload: 'receive-router' }), hashringFolder);

/** The ingestors' addresses in the compiled hashring. */
export const hostsOf = (site: Site): readonly string[] => {
  const [text = '[]'] = Object.values(hashringFiles(site));
  return (JSON.parse(text) as readonly { readonly endpoints: readonly string[] }[]).flatMap(({ endpoints }) => endpoints);
};
