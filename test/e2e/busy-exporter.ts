// Started by busy-exporters.ts, which tells what to serve and hears the ports.
import type { Order, Ports } from './busy-exporters.ts';
import { cadvisorPage, kubeletPage, kubeStateMetricsPage, type Page } from './busy-series.ts';
import { token } from './exporters.ts';
import { exporter, type Served } from './stand-ins.ts';

async function serve({ containers, pods, serves, clients }: Order): Promise<Ports> {
  return {
    kubelet: await exporter(
      serves.kubelet,
      { '/metrics': goingOn(kubeletPage), '/metrics/cadvisor': goingOn(cadvisorPage(containers)) },
      { clients, token },
    ),
    kubeStateMetrics: await exporter(serves.kubeStateMetrics, { '/metrics': goingOn(kubeStateMetricsPage(pods)) }, { clients }),
  };
}

/** A step further each time. */
function goingOn(page: Page): Served {
  let step = 0;
  return () => {
    step += 1;
    return page(step);
  };
}

process.once('disconnect', () => process.exit(0));
process.once('message', (order) => void serve(order as Order).then((ports) => process.send?.(ports)));
