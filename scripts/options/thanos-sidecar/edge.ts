import type { ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { edgePrometheus } from '../../parts/edge/edge-prometheus.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { volumePatch } from '../../parts/edge/volume.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and a Prometheus with its sidecar, with this edge's volume. */
export const onEdge = ({ kubelet, settings, storage }: ThanosSidecarEdge): OnEdge => ({
  parts: [
    namespaces,
    nodeExporter,
    kubeStateMetrics,
    edgePrometheus[kubelet.unsafeSkipVerify ? 'unsafeKubelet' : 'verifiedKubelet'][settings.replicas],
  ],
  patches: volumePatch('edge-prometheus', storage),
});
