import type { RemoteScrapeEdge } from '../../inventory/inventory.ts';
import type { Option } from '../option.ts';
import { inCentre, serviceMonitorsPart } from './centre.ts';
import { check } from './check.ts';
import { onEdge } from './edge.ts';

/**
 * remote-scrape: the centre scrapes the edge.
 *
 *     edge                                            centre
 *     node-exporter       :9100  every node    <----  Prometheus (HA pair) -> Thanos Sidecar -> Query
 *     kubelet, cAdvisor   :10250 every node    <----
 *     kube-state-metrics  :30443 one node      <----
 *
 * Nothing on the edge but exporters, and the centre needs a way in to all three ports. A cut link is a gap in the data:
 * nobody scrapes meanwhile. Each replica of the pair transfers everything, so the link carries it twice.
 */
export const remoteScrape: Option<RemoteScrapeEdge> = {
  name: 'remote-scrape',
  check,
  onEdge,
  inCentre,
  centralParts: ({ central }) => (central.prometheus.mode === 'service-monitor' ? [serviceMonitorsPart] : []),
};
