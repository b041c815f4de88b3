import { join } from 'node:path';
import type { Exporters } from './exporters.ts';
import { type Launch, type Launched, launch } from './launch.ts';
import { freePorts } from './processes.ts';
import { discovered } from './replacements.ts';
import { podOf, type Site } from './site.ts';
import { tlsSecret } from './trust.ts';

/** The pod of an edge on thanos-sidecar. */
export interface EdgePrometheus {
  readonly prometheus: Launched;
  readonly sidecar: Launched;
  /** The sidecar's gRPC port. */
  readonly grpc: number;
}

/** `alerts` is the port of the alert gateway; `times` are those of Prometheus. */
export async function startEdgePrometheus(
  site: Site,
  cluster: string,
  exporters: Exporters,
  alerts: number,
  times: Launch['times'] = {},
): Promise<EdgePrometheus> {
  const { folder, trust } = site;
  const pod = 'edge-prometheus-0';
  const [prometheusHttp = 0, sidecarHttp = 0, grpc = 0] = await freePorts(3);
  const both = {
    listen: { 9090: prometheusHttp, 10902: sidecarHttp, 10901: grpc },
    volumes: { data: join(folder, 'edge-prometheus-data') },
  };
  const prometheus = launch(folder, {
    ...both,
    name: pod,
    program: 'prometheus',
    times,
    container: podOf(site, cluster, { workload: 'edge-prometheus', container: 'prometheus', pod }),
    reach: {
      'alerts.example:30943': [`127.0.0.1:${alerts}`],
      'kube-state-metrics.edge-metrics.svc:8443': [`127.0.0.1:${exporters.kubeStateMetrics}`],
    },
    secrets: {
      'scrape-client-tls': tlsSecret(trust.scraper, trust.nodeExporter),
      'alert-client-tls': tlsSecret(trust.alertSender, trust.gateway),
    },
    paths: exporters.serviceAccount,
    edit: (file, text) => (file === 'prometheus.yml' ? discovered(text, exporters.found) : text),
  });
  const sidecar = launch(folder, {
    ...both,
    name: 'thanos-sidecar-0',
    program: 'thanos',
    container: podOf(site, cluster, { workload: 'edge-prometheus', container: 'thanos-sidecar', pod }),
    secrets: { ...site.bucket, 'thanos-sidecar-tls': tlsSecret(trust.sidecar, trust.query) },
  });
  return { prometheus, sidecar, grpc };
}
