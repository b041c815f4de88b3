import type { PrometheusAgentEdge } from '../../inventory/inventory.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { prometheusAgent, prometheusAgentUnsafeKubelet } from '../../parts/edge/prometheus-agent.ts';
import { volumePatch } from '../../parts/edge/volume.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and the agent, with this edge's volume. */
export const onEdge = ({ kubelet, storage }: PrometheusAgentEdge): OnEdge => ({
  parts: [namespaces, nodeExporter, kubeStateMetrics, kubelet.unsafeSkipVerify ? prometheusAgentUnsafeKubelet : prometheusAgent],
  patches: volumePatch('prometheus-agent', storage),
});
