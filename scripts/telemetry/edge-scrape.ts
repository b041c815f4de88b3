import { type Fleet, hostNamespace } from '../inventory/inventory.ts';
import {
  cadvisorJob,
  type Drop,
  dropsOf,
  exporterNames,
  exporterPorts,
  type Job,
  kubeletJob,
  kubeStateMetricsInstance,
  kubeStateMetricsJob,
  nodeExporterJob,
  scrapeTimeout,
} from './jobs.ts';

/** Where the collector's pod finds the certificate with which it scrapes exporters: keys ca.crt, tls.crt and tls.key. */
export const scrapeClientFolder = '/etc/prometheus/scrape-client';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Scrape configurations of a Prometheus that runs on the edge itself; `cluster` and `region` come from its external labels. */
export const edgeScrapeConfigs = (fleet: Fleet, collector: string, unsafeKubelet: boolean) => [
  {
    ...scrape(fleet, nodeExporterJob),
    scheme: 'https',
    tls_config: clientTls(exporterNames(fleet).nodeExporter),
    // Prometheus joins the pod's address and its declared port, with brackets around IPv6.
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [hostNamespace(fleet)] } }],
    relabel_configs: [
      keep('__meta_kubernetes_pod_label_app_kubernetes_io_name', 'node-exporter'),
      keep('__meta_kubernetes_pod_container_port_name', 'metrics'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      copy('__meta_kubernetes_pod_node_name', 'instance'),
    ],
  },
  {
    ...scrape(fleet, kubeStateMetricsJob),
    scheme: 'https',
    tls_config: clientTls(exporterNames(fleet).kubeStateMetrics),
    // The Service, not the pods: during a rollout two pods would be two targets with the same labels.
    static_configs: [
      {
        targets: [`${exporterNames(fleet).kubeStateMetrics}:${exporterPorts.kubeStateMetrics}`],
        labels: { instance: kubeStateMetricsInstance },
      },
    ],
  },
  kubelet(fleet, kubeletJob, unsafeKubelet),
  kubelet(fleet, cadvisorJob, unsafeKubelet),
  {
    job_name: collector,
    scrape_interval: fleet.scrapeInterval,
    scrape_timeout: scrapeTimeout(fleet),
    static_configs: [{ targets: ['127.0.0.1:9090'], labels: { instance: collector } }],
  },
];

const kubelet = (fleet: Fleet, job: Job, unsafe: boolean) => ({
  ...scrape(fleet, job),
  scheme: 'https',
  authorization: { credentials_file: `${serviceAccount}/token` },
  tls_config: unsafe ? { insecure_skip_verify: true } : { ca_file: `${serviceAccount}/ca.crt` },
  kubernetes_sd_configs: [{ role: 'node' }],
  relabel_configs: [
    copy('__meta_kubernetes_node_name', 'node'),
    copy('__meta_kubernetes_node_name', 'instance'),
    set('job', job.job),
    copy('__metrics_path__', 'metrics_path'),
  ],
});

const scrape = (fleet: Fleet, job: Job) => ({
  job_name: job.id,
  metrics_path: job.path,
  scrape_interval: fleet.scrapeInterval,
  scrape_timeout: scrapeTimeout(fleet),
  honor_labels: job.honorLabels,
  honor_timestamps: job.honorTimestamps,
  sample_limit: job.sampleLimit,
  body_size_limit: job.bodySizeLimit,
  ...metricRelabelConfigs(dropsOf(fleet, job)),
});

const metricRelabelConfigs = (drops: readonly Drop[]) =>
  drops.length > 0 && { metric_relabel_configs: drops.map(({ labels, regex }) => ({ source_labels: labels, regex, action: 'drop' })) };

const clientTls = (serverName: string) => ({
  ca_file: `${scrapeClientFolder}/ca.crt`,
  cert_file: `${scrapeClientFolder}/tls.crt`,
  key_file: `${scrapeClientFolder}/tls.key`,
  server_name: serverName,
});

const keep = (label: string, regex: string) => ({ source_labels: [label], regex, action: 'keep' });
const copy = (from: string, to: string) => ({ source_labels: [from], target_label: to });
const set = (label: string, value: string) => ({ target_label: label, replacement: value });
