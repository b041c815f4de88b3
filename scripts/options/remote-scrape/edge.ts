import type { RemoteScrapeEdge } from '../../inventory/inventory.ts';
import { kubeStateMetrics } from '../../parts/edge/kube-state-metrics.ts';
import { namespaces } from '../../parts/edge/namespaces.ts';
import { nodeExporter } from '../../parts/edge/node-exporter.ts';
import { remoteAccess, remoteAccessByToken } from '../../parts/edge/remote-access.ts';
import type { OnEdge } from '../option.ts';

/** Exporters, and the way in. */
export const onEdge = ({ settings }: RemoteScrapeEdge): OnEdge => ({
  parts: [namespaces, nodeExporter, kubeStateMetrics, settings.credentials.kubelet === 'token' ? remoteAccessByToken : remoteAccess],
  patches: [],
});
