import { readFileSync } from 'node:fs';
import { launch } from '../launch.ts';
import { alive, ask, freePorts, refusedHandshake, stop, tail, until } from '../processes.ts';
import { podOf, type Site } from '../site.ts';
import { tlsSecret } from '../trust.ts';
import type { Api } from './api.ts';
import { accountOf } from './service-account.ts';

const serverName = 'kube-state-metrics.edge-metrics.svc';

/** Runs kube-state-metrics of an edge against its API server; gives what was exposed, and fails where a right is missing. */
export async function stateMetrics(api: Api, site: Site, cluster: string): Promise<string> {
  const { folder, trust } = site;
  const name = `kube-state-metrics-${cluster}`;
  const { kubeconfig } = await accountOf(folder, `${name}-serviceaccount`, {
    api,
    namespace: 'edge-metrics',
    serviceAccount: 'kube-state-metrics',
  });
  const [metrics = 0, telemetry = 0] = await freePorts(2);
  const container = podOf(site, cluster, { workload: 'kube-state-metrics' });
  const program = launch(folder, {
    name,
    program: 'kube-state-metrics',
    // In a pod it would know its API server, and listen on the pod's address.
    container: { ...container, args: [...container.args, '--host=127.0.0.1', '--telemetry-host=127.0.0.1', `--kubeconfig=${kubeconfig}`] },
    listen: { 8443: metrics, 8081: telemetry },
    secrets: { 'kube-state-metrics-tls': tlsSecret(trust.kubeStateMetrics, trust.scraper) },
  });
  const as = { ...trust.scraper, ca: trust.kubeStateMetrics.ca };
  const page = (port: number) => ask(`https://127.0.0.1:${port}/metrics`, { as, serverName }).then(({ body }) => body);
  const watched = container.args.find((arg) => arg.startsWith('--resources='))?.split(',').length;
  const { value, seconds } = await until('a watch of each resource', 40, async () => {
    if (!alive(program)) throw new Error(`ended: ${tail(program)}`);
    const own = await page(telemetry).catch(() => '');
    const begun = own.match(/^kube_state_metrics_watch_total\{.*result="success".*\} [1-9]/gm) ?? [];
    return begun.length === watched ? own : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${tail(program)}`);
  });
  const failed = value.match(/^kube_state_metrics_(list|watch)_total\{.*result="error".*/gm) ?? [];
  const forbidden = readFileSync(program.log, 'utf8').match(/^.*forbidden.*$/gim) ?? [];
  if (failed.length > 0 || forbidden.length > 0) throw new Error([...failed, ...forbidden].join('\n'));
  const { value: exposed } = await until('a pod of node-exporter', 10, async () => {
    const all = await page(metrics);
    return /^kube_pod_info\{.*pod="node-exporter-/m.test(all) ? all : undefined;
  });
  await refusedHandshake(`https://127.0.0.1:${metrics}/metrics`, { ca: trust.kubeStateMetrics.ca }, serverName);
  await stop(program);
  const series = exposed.split('\n').filter((line) => /^[a-z]/.test(line)).length;
  return `${watched} resources watched after ${seconds.toFixed(1)} s, ${series} series`;
}
