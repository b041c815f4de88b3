import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { seconds } from '../../telemetry/duration.ts';

/** What decides what an edge costs, and nothing else: two edges with the same workload cost the same. */
export interface Workload {
  readonly option: Edge['option'];
  readonly nodes: number;
  /** Of the whole cluster; undefined where nobody has said. */
  readonly pods: number | undefined;
  readonly containers: number | undefined;
  /** Seconds between two scrapes. */
  readonly interval: number;
  /** Prometheus replicas on the edge; 1 where the option has only one. */
  readonly replicas: number;
  /** Seconds that a full Prometheus on the edge keeps its blocks. */
  readonly retention: number;
  /** Whether the fleet drops metrics that cost much and answer little. */
  readonly dropRules: boolean;
  /** Replicas in the centre that scrape the edge or query it. */
  readonly centralReplicas: number;
}

/** Sidecar edges up to which Query asks them itself, each for its labels every five seconds; beyond, one leaf stands between it and each edge. */
export const directSidecars = 100;

/** The workload of an edge with one node of which nothing more is known. */
export const smallestWorkload = (option: Edge['option'], { fleet, central }: Inventory): Workload => ({
  option,
  nodes: 1,
  pods: undefined,
  containers: undefined,
  interval: seconds(fleet.scrapeInterval),
  replicas: 1,
  retention: seconds(fleet.edgeRetention),
  dropRules: fleet.metrics === 'lean',
  centralReplicas: option === 'thanos-sidecar' ? central.query.replicas : central.prometheus.replicas,
});

/** The workload of an edge of `inventory`. */
export function workloadsOf({ fleet, central, edges }: Inventory): (edge: Edge) => Workload {
  const interval = seconds(fleet.scrapeInterval);
  const retention = seconds(fleet.edgeRetention);
  const queriers = edges.filter(({ option }) => option === 'thanos-sidecar').length > directSidecars ? 1 : central.query.replicas;
  return (edge) => ({
    option: edge.option,
    nodes: edge.nodes.length,
    pods: edge.workload?.pods,
    containers: edge.workload?.containers,
    interval,
    replicas: edge.option === 'thanos-sidecar' ? edge.settings.replicas : 1,
    retention,
    dropRules: fleet.metrics === 'lean',
    centralReplicas: edge.option === 'thanos-sidecar' ? queriers : central.prometheus.replicas,
  });
}

export const workloadOf = (edge: Edge, inventory: Inventory): Workload => workloadsOf(inventory)(edge);
