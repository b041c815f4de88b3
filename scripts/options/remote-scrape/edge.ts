import type { Provisioned } from '../../advise/size/provision.ts';
import type { RemoteScrapeEdge } from '../../inventory/inventory.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { remoteAccess, remoteAccessByToken } from '../../parts/edge/remote-access.ts';
import { resourcesPatches } from '../../parts/edge/resources.ts';
import type { OnEdge } from '../option.ts';

/** Exporters, and the way in. */
export const onEdge = (edge: RemoteScrapeEdge, inventory: Provisioned): OnEdge => ({
  parts: [namespaces, nodeExporter, kubeStateMetrics, edge.settings.credentials.kubelet === 'token' ? remoteAccessByToken : remoteAccess],
  patches: resourcesPatches(edge, inventory),
});
