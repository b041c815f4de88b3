import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { authority, type Certificate } from './certificates.ts';
import type { Secrets } from './launch.ts';

/** Whom a stage's processes believe: an authority for each side of each connection, as the docs ask for, and what each has signed. */
export interface Trust {
  /** The client that scrapes exporters, on the edge or from the centre. */
  readonly scraper: Certificate;
  readonly nodeExporter: Certificate;
  readonly kubeStateMetrics: Certificate;
  readonly kubelet: Certificate;
  /** Remote write's server. */
  readonly receive: Certificate;
  /** An edge's client of remote write: the common name becomes the tenant. */
  readonly edge: (commonName: string) => Certificate;
  readonly sidecar: Certificate;
  /** Query as the client of sidecars. */
  readonly query: Certificate;
  readonly gateway: Certificate;
  /** An edge's client of the alert gateway. */
  readonly alertSender: Certificate;
  /** A client certificate of an authority that nobody believes. */
  readonly foreign: (commonName: string) => Certificate;
}

export function trustIn(folder: string): Trust {
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const of = (name: string) => authority(certificates, name);
  const exporters = of('exporters');
  return {
    scraper: of('scrapers')('scraper'),
    nodeExporter: exporters('node-exporter', ['node-exporter.edge-metrics-host.svc']),
    kubeStateMetrics: exporters('kube-state-metrics', ['kube-state-metrics.edge-metrics.svc']),
    kubelet: of('kubelets')('kubelet', ['127.0.0.1']),
    receive: of('receive')('receive', ['receive.example', '127.0.0.1']),
    edge: of('edges'),
    sidecar: of('sidecars')('sidecar', ['thanos-sidecar.sidecar']),
    query: of('queries')('query'),
    gateway: of('gateway')('gateway', ['alerts.example', '127.0.0.1']),
    alertSender: of('senders')('sidecar'),
    foreign: of('foreign'),
  };
}

/** A Secret of type kubernetes.io/tls with the authority of the other side, as cert-manager and the like write it. */
export function tlsSecret({ cert, key }: Certificate, other: Certificate): Secrets[string] {
  const text = (path: string): string => readFileSync(path, 'utf8');
  return { 'tls.crt': text(cert), 'tls.key': text(key), 'ca.crt': text(other.ca) };
}
