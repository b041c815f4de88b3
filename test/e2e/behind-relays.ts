import type { Exporters } from './exporters.ts';
import { type Relay, relayTo } from './relay.ts';

/** The exporters of an edge, each behind a link of its own. */
export async function behindRelays(exporters: Exporters): Promise<{ readonly exporters: Exporters; readonly relays: readonly Relay[] }> {
  const { kubeStateMetrics, kubelet, nodes } = exporters;
  const relays = new Map<number, Relay>();
  for (const port of [kubeStateMetrics, kubelet, ...nodes.map((node) => node.port)]) relays.set(port, await relayTo(port));
  const behind = (port: number): number => relays.get(port)?.port ?? port;
  const found: Exporters['found'] = (role) =>
    exporters.found(role).map((one) => ({ ...one, address: `127.0.0.1:${behind(Number(one.address.split(':')[1]))}` }));
  return {
    exporters: {
      ...exporters,
      kubeStateMetrics: behind(kubeStateMetrics),
      kubelet: behind(kubelet),
      nodes: nodes.map((node) => ({ ...node, port: behind(node.port) })),
      found,
    },
    relays: [...relays.values()],
  };
}
