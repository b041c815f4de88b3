import type { Inventory, ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { edgePrometheus } from '../../parts/edge/edge-prometheus.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { defaultVolume, volumeOf, volumePatch } from '../../parts/edge/volume.ts';
import { tsdbBytes } from '../../telemetry/sizing.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and a Prometheus with its sidecar, with this edge's volume. */
export const onEdge = (edge: ThanosSidecarEdge, { fleet }: Inventory): OnEdge => ({
  parts: [
    namespaces,
    nodeExporter,
    kubeStateMetrics,
    edgePrometheus[edge.kubelet.unsafeSkipVerify ? 'unsafeKubelet' : 'verifiedKubelet'][edge.settings.replicas],
  ],
  patches: volumePatch('edge-prometheus', volumeOf(edge, tsdbBytes(edge, fleet), defaultVolume.prometheus)),
});
