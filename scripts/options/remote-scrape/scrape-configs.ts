import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import type { Inventory, RemoteScrapeEdge } from '../../inventory/inventory.ts';
import { labels, scrapedByCentre } from '../../kubernetes/labels.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { wave } from '../../kubernetes/waves.ts';
import { exporterNames, type Job, jobs, scrapeTimeout } from '../../telemetry/jobs.ts';
import { type Credentials, keys } from './credentials.ts';
import { metricRelabelings } from './metric-relabelings.ts';
import { type Target, targetsOf } from './targets.ts';

/** Targets in one ScrapeConfig: with the longest names 228 bytes each, and an object should stay under 200 KB. */
const targetsPerObject = 800;

/** The four jobs for edges that share credentials, as ScrapeConfigs with static targets. */
export function scrapeConfigs(
  inventory: Inventory,
  credentials: Credentials,
  edges: readonly RemoteScrapeEdge[],
  bucket: string,
): readonly Resource[] {
  const [only] = edges;
  const owner =
    edges.length === 1 && only !== undefined && credentials.secretName === `scrape-${only.name}`
      ? only.name
      : `${credentials.secretName}-${bucket}`;
  return jobs.flatMap((job) =>
    chunks(
      edges.flatMap((edge) => targetsOf(edge, job)),
      targetsPerObject,
    ).map((targets, i) => scrapeConfig(inventory, credentials, job, targets, `${owner}-${job.id}${i === 0 ? '' : `-${i + 1}`}`)),
  );
}

const scrapeConfig = ({ fleet, central }: Inventory, credentials: Credentials, job: Job, targets: readonly Target[], name: string) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: {
      name,
      namespace: central.namespace,
      labels: { ...labels('edges'), ...scrapedByCentre },
      annotations: wave.monitors,
    },
    spec: {
      jobName: job.job,
      scheme: 'HTTPS',
      metricsPath: job.path,
      scrapeInterval: fleet.scrapeInterval,
      scrapeTimeout: scrapeTimeout(fleet),
      honorLabels: job.honorLabels,
      honorTimestamps: job.honorTimestamps,
      sampleLimit: job.sampleLimit,
      bodySizeLimit: job.bodySizeLimit,
      ...authentication(fleet, credentials, job),
      staticConfigs: targets.map(({ address, labels: targetLabels }) => ({ targets: [address], labels: { ...targetLabels } })),
      ...(job.job === 'kubelet'
        ? { relabelings: [{ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path', action: 'replace' as const }] }
        : {}),
      ...metricRelabelings(fleet, job),
    },
  }) satisfies IScrapeConfig;

/** Exporters ask for a client certificate of the fleet's authority; a kubelet for one of its own cluster's, or a token. */
export function authentication(fleet: Inventory['fleet'], { secretName, kubelet, unsafeSkipVerify }: Credentials, job: Job) {
  const secret = (key: string) => ({ name: secretName, key });
  if (job.job !== 'kubelet') {
    const names = exporterNames(fleet);
    return {
      tlsConfig: {
        ca: { secret: secret(keys.exporterCa) },
        cert: { secret: secret(keys.exporterCertificate) },
        keySecret: secret(keys.exporterKey),
        serverName: job.job === 'node-exporter' ? names.nodeExporter : names.kubeStateMetrics,
      },
    };
  }
  const verification = unsafeSkipVerify ? { insecureSkipVerify: true } : { ca: { secret: secret(keys.kubeletCa) } };
  return kubelet === 'token'
    ? { authorization: { credentials: secret(keys.kubeletToken) }, tlsConfig: verification }
    : { tlsConfig: { ...verification, cert: { secret: secret(keys.kubeletCertificate) }, keySecret: secret(keys.kubeletKey) } };
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
