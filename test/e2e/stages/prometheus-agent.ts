// Option 2: agent -> mutual TLS -> router -> ingestors -> Query.
import { isDeepStrictEqual } from 'node:util';
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import { ask, freePorts, refusedHandshake, stop, until } from '../processes.ts';
import { agentOf } from '../prometheus-agent.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow, labelsOf, sorted } from '../query-api.ts';
import { allAlive, allReady } from '../readiness.ts';
import { startReceive } from '../receive.ts';
import { siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const prometheusAgent: Stage = { name: 'prometheus-agent', needs: ['prometheus', 'thanos', 'node_exporter'], run };

async function run({ folder, fleet, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, fleet);
  const { trust } = site;
  const [noMeta = 0] = await freePorts(1);
  const exporters = await startExporters(site, 'agent');
  const { ingestors, router, write } = await startReceive(site, noMeta);
  const query = startQuery(site, { 'receive-ingestor': ingestors.map(({ grpc }) => grpc) }, await thanosPorts());
  const begins = performance.now();
  const certificate = trust.edge('agent');
  const agent = (await agentOf(site, { cluster: 'agent', exporters, write, as: certificate }))();
  const impostorOf = { cluster: 'agent', exporters, write, as: trust.edge('visitor'), pod: 'impostor', env: { CLUSTER: 'agent' } };
  const impostor = (await agentOf(site, impostorOf))();
  const programs = [...ingestors.map(({ process }) => process), router, query, agent];
  if (!(await allReady(report, [...programs, impostor]))) return;

  await check('`up` has the labels of the contract, once after dedup', () =>
    keepsContract(query.http, contractOf(fleet, 'agent', ['prometheus-agent']), begins),
  );
  await check('each sample is on as many ingestors as the replication factor says', async () => {
    const samples = await askNow(query.http, 'up{cluster="agent",job="kube-state-metrics"}', { dedup: false });
    const holders = new Set(samples.map(({ metric }) => metric.receive_replica));
    if (holders.size !== 3) throw new Error(JSON.stringify(samples));
    return [...holders].sort().join(', ');
  });
  await check("series of Kubernetes' objects keep their own labels", async () => {
    const [sample] = (await askNow(query.http, 'kube_pod_info{cluster="agent"}')).map(labelsOf);
    const from = { cluster: 'agent', region: 'kr', instance: 'kube-state-metrics', job: 'kube-state-metrics' };
    const wanted = { ...from, namespace: 'shop', node: 'n1', pod: 'till-0' };
    if (!isDeepStrictEqual(sample && sorted([sample]), sorted([wanted]))) throw new Error(JSON.stringify(sample));
  });
  await check('an agent that claims another cluster is filed under the name in its certificate', async () => {
    const { value } = await until('the impostor', 60, async () => {
      const samples = await askNow(query.http, 'up{prometheus_replica="impostor"}', { dedup: false });
      return samples.length > 0 ? samples : undefined;
    });
    const clusters = [...new Set(value.map(({ metric }) => metric.cluster))];
    if (!isDeepStrictEqual(clusters, ['visitor'])) throw new Error(clusters.join(', '));
    const under = await askNow(query.http, 'up{cluster="agent",prometheus_replica="impostor"}', { dedup: false });
    if (under.length > 0) throw new Error(`cluster="agent" answers: ${JSON.stringify(under.map(labelsOf))}`);
    return `claims agent, is filed under ${clusters.join()}`;
  });
  await stop(impostor, 'SIGTERM');

  const url = `https://127.0.0.1:${write}/api/v1/receive`;
  const { ca } = trust.receive;
  await check('remote write refuses: no certificate', () => refusedHandshake(url, { ca }));
  await check('remote write refuses: a certificate of another authority', () => refusedHandshake(url, { ...trust.foreign('agent'), ca }));
  await check('remote write lets a right certificate in (as far as its empty body)', async () => {
    const { status, body } = await ask(url, { method: 'POST', as: { ...certificate, ca }, body: 'no snappy' });
    if (status !== 400) throw new Error(`${status} ${body}`);
    return `${status} ${body.trim().slice(0, 60)}`;
  });
  await check('node-exporter refuses: no certificate', async () => {
    const [node] = exporters.nodes;
    return refusedHandshake(
      `https://127.0.0.1:${node?.port}/metrics`,
      { ca: trust.nodeExporter.ca },
      'node-exporter.edge-metrics-host.svc',
    );
  });
  allAlive(report, programs);
}
