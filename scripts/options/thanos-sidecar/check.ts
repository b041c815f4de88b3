import type { Diagnostic } from '../../diagnostic.ts';
import type { Sourced, ThanosSidecarEdge } from '../../inventory/inventory.ts';

export function* check(edge: Sourced<ThanosSidecarEdge>): Iterable<Diagnostic> {
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
