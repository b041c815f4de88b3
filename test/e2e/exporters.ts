import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Launched, launch } from './launch.ts';
import { freePorts } from './processes.ts';
import type { Found } from './replacements.ts';
import { podOf, type Site } from './site.ts';
import { exporter } from './stand-ins.ts';
import { tlsSecret } from './trust.ts';

/** What can be scraped of an edge: the real node-exporter of each node, and stand-ins for kube-state-metrics and the kubelets. */
export interface Exporters {
  readonly nodes: readonly { readonly name: string; readonly nodeExporter: Launched; readonly port: number }[];
  /** Port behind mutual TLS. */
  readonly kubeStateMetrics: number;
  /** Port of the one kubelet that answers for every node, to whoever brings the token or a client certificate of the scrapers. */
  readonly kubelet: number;
  /** Where the token of the ServiceAccount lies, by the place where the kubelet would mount it. */
  readonly serviceAccount: Readonly<Record<string, string>>;
  /** What discovery by role would find. */
  readonly found: (role: string) => readonly Found[];
}

/** What a kubelet asks for of who has no client certificate. */
export const token = 'the-token';

/** Starts them; `more` are lines that kube-state-metrics exposes too. */
export async function startExporters(site: Site, cluster: string, more: readonly string[] = []): Promise<Exporters> {
  const { trust } = site;
  const kubeStateMetrics = await exporter(
    trust.kubeStateMetrics,
    { '/metrics': ['kube_pod_info{namespace="shop",pod="till-0",node="n1"} 1', ...more, ''].join('\n') },
    { clients: trust.scraper.ca },
  );
  const kubelet = await exporter(
    trust.kubelet,
    {
      '/metrics': 'kubelet_running_pods 7\n',
      '/metrics/cadvisor': 'container_cpu_usage_seconds_total{namespace="shop",pod="till-0",container="till",id="/a"} 3 1\n',
    },
    { clients: trust.scraper.ca, token },
  );
  return withNodeExporters(site, cluster, { kubeStateMetrics, kubelet });
}

/** Starts the node-exporters of an edge whose other exporters are there. */
export async function withNodeExporters(
  site: Site,
  cluster: string,
  { kubeStateMetrics, kubelet }: Pick<Exporters, 'kubeStateMetrics' | 'kubelet'>,
): Promise<Exporters> {
  const { folder, fleet, trust } = site;
  const edge = fleet.inventory.edges.find(({ name }) => name === cluster);
  if (edge === undefined) throw new Error(`no edge ${cluster}`);
  const account = join(folder, `serviceaccount-${cluster}`);
  mkdirSync(account);
  writeFileSync(join(account, 'token'), token);
  writeFileSync(join(account, 'ca.crt'), readFileSync(trust.kubelet.ca));

  const ports = await freePorts(edge.nodes.length);
  const nodes = edge.nodes.map(({ name }, index) => {
    const port = ports[index] ?? 0;
    const nodeExporter = launch(folder, {
      name: `node-exporter-${name}`,
      program: 'node_exporter',
      container: podOf(site, cluster, { workload: 'node-exporter' }),
      listen: { 9100: port },
      secrets: { 'node-exporter-tls': tlsSecret(trust.nodeExporter, trust.scraper) },
    });
    return { name, nodeExporter, port };
  });

  const found = (role: string): readonly Found[] =>
    nodes.flatMap(({ name, port }, index): readonly Found[] =>
      role === 'node'
        ? [{ address: `127.0.0.1:${kubelet}`, labels: { __meta_kubernetes_node_name: name } }]
        : [
            {
              address: `127.0.0.1:${port}`,
              labels: {
                __meta_kubernetes_namespace: 'edge-metrics-host',
                __meta_kubernetes_pod_name: `node-exporter-${index}`,
                __meta_kubernetes_pod_label_app_kubernetes_io_name: 'node-exporter',
                __meta_kubernetes_pod_container_port_name: 'metrics',
                __meta_kubernetes_pod_node_name: name,
              },
            },
            // Another pod of the namespace, which the relabelling has to leave out.
            {
              address: '127.0.0.1:1',
              labels: { __meta_kubernetes_pod_label_app_kubernetes_io_name: 'other', __meta_kubernetes_pod_node_name: name },
            },
          ],
    );
  return { nodes, kubeStateMetrics, kubelet, serviceAccount: { '/var/run/secrets/kubernetes.io/serviceaccount': account }, found };
}
