import type { Diagnostic } from '../../diagnostic.ts';
import type { Sourced, SourcedInventory, ThanosSidecarEdge } from '../../inventory/inventory.ts';
import { defaultVolume, volumeTooSmall } from '../../parts/edge/volume.ts';
import { tsdbBytes } from '../../telemetry/sizing.ts';

export function* check(edge: Sourced<ThanosSidecarEdge>, { fleet }: SourcedInventory): Iterable<Diagnostic> {
  yield* volumeTooSmall(edge, tsdbBytes(edge.value, fleet.value), defaultVolume.prometheus);
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
