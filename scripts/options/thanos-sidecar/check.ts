import { type Provisioned, sizeOn } from '../../advise/size/provision.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { Sourced, SourcedInventory, ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { volumeTooSmall } from '../../parts/edge/volume.ts';

export function* check(edge: Sourced<ThanosSidecarEdge>, _: SourcedInventory, inventory: Provisioned): Iterable<Diagnostic> {
  yield* volumeTooSmall(edge, sizeOn(edge.value, inventory));
  const { name, nodes, settings } = edge.value;
  if (nodes.length < settings.replicas)
    yield {
      code: 'thanos-sidecar/too-few-nodes',
      severity: 'error',
      message: `"${name}" has ${nodes.length} node for ${settings.replicas} replicas of Prometheus, which never share one.`,
      hint: 'Set settings.replicas to 1, or add a node.',
      span: edge.at('settings', 'replicas'),
    };
}
