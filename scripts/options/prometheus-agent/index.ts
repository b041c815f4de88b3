import type { PrometheusAgentEdge } from '../../inventory/inventory.ts';
import type { Option } from '../option.ts';
import { centralParts, inCentre } from './centre.ts';
import { check } from './check.ts';
import { onEdge } from './edge.ts';

/**
 * prometheus-agent: the edge sends.
 *
 *     edge                                                       centre
 *     node-exporter, kube-state-metrics, kubelet
 *         ^ scraped by                                           receive-router (tenant = name in the certificate)
 *     Prometheus agent  --remote write, mutual TLS, :19291-->      -> receive-ingestor x replicationFactor -> bucket, Query
 *
 * The edge only connects out. A cut link is bridged from the agent's WAL: for six hours, or less of a busy one (advise/outage-agent-wal.ts). A
 * longer one loses all that waits, and so does a restart of the agent meanwhile.
 */
export const prometheusAgent: Option<PrometheusAgentEdge> = {
  name: 'prometheus-agent',
  check,
  onEdge,
  inCentre,
  centralParts,
};
