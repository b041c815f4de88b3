// An edge's alerts on their way to the centre: Prometheus -> mutual TLS -> kube-rbac-proxy -> Alertmanager, and who else may use it.
import { startEdgePrometheus } from '../edge-prometheus.ts';
import { startExporters } from '../exporters.ts';
import { launch } from '../launch.ts';
import { alive, ask, freePorts, tail, until } from '../processes.ts';
import { allAlive, allReady } from '../readiness.ts';
import { podOf, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { alertmanager } from '../stand-ins.ts';
import { tlsSecret } from '../trust.ts';

export const alertGateway: Stage = {
  name: 'alert-gateway',
  needs: ['prometheus', 'thanos', 'node_exporter', 'kube-rbac-proxy'],
  run,
};

async function run({ folder, fleet, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, fleet);
  const { trust } = site;
  const takes = await alertmanager();
  const [https = 0, health = 0] = await freePorts(2);
  const proxy = launch(folder, {
    name: 'alert-gateway',
    program: 'kube-rbac-proxy',
    container: podOf(site, 'centre', { workload: 'alert-gateway' }),
    listen: { 8443: https, 8643: health },
    reach: { 'alertmanager.metrics-central.svc:9093': [`127.0.0.1:${takes.port}`] },
    secrets: { 'alert-gateway-tls': tlsSecret(trust.gateway, trust.alertSender) },
  });
  const { prometheus, sidecar } = await startEdgePrometheus(site, 'sidecar', await startExporters(site, 'sidecar'), https);
  if (!(await allReady(report, [prometheus, sidecar]))) return;

  const alerts = `https://127.0.0.1:${https}/api/v2/alerts`;
  const { ca } = trust.gateway;
  const as = { ...trust.alertSender, ca };
  const alert = JSON.stringify([{ labels: { alertname: 'FromTest', cluster: 'sidecar' } }]);
  await check('its probe answers', async () => {
    await until('healthz', 30, async () => {
      if (!alive(proxy)) throw new Error(`ended: ${tail(proxy)}`);
      // The kubelet does not verify the certificate of a probe.
      const answer = await ask(`https://127.0.0.1:${health}/healthz`, { as: { ca } }).catch(() => undefined);
      return answer?.status === 200 ? answer : undefined;
    });
  });
  await check('POST with a client certificate passes', async () => {
    const { status, body } = await ask(alerts, { method: 'POST', as, body: alert, headers: { 'content-type': 'application/json' } });
    if (status !== 200 || !takes.alerts.some(({ labels }) => labels.alertname === 'FromTest'))
      throw new Error(`${status} ${body} ${tail(proxy)}`);
  });
  const silences = alerts.replace('alerts', 'silences');
  const refusals: readonly (readonly [string, string, string, Parameters<typeof ask>[1]])[] = [
    ['GET', 'GET', alerts, { as }],
    ['DELETE', 'DELETE', alerts, { as }],
    ['PUT', 'PUT', alerts, { as }],
    ['silences', 'POST', silences, { as }],
    ['the root', 'GET', alerts.replace('/api/v2/alerts', '/'), { as }],
    ['a path beyond', 'POST', `${alerts}/../silences`, { as }],
    ['no certificate', 'POST', alerts, { as: { ca } }],
    ['a token instead', 'POST', alerts, { as: { ca }, headers: { authorization: 'Bearer x.y.z' } }],
    ['a certificate of another authority', 'POST', alerts, { as: { ...trust.foreign('sidecar'), ca } }],
    ['a client certificate of the writers', 'POST', alerts, { as: { ...trust.edge('agent'), ca } }],
  ];
  for (const [what, method, url, how] of refusals)
    await check(`refuses: ${what}`, async () => {
      const before = takes.requests.length;
      const { status } = await ask(url, { ...how, method, ...(method === 'POST' ? { body: alert } : {}) }).catch((error: Error) => ({
        status: error.message,
      }));
      const passed = takes.requests.slice(before).filter((request) => !request.startsWith('POST /api/v2/alerts'));
      if (passed.length > 0 || (typeof status === 'number' && status < 400)) throw new Error(`${status}; passed: ${passed.join(', ')}`);
      return String(status);
    });
  await check("the edge's Watchdog comes through", async () => {
    const { value, seconds } = await until('Watchdog', 90, async () =>
      takes.alerts.find(({ labels }) => labels.alertname === 'Watchdog'),
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${tail(prometheus)}`);
    });
    return `${JSON.stringify(value.labels)}, ${seconds.toFixed(1)} s`;
  });
  allAlive(report, [proxy, prometheus, sidecar]);
}
