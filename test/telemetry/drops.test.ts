import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import { cadvisorJob, type Job, jobs, kubeletJob } from '../../scripts/telemetry/jobs.ts';
import { allOptions, compiledFleet } from '../support/fleet.ts';

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

const lean = compiledFleet(allOptions());
const textsOf = ({ rendered }: typeof lean): string => JSON.stringify([...rendered.values()]);

/** Everything that is called `expr`, in objects and in the files that ConfigMaps hold. */
function expressionsIn(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') {
    if (name === 'expr') return [value];
    return name.endsWith('.yml') || name.endsWith('.yaml') ? parseYaml(value).flatMap((file) => expressionsIn(file)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => expressionsIn(inner, key));
}

test("nothing that the fleet's own rules read is dropped", () => {
  const expressions = [...lean.rendered.values()].flatMap((objects) => expressionsIn(objects));
  const names = new Set(expressions.flatMap((expression) => expression.match(/[a-z]+_[a-z0-9_]+/g) ?? []));
  for (const known of ['node_filesystem_avail_bytes', 'prometheus_remote_storage_samples_dropped_total', 'thanos_compact_halted'])
    assert.ok(names.has(known), [...names].join(' '));
  // A series of cAdvisor that rules may read is one of a container or of the node.
  for (const name of names) for (const job of jobs) assert.not(isDropped(job, { __name__: name, container: 'app', pod: 'shop-1' }), name);
});

test('a fleet that wants all metrics drops nothing, on any option, and is sized for it', () => {
  const all = compiledFleet(allOptions({ metrics: 'all' }));
  const dropping = (text: string): number => text.match(/"action":"drop"|action: drop/g)?.length ?? 0;
  assert.is(dropping(textsOf(all)), 0);
  // The collectors of two edges, and the ScrapeConfigs of one: each a rule for kubelets and two for cAdvisor.
  assert.is(dropping(textsOf(lean)), 9);
  const series = ({ inventory }: typeof lean) => [...sizeOfFleet(inventory).sizes.values()].map((size) => size.series.value.middle);
  const [few, many] = [series(lean), series(all)];
  for (const [i, count] of many.entries()) assert.ok(count > 1.3 * (few[i] as number));
});

test.run();
