import type { CentralReceive } from '../../advise/size/centre-receive.ts';
import type { Provisioned } from '../../advise/size/provision.ts';
import type { CentralCluster, Inventory, PrometheusAgentEdge, RemoteScrapeEdge, ThanosSidecarEdge } from '../../inventory/inventory.ts';

export const remoteScrapeEdges = ({ edges }: Inventory): readonly RemoteScrapeEdge[] =>
  edges.filter((edge) => edge.option === 'remote-scrape');

export const agentEdges = ({ edges }: Inventory): readonly PrometheusAgentEdge[] =>
  edges.filter((edge) => edge.option === 'prometheus-agent');

export const sidecarEdges = ({ edges }: Inventory): readonly ThanosSidecarEdge[] =>
  edges.filter((edge) => edge.option === 'thanos-sidecar');

/** Receive runs when an edge writes to it. */
export const needsReceive = (inventory: Inventory): boolean => agentEdges(inventory).length > 0;

/** How much of Receive there is, for the parts that exist only with it. */
export function receiveSize({ provision }: Provisioned): CentralReceive {
  const { receive } = provision.size.centre;
  if (receive === undefined) throw new Error('bug: an edge writes to a centre without Receive');
  return receive;
}

/** The settings of Receive, for the parts that exist only with it. */
export function receiveOf({ receive }: CentralCluster): NonNullable<CentralCluster['receive']> {
  if (receive === undefined) throw new Error('bug: an edge writes to a centre without Receive');
  return receive;
}
