import { volumeOf } from '../../advise/size/edge-volume.ts';
import { type Provisioned, sizeOn } from '../../advise/size/provision.ts';
import type { ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { edgePrometheus } from '../../parts/edge/edge-prometheus.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { resourcesPatches } from '../../parts/edge/resources.ts';
import { volumePatch } from '../../parts/edge/volume.ts';
import type { OnEdge } from '../option.ts';

/** Exporters and a Prometheus with its sidecar, with this edge's volume and resources. */
export const onEdge = (edge: ThanosSidecarEdge, inventory: Provisioned): OnEdge => ({
  parts: [
    namespaces,
    nodeExporter,
    kubeStateMetrics,
    edgePrometheus[edge.kubelet.unsafeSkipVerify ? 'unsafeKubelet' : 'verifiedKubelet'][edge.settings.replicas],
  ],
  patches: [
    ...volumePatch('edge-prometheus', volumeOf(edge, 'thanos-sidecar', sizeOn(edge, inventory))),
    ...resourcesPatches(edge, inventory),
  ],
});
