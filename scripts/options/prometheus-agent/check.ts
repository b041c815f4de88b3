import type { Diagnostic } from '../../diagnostic.ts';
import type { PrometheusAgentEdge, Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { defaultVolume, volumeTooSmall } from '../../parts/edge/volume.ts';
import { walBytes } from '../../telemetry/sizing.ts';

export const check = (edge: Sourced<PrometheusAgentEdge>, { fleet }: SourcedInventory): Iterable<Diagnostic> =>
  volumeTooSmall(edge, walBytes(edge.value, fleet.value), defaultVolume.agent);
