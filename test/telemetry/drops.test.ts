import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cadvisorJob, type Job, kubeletJob } from '../../scripts/telemetry/jobs.ts';

type Labels = Readonly<Record<string, string>>;

/** As Prometheus does: the values joined by semicolons, the expression for the whole. */
const isDropped = ({ drops }: Job, series: Labels): boolean =>
  drops.some(({ labels, regex }) => new RegExp(`^(?:${regex})$`).test(labels.map((label) => series[label] ?? '').join(';')));

const ofContainer = { container: 'app', pod: 'shop-1', namespace: 'shop', id: '/kubepods/pod1/c1', image: 'x', name: 'c1' };
const ofSandbox = { container: '', pod: 'shop-1', namespace: 'shop', id: '/kubepods/pod1/s1', image: 'pause', name: 's1' };
const ofPod = { container: '', pod: 'shop-1', namespace: 'shop', id: '/kubepods/pod1', image: '', name: '' };
const ofNode = { container: '', pod: '', namespace: '', id: '/', image: '', name: '' };

for (const [what, kept, series] of [
  ['CPU of a container', true, { __name__: 'container_cpu_usage_seconds_total', ...ofContainer }],
  ['memory of a container', true, { __name__: 'container_memory_working_set_bytes', ...ofContainer }],
  ['throttling of a container', true, { __name__: 'container_cpu_cfs_throttled_periods_total', ...ofContainer }],
  ['CPU of the cgroup of a pod', false, { __name__: 'container_cpu_usage_seconds_total', ...ofPod }],
  ['memory of a pause container', false, { __name__: 'container_memory_rss', ...ofSandbox }],
  ['the same as older runtimes call it', false, { __name__: 'container_memory_rss', ...ofSandbox, container: 'POD' }],
  [
    'network of a pod, which only its sandbox has',
    true,
    { __name__: 'container_network_receive_bytes_total', ...ofSandbox, interface: 'eth0' },
  ],
  ['CPU of the node', true, { __name__: 'container_cpu_usage_seconds_total', ...ofNode }],
  ['what the machine has', true, { __name__: 'machine_memory_bytes' }],
  ['sockets of a container', false, { __name__: 'container_sockets', ...ofContainer }],
] as const)
  test(`cAdvisor: ${what} is ${kept ? 'kept' : 'dropped'}`, () => {
    assert.is(isDropped(cadvisorJob, series), !kept);
  });

for (const [name, kept] of [
  ['kubelet_running_pods', true],
  ['kubelet_volume_stats_used_bytes', true],
  ['kubelet_runtime_operations_errors_total', true],
  ['kubelet_pod_start_duration_seconds_bucket', true],
  ['kubelet_runtime_operations_duration_seconds_bucket', false],
  ['rest_client_requests_total', true],
  ['rest_client_request_duration_seconds_bucket', false],
  ['process_resident_memory_bytes', true],
  ['go_goroutines', true],
  ['volume_manager_total_volumes', true],
  // k3s serves its control plane here.
  ['apiserver_request_duration_seconds_bucket', false],
  ['apiserver_request_total', false],
  ['etcd_request_duration_seconds_sum', false],
  ['scheduler_pending_pods', false],
  ['workqueue_depth', false],
  ['kubernetes_feature_enabled', false],
] as const)
  test(`kubelet: ${name} is ${kept ? 'kept' : 'dropped'}`, () => {
    assert.is(isDropped(kubeletJob, { __name__: name }), !kept);
  });

test.run();
