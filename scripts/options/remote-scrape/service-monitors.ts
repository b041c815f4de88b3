import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice';
import type { IService } from 'kubernetes-models/v1/Service';
import type { Inventory, RemoteScrapeEdge } from '../../inventory/inventory.ts';
import { labels, scrapedByCentre } from '../../kubernetes/labels.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { wave } from '../../kubernetes/waves.ts';
import type { Part } from '../../parts/part.ts';
import {
  cadvisorJob,
  exporterPorts,
  type Job,
  kubeletJob,
  kubeStateMetricsInstance,
  kubeStateMetricsJob,
  nodeExporterJob,
  scrapeTimeout,
} from '../../telemetry/jobs.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { metricRelabelings } from './metric-relabelings.ts';
import { authentication } from './scrape-configs.ts';
import { kubeStateMetricsNode } from './targets.ts';

/** Tells a ServiceMonitor its Services; the value is the `job` label. */
const jobLabel = 'fleetc.dev/job';

/** One ServiceMonitor a job for all edges. They name one Secret, so in this mode all remote-scrape edges share their credentials. */
export const serviceMonitorsPart = (inventory: Inventory): Part => {
  const edge = inventory.edges.find((candidate): candidate is RemoteScrapeEdge => candidate.option === 'remote-scrape');
  const credentials = edge === undefined ? [] : [credentialsOf(edge)];
  return {
    name: 'edge-service-monitors',
    resources: credentials.flatMap((shared) => [
      serviceMonitor(inventory, shared, 'node-exporter', [nodeExporterJob]),
      serviceMonitor(inventory, shared, 'kube-state-metrics', [kubeStateMetricsJob]),
      serviceMonitor(inventory, shared, 'kubelet', [kubeletJob, cadvisorJob]),
    ]),
    secrets: [],
  };
};

const serviceMonitor = ({ fleet, central }: Inventory, credentials: Credentials, job: Job['job'], endpoints: readonly Job[]) =>
  ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      name: `edges-${job}`,
      namespace: central.namespace,
      labels: { ...labels('edges'), ...scrapedByCentre },
      annotations: wave.monitors,
    },
    spec: {
      jobLabel,
      // The operator's default is still Endpoints, which Kubernetes deprecates.
      serviceDiscoveryRole: 'EndpointSlice',
      selector: { matchLabels: { [jobLabel]: job } },
      targetLabels: ['cluster', 'region'],
      sampleLimit: Math.max(...endpoints.map(({ sampleLimit }) => sampleLimit)),
      bodySizeLimit: (endpoints.at(-1) as Job).bodySizeLimit,
      endpoints: endpoints.map((endpoint) => ({
        port: 'metrics',
        // No pod stands behind these Services, so none can be running.
        filterRunning: false,
        scheme: 'https' as const,
        path: endpoint.path,
        interval: fleet.scrapeInterval,
        scrapeTimeout: scrapeTimeout(fleet),
        honorLabels: endpoint.honorLabels,
        honorTimestamps: endpoint.honorTimestamps,
        ...authentication(fleet, credentials, endpoint),
        relabelings: [
          ...(job === 'kube-state-metrics'
            ? [{ targetLabel: 'instance', replacement: kubeStateMetricsInstance, action: 'replace' as const }]
            : [nodeName('node'), nodeName('instance')]),
          ...(job === 'kubelet' ? [{ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path', action: 'replace' as const }] : []),
          // What the operator adds speaks of the Service in the centre, not of the edge.
          { action: 'labeldrop' as const, regex: 'namespace|service|endpoint|pod|container' },
        ],
        ...metricRelabelings(fleet, endpoint),
      })),
    },
  }) satisfies IServiceMonitor;

const nodeName = (targetLabel: string) => ({
  sourceLabels: ['__meta_kubernetes_endpointslice_endpoint_node_name'],
  targetLabel,
  action: 'replace' as const,
});

/** A Service without a selector and its EndpointSlice, for each job of one edge. */
export function edgeServices(edge: RemoteScrapeEdge, namespace: string): readonly Resource[] {
  const nodes = edge.nodes.map(({ name, address }) => ({ address, nodeName: name }));
  const { name, address } = kubeStateMetricsNode(edge);
  return [
    ...service(edge, namespace, 'node-exporter', exporterPorts.nodeExporter, nodes),
    ...service(edge, namespace, 'kubelet', exporterPorts.kubelet, nodes),
    ...service(edge, namespace, 'kube-state-metrics', exporterPorts.kubeStateMetricsNodePort, [{ address, nodeName: name }]),
  ];
}

interface Address {
  readonly address: string;
  readonly nodeName: string;
}

function service(edge: RemoteScrapeEdge, namespace: string, job: Job['job'], port: number, addresses: readonly Address[]) {
  const name = `${edge.name}-${job}`;
  // `cluster` and `region` become labels of the series by the ServiceMonitor's targetLabels.
  const serviceLabels = { ...labels('edges'), [jobLabel]: job, cluster: edge.name, region: edge.region };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: serviceLabels, annotations: wave.config },
    spec: { clusterIP: 'None', ports: [{ name: 'metrics', port }] },
  } satisfies IService;
  const slices = (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
    const endpoints = addresses.filter(({ address }) => address.includes(':') === (addressType === 'IPv6'));
    return endpoints.length === 0 ? [] : [slice(addressType, endpoints)];
  });
  function slice(addressType: 'IPv4' | 'IPv6', endpoints: readonly Address[]) {
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-${addressType.toLowerCase()}`,
        namespace,
        labels: { ...serviceLabels, 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'fleetc' },
        annotations: wave.config,
      },
      addressType,
      ports: [{ name: 'metrics', port, protocol: 'TCP' }],
      endpoints: endpoints.map(({ address, nodeName: node }) => ({ addresses: [address], conditions: { ready: true }, nodeName: node })),
    } satisfies IEndpointSlice;
  }
  return [service, ...slices];
}
