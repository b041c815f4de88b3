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
 * The edge only connects out. A cut link is bridged from the agent's WAL, for about two hours: what is older when the link
 * returns is lost, and so is everything that still waits when the agent restarts.
 */
export const prometheusAgent: Option<PrometheusAgentEdge> = {
  name: 'prometheus-agent',
  check,
  onEdge,
  inCentre,
  centralParts,
};
