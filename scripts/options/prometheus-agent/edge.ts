import { volumeOf } from '../../advise/size/edge-volume.ts';
import { type Provisioned, sizeOn } from '../../advise/size/provision.ts';
import type { PrometheusAgentEdge } from '../../inventory/inventory.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { prometheusAgent, prometheusAgentUnsafeKubelet } from '../../parts/edge/prometheus-agent.ts';
import { resourcesPatches } from '../../parts/edge/resources.ts';
import { volumePatch } from '../../parts/edge/volume.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and the agent, with this edge's volume and resources. */
export const onEdge = (edge: PrometheusAgentEdge, inventory: Provisioned): OnEdge => ({
  parts: [namespaces, nodeExporter, kubeStateMetrics, edge.kubelet.unsafeSkipVerify ? prometheusAgentUnsafeKubelet : prometheusAgent],
  patches: [
    ...volumePatch('prometheus-agent', volumeOf(edge, 'prometheus-agent', sizeOn(edge, inventory))),
    ...resourcesPatches(edge, inventory),
  ],
});
