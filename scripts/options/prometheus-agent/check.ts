import { type Provisioned, sizeOn } from '../../advise/size/provision.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { PrometheusAgentEdge, Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { volumeTooSmall } from '../../parts/edge/volume.ts';

export const check = (edge: Sourced<PrometheusAgentEdge>, _: SourcedInventory, inventory: Provisioned): Iterable<Diagnostic> =>
  volumeTooSmall(edge, sizeOn(edge.value, inventory));
