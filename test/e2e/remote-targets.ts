import { exporterPorts } from '../../scripts/telemetry/jobs.ts';
import type { Exporters } from './exporters.ts';
import type { Site } from './site.ts';

/** Where each target of a remote-scrape edge listens, by its address in the inventory. */
export function reachOf(
  { fleet }: Site,
  cluster: string,
  { nodes, kubelet, kubeStateMetrics }: Exporters,
): Readonly<Record<string, readonly string[]>> {
  const edge = fleet.inventory.edges.find(({ name }) => name === cluster);
  const [first] = edge?.nodes ?? [];
  return Object.fromEntries([
    [`${first?.address}:${exporterPorts.kubeStateMetricsNodePort}`, [`127.0.0.1:${kubeStateMetrics}`]],
    ...(edge?.nodes ?? []).flatMap(({ name, address }) => [
      [`${address}:${exporterPorts.nodeExporter}`, [`127.0.0.1:${nodes.find((node) => node.name === name)?.port}`]],
      [`${address}:${exporterPorts.kubelet}`, [`127.0.0.1:${kubelet}`]],
    ]),
  ]);
}
