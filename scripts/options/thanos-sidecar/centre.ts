import type { ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { alertGateway } from '../../parts/central/alert-gateway.ts';
import type { Endpoint } from '../../parts/central/query-endpoints.ts';
import { sidecarNodePort } from '../../parts/edge/edge-prometheus.ts';
import type { PartBuilder } from '../../parts/part.ts';
import { hostPort } from '../../telemetry/host-port.ts';
import type { InCentre } from '../option.ts';

/** One endpoint for each replica: Query asks them all, and finds the same data once. */
export const inCentre = (edges: readonly ThanosSidecarEdge[]): InCentre => ({
  resources: [],
  secrets: [],
  endpoints: edges.flatMap(endpointsOf),
});

export function endpointsOf({ name, nodes, settings }: ThanosSidecarEdge): readonly Endpoint[] {
  const serverName = settings.serverName ?? `thanos-sidecar.${name}`;
  const [first] = nodes;
  if (first === undefined) throw new Error(`bug: ${name} has no nodes`);
  const addresses =
    settings.endpoints ?? Array.from({ length: settings.replicas }, (_, replica) => hostPort(first.address, sidecarNodePort + replica));
  return addresses.map((address) => ({ cluster: name, address, serverName }));
}

export const centralParts = (): readonly PartBuilder[] => [alertGateway];
