import type { ThanosSidecarEdge } from '../../inventory/inventory.ts';
import type { Option } from '../option.ts';
import { centralParts, inCentre } from './centre.ts';
import { check } from './check.ts';
import { onEdge } from './edge.ts';

/**
 * thanos-sidecar: the edge keeps its own data.
 *
 *     edge                                                       centre
 *     node-exporter, kube-state-metrics, kubelet
 *         ^ scraped by
 *     Prometheus + local rules  --alerts, mutual TLS, :30943-->  alert gateway -> Alertmanager
 *     Thanos Sidecar :30901     <--queries, mutual TLS--------   Query
 *                               --a block every two hours----->  bucket -> Store Gateway
 *
 * A cut link costs nothing but the view from the centre: the edge goes on collecting and alerting for itself. It is also the
 * option with the most on the edge, and the centre needs a way in to one port for each replica.
 */
export const thanosSidecar: Option<ThanosSidecarEdge> = {
  name: 'thanos-sidecar',
  check,
  onEdge,
  inCentre,
  centralParts,
};
