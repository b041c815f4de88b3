import type { RemoteScrapeEdge } from '../../inventory/inventory.ts';
import { hostPort } from '../../telemetry/host-port.ts';
import { exporterPorts, type Job, kubeStateMetricsInstance } from '../../telemetry/jobs.ts';

/** One address to scrape, with the labels of the contract. */
export interface Target {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The targets of one job on one edge: a node each, and exactly one for kube-state-metrics, which every node forwards to. */
export function targetsOf(edge: RemoteScrapeEdge, job: Job): readonly Target[] {
  const { name: cluster, region } = edge;
  if (job.id === 'kube-state-metrics') {
    const address = hostPort(kubeStateMetricsNode(edge).address, exporterPorts.kubeStateMetricsNodePort);
    return [{ address, labels: { cluster, region, instance: kubeStateMetricsInstance } }];
  }
  const port = job.id === 'node-exporter' ? exporterPorts.nodeExporter : exporterPorts.kubelet;
  return edge.nodes.map(({ name, address }) => ({
    address: hostPort(address, port),
    labels: { cluster, region, node: name, instance: name },
  }));
}

/** The node at which the centre reaches kube-state-metrics: the first unless said. */
export function kubeStateMetricsNode({ nodes, settings }: RemoteScrapeEdge): { readonly name: string; readonly address: string } {
  const named = settings.kubeStateMetrics.node;
  const node = named === undefined ? nodes[0] : nodes.find(({ name }) => name === named);
  if (node === undefined) throw new Error(`bug: no node ${named ?? 'at all'} for kube-state-metrics`);
  return node;
}
