import type { Certificate } from './certificates.ts';
import type { Exporters } from './exporters.ts';
import { type Launch, type Launched, launch } from './launch.ts';
import { freePorts } from './processes.ts';
import { discovered } from './replacements.ts';
import { podOf, type Site } from './site.ts';
import { tlsSecret } from './trust.ts';

export interface Agent extends Pick<Launch, 'env' | 'times'> {
  readonly cluster: string;
  readonly exporters: Exporters;
  /** Port of remote write. */
  readonly write: number;
  /** The client certificate for it. */
  readonly as: Certificate;
  /** Name of the pod. */
  readonly pod?: string;
}

/** An agent with ports of its own: call the answer to start it, and again to start it anew on its volume. */
export async function agentOf(
  site: Site,
  { cluster, exporters, write, as, pod = `prometheus-agent-${cluster}`, ...more }: Agent,
): Promise<() => Launched> {
  const { folder, trust } = site;
  const [http = 0] = await freePorts(1);
  return () =>
    launch(folder, {
      name: pod,
      program: 'prometheus',
      container: podOf(site, cluster, { workload: 'prometheus-agent', pod }),
      listen: { 9090: http },
      reach: {
        'receive.example:19291': [`127.0.0.1:${write}`],
        'kube-state-metrics.edge-metrics.svc:8443': [`127.0.0.1:${exporters.kubeStateMetrics}`],
      },
      secrets: {
        'scrape-client-tls': tlsSecret(trust.scraper, trust.nodeExporter),
        'receive-client-tls': tlsSecret(as, trust.receive),
      },
      paths: exporters.serviceAccount,
      edit: (file, text) => (file === 'prometheus.yml' ? discovered(text, exporters.found) : text),
      ...more,
    });
}
