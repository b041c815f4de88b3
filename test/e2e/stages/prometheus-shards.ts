// A central Prometheus of two shards, as the real prometheus-operator configures it: each target of an edge on one, the centre on both.
import { versions } from '../../../scripts/versions.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../../support/fleet.ts';
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import { applyAll } from '../kubernetes/apply.ts';
import { podFound, startReplica } from '../kubernetes/central-pair.ts';
import { startControlPlane } from '../kubernetes/control-plane.ts';
import { installCustomResources } from '../kubernetes/custom-resources.ts';
import { centralSecrets, operated } from '../kubernetes/operated.ts';
import { rulerWorkload } from '../kubernetes/operated-ruler.ts';
import { startOperator } from '../kubernetes/operator.ts';
import { createSecrets, requiredSecrets } from '../kubernetes/required-secrets.ts';
import { until } from '../processes.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow, everyRuleEvaluates, labelsOf } from '../query-api.ts';
import { allReady } from '../readiness.ts';
import { reachOf } from '../remote-targets.ts';
import { objectsOf, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';

export const prometheusShards: Stage = {
  name: 'prometheus-shards',
  needs: ['etcd', 'kube-apiserver', 'custom-resources', 'prometheus-operator', 'prometheus', 'thanos', 'node_exporter'],
  run,
};

const cluster = 'scraped';
const shards = 2;

async function run({ folder, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, compiledFleet(aFleet([aCentre({ prometheus: { shards } }), anEdge(cluster, 'remote-scrape', 10)])));
  const objects = objectsOf(site, 'centre');
  const { api, kubeconfig } = await startControlPlane(folder);
  await installCustomResources(api, ['prometheus-operator']);
  await applyAll(api, objects);
  await createSecrets(api, requiredSecrets(objects), centralSecrets(site));
  await startOperator(folder, kubeconfig, versions.prometheusOperator.version);
  const made = await operated(
    api,
    (configuration) => configuration.includes(`/${cluster}-node-exporter\n`) && configuration.includes('__tmp_disable_sharding'),
    ['prometheus-central-shard-1'],
  );
  const exporters = await startExporters(site, cluster);
  const query = await thanosPorts();
  const started = await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      startReplica(folder, {
        made,
        shard,
        index: 0,
        reach: reachOf(site, cluster, exporters),
        // A Thanos of the centre stands for its Ruler.
        found: (role) => (role === 'endpointslice' ? [] : [podFound(made, rulerWorkload, 'web', query.http)]),
      }),
    ),
  );
  const querier = startQuery(site, { 'prometheus-operated': started.map(({ grpc }) => grpc) }, query);
  const begins = performance.now();
  if (!(await allReady(report, [...started.flatMap(({ prometheus, sidecar }) => [prometheus, sidecar]), querier]))) return;

  await check('two shards: Query has each series of the contract, once', () =>
    keepsContract(querier.http, contractOf(site.fleet, cluster), begins),
  );
  await check('each target of the edge is scraped by one shard', async () => {
    const on = await Promise.all(started.map(({ prometheus }) => askNow(prometheus.http, `up{cluster="${cluster}"} == 1`)));
    const counts = on.map((samples) => samples.length);
    const all = contractOf(site.fleet, cluster).length;
    if (counts.reduce((sum, count) => sum + count, 0) !== all) throw new Error(`${counts.join(' and ')} of ${all}`);
    return `${counts.join(' and ')} of ${all}`;
  });
  await check('the centre is scraped by both, and is there once', async () => {
    const own = 'up{cluster="centre",job="thanos-ruler"} == 1';
    await until('both shards', 60, async () => {
      const found = await Promise.all(started.map(({ prometheus }) => askNow(prometheus.http, own)));
      return found.every(({ length }) => length === 1) ? true : undefined;
    });
    const seen = await askNow(querier.http, own);
    if (seen.length !== 1) throw new Error(JSON.stringify(seen.map(labelsOf)));
  });
  await check('the rules about the centre evaluate on each shard without an error', async () => {
    for (const { prometheus } of started) await everyRuleEvaluates(prometheus.http);
  });
}
