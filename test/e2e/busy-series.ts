// Metrics as cAdvisor, kubelets and kube-state-metrics give them out: names and labels as long as theirs, values that change as theirs do.

/** What one node's kubelet, or one cluster's kube-state-metrics, gives out at the `step`-th scrape. */
export type Page = (step: number) => string;

/** How a value goes on: most are settings and states, which stay. */
type Course = (seed: number, step: number) => number;

/** Seconds between two scrapes as the values have it, however short the time between them really is. */
const apart = 30;

/** Between 0 and 1; the same for the same arguments. */
function random(a: number, b: number): number {
  let x = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

const stays: Course = (seed) => (random(seed, 0) < 0.7 ? Math.round(random(seed, 1)) : Math.round(random(seed, 2) * 1e9));
/** Seconds of a processor. */
const seconds: Course = (seed, step) =>
  (1000 * random(seed, 0) + (step + 0.3 * random(seed, step)) * apart * 0.2 * random(seed, 1)) as number;
const pages: Course = (seed, step) => 4096 * Math.round(20_000 * random(seed, 0) + 500 * random(seed, step));
/** Bytes or packets that only grow, by some thousand each second. */
const grows: Course = (seed, step) =>
  Math.round(1e8 * random(seed, 0) + (step + 0.3 * random(seed, step)) * apart * 5000 * random(seed, 1));
/** Grows at one scrape in ten. */
const seldom: Course = (seed, step) => Math.round(1000 * random(seed, 0)) + Math.floor(step / 10 + random(seed, 1));

const hex = (seed: number, length: number): string =>
  Array.from({ length: Math.ceil(length / 8) }, (_, index) =>
    Math.floor(random(seed, index + 7) * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  )
    .join('')
    .slice(0, length);
const uid = (seed: number): string => hex(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const podName = (pod: number): string => `checkout-${pod % 12}-${hex(pod, 10)}-${hex(pod + 1, 5)}`;
const namespace = (pod: number): string => `shop-${pod % 9}`;

interface Metric {
  readonly name: string;
  readonly course: Course;
  /** Labels beside those of the object, one series each. */
  readonly each?: readonly string[];
}

const of = (course: Course, names: readonly string[], each?: readonly string[]): readonly Metric[] =>
  names.map((name) => ({ name, course, ...(each === undefined ? {} : { each }) }));

/** Forty of a container that the emitted rules keep, forty that they drop. */
const cadvisor: readonly Metric[] = [
  ...of(seconds, ['container_cpu_usage_seconds_total', 'container_cpu_user_seconds_total', 'container_cpu_system_seconds_total']),
  ...of(pages, [
    'container_memory_usage_bytes',
    'container_memory_working_set_bytes',
    'container_memory_rss',
    'container_memory_cache',
    'container_memory_mapped_file',
    'container_memory_max_usage_bytes',
  ]),
  ...of(grows, ['container_fs_reads_bytes_total', 'container_fs_writes_bytes_total'], ['device="/dev/nvme0n1"', 'device="/dev/dm-0"']),
  ...of(
    grows,
    ['container_network_receive_bytes_total', 'container_network_transmit_bytes_total', 'container_network_receive_packets_total'],
    ['interface="eth0"'],
  ),
  ...of(seldom, ['container_cpu_cfs_periods_total', 'container_cpu_cfs_throttled_periods_total', 'container_oom_events_total']),
  ...of(stays, [
    'container_spec_cpu_period',
    'container_spec_cpu_quota',
    'container_spec_cpu_shares',
    'container_spec_memory_limit_bytes',
    'container_spec_memory_reservation_limit_bytes',
    'container_spec_memory_swap_limit_bytes',
    'container_start_time_seconds',
    'container_memory_failcnt',
    'container_memory_swap',
    'container_memory_kernel_usage',
    'container_cpu_load_average_10s',
    'container_fs_inodes_free',
    'container_fs_inodes_total',
    'container_fs_limit_bytes',
    'container_fs_usage_bytes',
  ]),
  ...of(stays, ['container_network_receive_errors_total', 'container_network_transmit_errors_total'], ['interface="eth0"']),
  ...of(seldom, ['container_fs_reads_total', 'container_fs_writes_total'], ['device="/dev/nvme0n1"', 'device="/dev/dm-0"']),
  // Dropped.
  ...of(
    seldom,
    ['container_memory_failures_total'],
    [
      'failure_type="pgfault",scope="container"',
      'failure_type="pgfault",scope="hierarchy"',
      'failure_type="pgmajfault",scope="container"',
      'failure_type="pgmajfault",scope="hierarchy"',
    ],
  ),
  ...of(
    stays,
    ['container_network_tcp_usage_total', 'container_network_udp_usage_total'],
    ['closewait', 'closing', 'established', 'finwait1', 'finwait2', 'listen', 'synrecv', 'timewait'].map(
      (state) => `interface="eth0",tcp_state="${state}"`,
    ),
  ),
  ...of(
    stays,
    ['container_tasks_state'],
    ['iowaiting', 'running', 'sleeping', 'stopped', 'uninterruptible'].map((state) => `state="${state}"`),
  ),
  ...of(
    grows,
    ['container_blkio_device_usage_total'],
    ['Read', 'Write', 'Sync', 'Async'].map((operation) => `device="/dev/nvme0n1",major="259",minor="0",operation="${operation}"`),
  ),
  ...of(stays, [
    'container_last_seen',
    'container_processes',
    'container_sockets',
    'container_threads',
    'container_threads_max',
    'container_file_descriptors',
    'container_fs_io_current',
    'container_fs_io_time_seconds_total',
    'container_fs_io_time_weighted_seconds_total',
    'container_fs_sector_reads_total',
    'container_fs_sector_writes_total',
  ]),
];

/** Of a node with so many containers; lines have a time, as cAdvisor's have. */
export const cadvisorPage =
  (containers: number): Page =>
  (step) =>
    Array.from({ length: containers }, (_, container) => {
      const id = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid(container).replaceAll('-', '_')}.slice/cri-containerd-${hex(container, 64)}.scope`;
      const labels = `container="checkout-${container % 12}",id="${id}",image="registry.example/shop/checkout-${container % 12}:v1.${container % 7}.0",name="${hex(container, 64)}",namespace="${namespace(container)}",pod="${podName(container)}"`;
      return lines(cadvisor, labels, container, step, ` ${1_780_000_000_000 + step * apart * 1000}`);
    }).join('');

const kubelet: readonly Metric[] = [
  // Dropped.
  ...of(seldom, ['rest_client_request_duration_seconds_bucket', 'storage_operation_duration_seconds_bucket'], buckets(50)),
  ...of(grows, ['kubelet_http_requests_duration_seconds_bucket', 'kubelet_pod_worker_duration_seconds_bucket'], buckets(20)),
  ...of(seldom, ['kubelet_cgroup_manager_duration_seconds_bucket', 'kubelet_pleg_relist_duration_seconds_bucket'], buckets(30)),
  ...of(stays, ['kubelet_volume_stats_capacity_bytes', 'kubelet_volume_stats_inodes'], objects(25)),
  ...of(pages, ['kubelet_volume_stats_used_bytes'], objects(25)),
];

function buckets(methods: number): readonly string[] {
  const bounds = ['0.005', '0.025', '0.1', '0.25', '0.5', '1', '2', '4', '8', '+Inf'];
  return Array.from({ length: methods }, (_, method) => bounds.map((le) => `method="GET",path="/api/v1/pods/${method}",le="${le}"`)).flat();
}

function objects(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `namespace="${namespace(index)}",persistentvolumeclaim="data-${podName(index)}"`);
}

/** Of one kubelet itself: 1,075 series that the emitted rules keep, 1,000 that they drop. */
export const kubeletPage: Page = (step) => lines(kubelet, '', 1, step);

const reasons = [
  'ContainerCreating',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
];
const ends = ['OOMKilled', 'Completed', 'Error', 'ContainerCannotRun', 'DeadlineExceeded', 'Evicted'];
const phases = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'];
const conditions = ['true', 'false', 'unknown'];
const quote = (label: string, values: readonly string[]): readonly string[] => values.map((value) => `${label}="${value}"`);

/** 83 of a pod with one container. */
const kubeStateMetrics: readonly Metric[] = [
  ...of(
    stays,
    ['kube_pod_info'],
    [
      `host_ip="192.0.2.10",pod_ip="10.42.3.17",node="node-3",created_by_kind="ReplicaSet",created_by_name="checkout-5d9c7b8f6d",priority_class="",host_network="false"`,
    ],
  ),
  ...of(stays, ['kube_pod_status_phase'], quote('phase', phases)),
  ...of(stays, ['kube_pod_status_ready', 'kube_pod_status_scheduled'], quote('condition', conditions)),
  ...of(stays, ['kube_pod_status_reason'], quote('reason', [...ends, 'NodeLost', 'UnexpectedAdmissionError'])),
  ...of(stays, ['kube_pod_container_status_waiting_reason'], quote('reason', reasons)),
  ...of(stays, ['kube_pod_container_status_terminated_reason', 'kube_pod_container_status_last_terminated_reason'], quote('reason', ends)),
  ...of(stays, ['kube_pod_tolerations'], ['key="node.kubernetes.io/not-ready"', 'key="node.kubernetes.io/unreachable"']),
  ...of(
    stays,
    ['kube_pod_container_resource_requests', 'kube_pod_container_resource_limits'],
    ['node="node-3",resource="cpu",unit="core"', 'node="node-3",resource="memory",unit="byte"'],
  ),
  ...of(seldom, ['kube_pod_container_status_restarts_total']),
  ...of(
    stays,
    [
      'created',
      'start_time',
      'owner',
      'restart_policy',
      'status_container_ready_time',
      'status_initialized_time',
      'status_qos_class',
      'status_ready_time',
      'status_scheduled_time',
      'service_account',
      'scheduler',
      'ips',
      'container_info',
      'container_state_started',
      'container_status_last_terminated_exitcode',
      'container_status_ready',
      'container_status_running',
      'container_status_terminated',
      'container_status_waiting',
      'spec_volumes_persistentvolumeclaims_info',
      'spec_volumes_persistentvolumeclaims_readonly',
      'completion_time',
      'deletion_timestamp',
      'labels',
      'annotations',
      'nodeselectors',
      'overhead_cpu_cores',
      'overhead_memory_bytes',
      'runtimeclass_name_info',
      'status_unschedulable',
      'init_container_info',
      'init_container_status_ready',
      'init_container_status_running',
      'init_container_status_terminated',
      'init_container_status_waiting',
      'init_container_status_restarts_total',
      'init_container_resource_limits',
      'init_container_resource_requests',
    ].map((name) => `kube_pod_${name}`),
  ),
];

/** Of a cluster with so many pods. */
export const kubeStateMetricsPage =
  (pods: number): Page =>
  (step) =>
    Array.from({ length: pods }, (_, pod) => {
      const labels = `namespace="${namespace(pod)}",pod="${podName(pod)}",uid="${uid(pod)}",container="checkout-${pod % 12}"`;
      return lines(kubeStateMetrics, labels, pod, step);
    }).join('');

function lines(metrics: readonly Metric[], labels: string, object: number, step: number, time = ''): string {
  let text = '';
  let seed = object * 10_000;
  for (const { name, course, each = [''] } of metrics)
    for (const more of each) {
      seed += 1;
      text += `${name}{${[labels, more].filter((part) => part !== '').join(',')}} ${course(seed, step)}${time}\n`;
    }
  return text;
}
