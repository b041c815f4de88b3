import type { Fleet } from '../inventory/inventory.ts';
import { seconds } from './duration.ts';

/** A scrape job of the label contract: the same series, with the same labels, whichever option collects them. */
export interface Job {
  /** Unique among the jobs; the name of its scrape configuration. */
  readonly id: 'node-exporter' | 'kube-state-metrics' | 'kubelet' | 'cadvisor';
  /** The `job` label. cAdvisor's is `kubelet`, with `metrics_path` to tell the two apart, as the Kubernetes mixins select it. */
  readonly job: 'node-exporter' | 'kube-state-metrics' | 'kubelet';
  readonly path: string;
  /** Keep `namespace`, `pod` and `container` as the target exposes them. */
  readonly honorLabels: boolean;
  /** cAdvisor's own timestamps lag behind, and keep series from going stale. */
  readonly honorTimestamps: boolean;
  /** Targets that expose more are refused whole, so these only stop a runaway. Samples, bytes. */
  readonly sampleLimit: number;
  readonly bodySizeLimit: string;
  /** Series that cost much and answer little; a fleet may keep them: `dropsOf`. */
  readonly drops: readonly Drop[];
}

/** What the values of some labels, joined by `;`, are of series that are dropped: a regular expression for the whole. */
export interface Drop {
  readonly labels: readonly string[];
  readonly regex: string;
}

const named = (regex: string): Drop => ({ labels: ['__name__'], regex });

/** What k3s serves on the kubelet's port, where all of Kubernetes is one process: tens of thousands of series that are not the kubelet's. */
const controlPlane =
  '(aggregator|apiextensions|apiserver|authentication|authorization|clustertrustbundle_publisher|endpoint_slice|etcd|field_validation|grpc|informer|kube_apiserver|node_collector|root_ca_cert_publisher|scheduler|watch|workqueue)_.*';

export const nodeExporterJob: Job = {
  id: 'node-exporter',
  job: 'node-exporter',
  path: '/metrics',
  honorLabels: false,
  honorTimestamps: true,
  sampleLimit: 20_000,
  bodySizeLimit: '16MB',
  drops: [],
};

export const kubeStateMetricsJob: Job = {
  id: 'kube-state-metrics',
  job: 'kube-state-metrics',
  path: '/metrics',
  honorLabels: true,
  honorTimestamps: true,
  sampleLimit: 500_000,
  bodySizeLimit: '128MB',
  drops: [],
};

export const kubeletJob: Job = {
  id: 'kubelet',
  job: 'kubelet',
  path: '/metrics',
  honorLabels: true,
  honorTimestamps: true,
  sampleLimit: 50_000,
  bodySizeLimit: '32MB',
  drops: [
    named(
      `${controlPlane}|(rest_client|storage_operation|kubelet_runtime_operations)_.*_bucket|go_(gc|sched|cpu|memory)_.*_bucket|kubernetes_feature_enabled`,
    ),
  ],
};

export const cadvisorJob: Job = {
  id: 'cadvisor',
  job: 'kubelet',
  path: '/metrics/cadvisor',
  honorLabels: true,
  honorTimestamps: false,
  sampleLimit: 100_000,
  bodySizeLimit: '64MB',
  drops: [
    named(
      'container_(blkio_device_usage_total|file_descriptors|fs_io_(current|time_seconds_total|time_weighted_seconds_total)|fs_sector_.*|last_seen|memory_failures_total|network_(tcp|tcp6|udp|udp6)_usage_total|processes|sockets|tasks_state|threads|threads_max|ulimits_soft)',
    ),
    // The cgroup of a pod and its pause container repeat what its containers say; only the network is theirs. Nodes have no pod.
    { labels: ['__name__', 'container', 'pod'], regex: 'container_([^n]|n[^e]).*;(POD)?;.+' },
  ],
};

export const jobs: readonly Job[] = [nodeExporterJob, kubeStateMetricsJob, kubeletJob, cadvisorJob];

/** What a fleet drops of a job. */
export const dropsOf = ({ metrics }: Fleet, { drops }: Job): readonly Drop[] => (metrics === 'all' ? [] : drops);

/** `instance` of kube-state-metrics, which speaks for the whole cluster and so has no node. */
export const kubeStateMetricsInstance = 'kube-state-metrics';

/** Ports of the exporters on an edge. */
export const exporterPorts = {
  nodeExporter: 9100,
  kubelet: 10250,
  kubeStateMetrics: 8443,
  /** On every node, for the centre; the same on every edge, from Kubernetes' default range 30000-32767. */
  kubeStateMetricsNodePort: 30443,
} as const;

/** Names in the exporters' certificates: one certificate serves all nodes of a cluster, so it bears the name of the workload. */
export const exporterNames = (fleet: Fleet) => ({
  nodeExporter: `node-exporter.${fleet.namespace}-host.svc`,
  kubeStateMetrics: `kube-state-metrics.${fleet.namespace}.svc`,
});

/** Two scrapes must fit: a target that needs longer than this is down. */
export const scrapeTimeout = (fleet: Fleet): string => (seconds(fleet.scrapeInterval) < 10 ? fleet.scrapeInterval : '10s');
