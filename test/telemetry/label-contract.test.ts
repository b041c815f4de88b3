import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet, objectOf, objectsOf } from '../support/fleet.ts';
import { finished, type Labels, type RelabelConfig, relabel } from '../support/relabel.ts';

/** The same edge, with the same nodes, on each option; one node has an IPv6 address. */
const nodes = [
  { name: 'node-a', address: '192.0.2.10' },
  { name: 'node-b', address: '2001:db8::11' },
];
const on = (
  option: string,
  centre: Readonly<Record<string, unknown>> = {},
  change: Readonly<Record<string, unknown>> = {},
): CompiledFleet => compiledFleet(aFleet([aCentre(centre), anEdge('edge', option, 10, { nodes, ...change })]));

const join = (address: string, port: number) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

/** What the contract says, in words: nothing more, nothing less. */
const contract: readonly Labels[] = sorted([
  ...nodes.flatMap(({ name }) => [
    { cluster: 'edge', region: 'kr', job: 'node-exporter', node: name, instance: name },
    { cluster: 'edge', region: 'kr', job: 'kubelet', metrics_path: '/metrics', node: name, instance: name },
    { cluster: 'edge', region: 'kr', job: 'kubelet', metrics_path: '/metrics/cadvisor', node: name, instance: name },
  ]),
  { cluster: 'edge', region: 'kr', job: 'kube-state-metrics', instance: 'kube-state-metrics' },
]);

test('G13 remote-scrape with ScrapeConfigs: the targets have the labels of the contract', () => {
  assert.equal(scrapeConfigTargets(on('remote-scrape')), contract);
});

test('G13 remote-scrape with ServiceMonitors: the targets have the labels of the contract', () => {
  assert.equal(serviceMonitorTargets(on('remote-scrape', { prometheus: { mode: 'service-monitor' } })), contract);
});

test('G13 prometheus-agent: the targets have the labels of the contract, once the external labels are added', () => {
  assert.equal(inClusterTargets(on('prometheus-agent'), 'prometheus-agent'), contract);
});

test('G13 thanos-sidecar: the targets have the labels of the contract, once the external labels are added', () => {
  assert.equal(inClusterTargets(on('thanos-sidecar'), 'edge-prometheus'), contract);
});

test('G13 the only label that tells two copies of a series apart is a replica label', () => {
  for (const [option, name] of [
    ['prometheus-agent', 'prometheus-agent'],
    ['thanos-sidecar', 'edge-prometheus'],
  ] as const) {
    const { global } = configuration(on(option), name);
    assert.equal(global.external_labels, { cluster: '${CLUSTER}', region: '${REGION}', prometheus_replica: '${POD_NAME}' });
  }
});

interface ScrapeConfig {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly static_configs?: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
  readonly kubernetes_sd_configs?: readonly { readonly role: string }[];
  readonly relabel_configs?: readonly RelabelConfig[];
}

interface Configuration {
  readonly global: { readonly external_labels: Labels };
  readonly scrape_configs: readonly ScrapeConfig[];
}

const configuration = (fleet: CompiledFleet, name: string): Configuration =>
  parse(objectOf<{ data: Record<string, string> }>(fleet, 'edge', 'ConfigMap', name).data['prometheus.yml'] ?? '') as Configuration;

/** Targets of a Prometheus on the edge, from what the edge's API server would tell it. */
function inClusterTargets(fleet: CompiledFleet, collector: string): readonly Labels[] {
  const { global, scrape_configs } = configuration(fleet, collector);
  const identity = objectOf<{ data: Record<string, string> }>(fleet, 'edge', 'ConfigMap', 'cluster-identity').data;
  const external = Object.fromEntries(
    Object.entries(global.external_labels)
      .filter(([name]) => name !== 'prometheus_replica')
      .map(([name, value]) => [name, value.replace(/\$\{(\w+)\}/g, (_, variable: string) => identity[variable] ?? '')]),
  );
  return sorted(
    scrape_configs
      .filter(({ job_name }) => job_name !== collector && job_name !== 'thanos-sidecar')
      .flatMap((config) =>
        discovered(config).flatMap((target) => {
          const labels = relabel(
            { __metrics_path__: config.metrics_path ?? '/metrics', job: config.job_name, ...target },
            config.relabel_configs ?? [],
          );
          return labels === undefined ? [] : [{ ...external, ...finished(labels) }];
        }),
      ),
  );
}

