// Exporters that have much to say.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Certificate } from './certificates.ts';
import { type Exporters, withNodeExporters } from './exporters.ts';
import type { Site } from './site.ts';
import { atEnd } from './stand-ins.ts';

/** How much. */
export interface Busy {
  /** Of the one node. */
  readonly containers: number;
  readonly pods: number;
}

/** What their process is told. */
export interface Order extends Busy {
  readonly serves: Readonly<Record<'kubelet' | 'kubeStateMetrics', Certificate>>;
  /** The certificate of the authority of those who may scrape. */
  readonly clients: string;
}

export type Ports = Pick<Exporters, 'kubelet' | 'kubeStateMetrics'>;

const program = fileURLToPath(new URL('busy-exporter.js', import.meta.url));

/** Starts a kubelet and a kube-state-metrics in a process of their own, so that they keep nobody waiting. */
export async function startBusy({ trust }: Pick<Site, 'trust'>, busy: Busy): Promise<Ports> {
  const { kubelet, kubeStateMetrics, scraper } = trust;
  const child = fork(program);
  atEnd(() => child.kill());
  child.send({ ...busy, serves: { kubelet, kubeStateMetrics }, clients: scraper.ca } satisfies Order);
  return new Promise((resolve, reject) => {
    child.once('message', (ports) => resolve(ports as Ports));
    child.once('exit', (code) => reject(new Error(`the exporters ended with ${code}`)));
  });
}

/** An edge with one node, whose exporters have much to say. */
export const startBusyEdge = async (site: Site, cluster: string, busy: Busy): Promise<Exporters> =>
  withNodeExporters(site, cluster, await startBusy(site, busy));
