import type { Inventory, PrometheusAgentEdge } from '../../inventory/inventory.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { prometheusAgent, prometheusAgentUnsafeKubelet } from '../../parts/edge/prometheus-agent.ts';
import { defaultVolume, volumeOf, volumePatch } from '../../parts/edge/volume.ts';
import { walBytes } from '../../telemetry/sizing.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and the agent, with this edge's volume. */
export const onEdge = (edge: PrometheusAgentEdge, { fleet }: Inventory): OnEdge => ({
  parts: [namespaces, nodeExporter, kubeStateMetrics, edge.kubelet.unsafeSkipVerify ? prometheusAgentUnsafeKubelet : prometheusAgent],
  patches: volumePatch('prometheus-agent', volumeOf(edge, walBytes(edge, fleet), defaultVolume.agent)),
});