function discovered({ static_configs = [], kubernetes_sd_configs = [] }: ScrapeConfig): readonly Labels[] {
  return [
    ...static_configs.flatMap(({ targets, labels }) => targets.map((address) => ({ __address__: address, ...labels }))),
    ...kubernetes_sd_configs.flatMap(({ role }): readonly Labels[] =>
      role === 'node'
        ? nodes.map(({ name, address }) => ({ __address__: join(address, 10250), __meta_kubernetes_node_name: name }))
        : nodes.flatMap(({ name, address }) => [
            {
              __address__: join(address, 9100),
              __meta_kubernetes_namespace: 'edge-metrics-host',
              __meta_kubernetes_pod_node_name: name,
              __meta_kubernetes_pod_container_port_name: 'metrics',
              __meta_kubernetes_pod_label_app_kubernetes_io_name: 'node-exporter',
            },
            // Somebody else's pod in the same namespace, and a second port of ours: neither is a target.
            {
              __address__: join(address, 8080),
              __meta_kubernetes_pod_node_name: name,
              __meta_kubernetes_pod_container_port_name: 'metrics',
              __meta_kubernetes_pod_label_app_kubernetes_io_name: 'other',
            },
            {
              __address__: join(address, 9999),
              __meta_kubernetes_pod_node_name: name,
              __meta_kubernetes_pod_container_port_name: 'debug',
              __meta_kubernetes_pod_label_app_kubernetes_io_name: 'node-exporter',
            },
          ]),
    ),
  ];
}

interface OperatorRelabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly regex?: string;
  readonly action?: string;
}

const asRelabelConfig = ({ sourceLabels, targetLabel, ...rest }: OperatorRelabeling): RelabelConfig => ({
  ...rest,
  ...(sourceLabels === undefined ? {} : { source_labels: sourceLabels }),
  ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
});

/** What the default scrape class of the central Prometheus does to a target that says no cluster. */
function scrapeClass(fleet: CompiledFleet): readonly RelabelConfig[] {
  const { spec } = objectsOf<{ spec: { scrapeClasses?: readonly { default?: boolean; relabelings?: readonly OperatorRelabeling[] }[] } }>(
    fleet,
    'centre',
    'Prometheus',
  )[0] ?? { spec: {} };
  return (spec.scrapeClasses ?? [])
    .filter((one) => one.default === true)
    .flatMap(({ relabelings = [] }) => relabelings.map(asRelabelConfig));
}

function scrapeConfigTargets(fleet: CompiledFleet): readonly Labels[] {
  return sorted(
    objectsOf<{
      spec: {
        jobName: string;
        metricsPath: string;
        staticConfigs: readonly { targets: readonly string[]; labels: Labels }[];
        relabelings?: readonly OperatorRelabeling[];
      };
    }>(fleet, 'centre', 'ScrapeConfig').flatMap(({ spec }) =>
      spec.staticConfigs.flatMap(({ targets, labels }) =>
        targets.map((address) =>
          finished(
            relabel({ __address__: address, __metrics_path__: spec.metricsPath, job: spec.jobName, ...labels }, [
              ...scrapeClass(fleet),
              ...(spec.relabelings ?? []).map(asRelabelConfig),
            ]) ?? {},
          ),
        ),
      ),
    ),
  );
}

/** The operator's part: labels of the Service by targetLabels and jobLabel, and what it adds of its own. */
function serviceMonitorTargets(fleet: CompiledFleet): readonly Labels[] {
  interface Sliced {
    readonly metadata: { readonly name: string; readonly labels: Labels };
    readonly ports: readonly { readonly name: string; readonly port: number }[];
    readonly endpoints: readonly { readonly addresses: readonly string[]; readonly nodeName: string }[];
  }
  interface Monitor {
    readonly metadata: { readonly labels: Labels };
    readonly spec: {
      readonly jobLabel: string;
      readonly targetLabels: readonly string[];
      readonly selector: { readonly matchLabels: Labels };
      readonly endpoints: readonly { readonly port: string; readonly path: string; readonly relabelings: readonly OperatorRelabeling[] }[];
    };
  }
  const slices = objectsOf<Sliced>(fleet, 'centre', 'EndpointSlice');
  return sorted(
    objectsOf<Monitor>(fleet, 'centre', 'ServiceMonitor')
      .filter(({ metadata }) => metadata.labels['app.kubernetes.io/name'] === 'edges')
      .flatMap(({ spec }) =>
        slices
          .filter(({ metadata }) => Object.entries(spec.selector.matchLabels).every(([name, value]) => metadata.labels[name] === value))
          .flatMap(({ metadata, ports, endpoints }) =>
            endpoints.flatMap(({ addresses, nodeName }) =>
              spec.endpoints.map((endpoint) => {
                const port = ports.find(({ name }) => name === endpoint.port);
                const labels = {
                  __address__: join(addresses[0] ?? '', port?.port ?? 0),
                  __metrics_path__: endpoint.path,
                  __meta_kubernetes_endpointslice_endpoint_node_name: nodeName,
                  namespace: 'metrics-central',
                  service: metadata.labels['kubernetes.io/service-name'] ?? '',
                  endpoint: endpoint.port,
                  job: metadata.labels[spec.jobLabel] ?? '',
                  ...Object.fromEntries(spec.targetLabels.map((name) => [name, metadata.labels[name] ?? ''])),
                };
                return finished(relabel(labels, [...scrapeClass(fleet), ...endpoint.relabelings.map(asRelabelConfig)]) ?? {});
              }),
            ),
          ),
      ),
  );
}

function sorted(targets: readonly Labels[]): readonly Labels[] {
  const key = (labels: Labels) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [...targets].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

test.run();
