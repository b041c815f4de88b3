// Option 1, as the real prometheus-operator configures it: exporters behind TLS <- central Prometheus pair -> sidecars -> Query -> Ruler.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { versions } from '../../../scripts/versions.ts';
import { allOptions } from '../../support/fleet.ts';
import { behindRelays } from '../behind-relays.ts';
import { budgetOf, comparedLoss } from '../budget.ts';
import { sameFigures } from '../calibrated.ts';
import { contractOf, keepsContract } from '../contract.ts';
import { startExporters } from '../exporters.ts';
import { repositoryIn } from '../fleetc.ts';
import { holesIn, timesOf } from '../holes.ts';
import { alertsAt, peersOf, startAlertmanagers } from '../kubernetes/alertmanagers.ts';
import { applyAll } from '../kubernetes/apply.ts';
import { podFound, startReplica } from '../kubernetes/central-pair.ts';
import { startControlPlane } from '../kubernetes/control-plane.ts';
import { installCustomResources } from '../kubernetes/custom-resources.ts';
import type { Made } from '../kubernetes/made.ts';
import { allTaken, centralSecrets, managed, namespace, operated } from '../kubernetes/operated.ts';
import { rulerWorkload, silence, startOperatedRuler } from '../kubernetes/operated-ruler.ts';
import { startOperator } from '../kubernetes/operator.ts';
import { checkOperated } from '../kubernetes/operator-checks.ts';
import { createSecrets, requiredSecrets } from '../kubernetes/required-secrets.ts';
import { ask, now, sleep, stop, until } from '../processes.ts';
import { startQuery, thanosPorts } from '../query.ts';
import { askNow, askRange, everyRuleEvaluates, labelsOf } from '../query-api.ts';
import { allAlive, allReady } from '../readiness.ts';
import { reachOf } from '../remote-targets.ts';
import type { Found } from '../replacements.ts';
import type { StageReport } from '../report.ts';
import { objectsOf, type Site, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { residentMemory } from '../usage.ts';

export const remoteScrape: Stage = {
  name: 'remote-scrape',
  needs: ['etcd', 'kube-apiserver', 'custom-resources', 'prometheus-operator', 'prometheus', 'thanos', 'alertmanager', 'node_exporter'],
  run,
};

const cluster = 'scraped';

async function run({ folder, fleet, ...report }: StageRun): Promise<void> {
  const { check } = report;
  const site = siteIn(folder, fleet);
  const objects = objectsOf(site, 'centre');
  const { api, kubeconfig } = await startControlPlane(folder);
  await installCustomResources(api, ['prometheus-operator']);
  await applyAll(api, objects);

  // The edge's credentials come last, as they may in a real fleet.
  const required = requiredSecrets(objects);
  const ofEdges = required.filter(({ name }) => name.startsWith('scrape-'));
  const bytes = centralSecrets(site);
  await createSecrets(
    api,
    required.filter((each) => !ofEdges.includes(each)),
    bytes,
  );
  const begins = performance.now();
  const operator = await startOperator(folder, kubeconfig, versions.prometheusOperator.version);
  await check('without the credentials of an edge the operator rejects its ScrapeConfigs, and says so', async () => {
    const { value } = await until('the rejection', 60, async () => {
      const found = (await managed(operator.http)).get('prometheus ScrapeConfig');
      return found !== undefined && found.rejected > 0 ? found : undefined;
    });
    if (value.rejected !== 4) throw new Error(JSON.stringify(value));
    return `${value.rejected} rejected`;
  });
  await createSecrets(api, ofEdges, bytes);
  await check('the operator takes every object of the centre', () => allTaken(operator.http, objects));
  const targets = ['cadvisor', 'kube-state-metrics', 'kubelet', 'node-exporter'].map(
    (job) => `scrapeConfig/${namespace}/${cluster}-${job}`,
  );
  const made = await operated(api, (configuration) => targets.every((job) => configuration.includes(`job_name: ${job}\n`)));
  const configuration = made.configurations['prometheus-central']?.text ?? '';
  report.row(
    'ok',
    'the operator makes StatefulSets and configuration',
    `${configuration.length} bytes, ${(parse(configuration) as Configuration).scrape_configs.length} jobs, ${((performance.now() - begins) / 1000).toFixed(1)} s`,
  );
  await checkOperated(api, made, objects, report);
  await dataPath(site, made, report);
}

interface Configuration {
  readonly scrape_configs: readonly { readonly job_name: string }[];
}

async function dataPath(site: Site, made: Made, report: StageReport): Promise<void> {
  const { folder, fleet } = site;
  const { check, row } = report;
  const { exporters, relays } = await behindRelays(await startExporters(site, cluster));
  const alertmanagers = await startAlertmanagers(folder, made, 3);
  const [alerted] = alertmanagers;
  if (alerted === undefined) throw new Error('no Alertmanager');
  const ports = { query: await thanosPorts(), ruler: await thanosPorts() };
  const begins = performance.now();
  // Replicas know of themselves and of the Ruler by the pods that Kubernetes would show them.
  const found = (role: string): readonly Found[] =>
    role === 'endpointslice'
      ? [
          ...alertmanagers.map(({ http }) => ({
            address: `127.0.0.1:${http}`,
            labels: { __meta_kubernetes_service_name: 'alertmanager-operated', __meta_kubernetes_endpointslice_port_name: 'web' },
          })),
          // Another port of the Service, which the relabelling has to leave out.
          {
            address: '127.0.0.1:1',
            labels: { __meta_kubernetes_service_name: 'alertmanager-operated', __meta_kubernetes_endpointslice_port_name: 'tcp-mesh' },
          },
        ]
      : [podFound(made, rulerWorkload, 'web', ports.ruler.http)];
  const reach = reachOf(site, cluster, exporters);
  const pair = await Promise.all([0, 1].map((index) => startReplica(folder, { made, index, reach, found })));
  const query = startQuery(
    site,
    { 'prometheus-operated': pair.map(({ grpc }) => grpc), 'thanos-ruler-operated': [ports.ruler.grpc] },
    ports.query,
  );
  const ruler = startOperatedRuler(site, made, { query: ports.query.http, alertmanager: alerted.http, ports: ports.ruler });
  const programs = [...pair.flatMap(({ prometheus, sidecar }) => [prometheus, sidecar]), query, ruler, ...alertmanagers];
  if (!(await allReady(report, programs))) return;

  await check('`up` has the labels of the contract, once after dedup', () => keepsContract(query.http, contractOf(fleet, cluster), begins));
  await check('both replicas scrape, and tell themselves apart by `prometheus_replica` only', async () => {
    const { value } = await until('both copies', 60, async () => {
      const copies = await askNow(query.http, `up{cluster="${cluster}"} == 1`, { dedup: false });
      return copies.length === 2 * contractOf(fleet, cluster).length ? copies : undefined;
    });
    const replicas = new Set(value.map(({ metric }) => metric.prometheus_replica));
    const names = [...replicas].sort();
    if (
      !isDeepStrictEqual(
        names,
        pair.map(({ pod }) => pod),
      )
    )
      throw new Error(names.join(', '));
    return `${value.length} series of ${names.join(', ')}`;
  });
  await check("series of Kubernetes' objects keep their own labels", async () => {
    const [sample] = (await askNow(query.http, `kube_pod_info{cluster="${cluster}"}`)).map(labelsOf);
    const wanted = {
      cluster,
      region: 'kr',
      instance: 'kube-state-metrics',
      job: 'kube-state-metrics',
      namespace: 'shop',
      node: 'n1',
      pod: 'till-0',
    };
    if (!isDeepStrictEqual({ ...sample }, wanted)) throw new Error(JSON.stringify(sample));
  });
  await check('each metric is there once a target, whatever the number of replicas', async () => {
    const [all] = await askNow(query.http, `count({cluster="${cluster}"})`);
    const doubled = await askNow(
      query.http,
      `count by (__name__, cluster, job, instance, metrics_path, node) (up{cluster="${cluster}"}) > 1`,
    );
    if (doubled.length > 0) throw new Error(JSON.stringify(doubled.map(labelsOf)));
    return `${all?.value[1]} series of the edge`;
  });
  await check('line to the edge silent for 2 minutes: the gap is the cut, as the budget says', async () => {
    const [cut, interval] = [120, 30];
    const { survives, decides } = budgetOf('remote-scrape');
    const since = now();
    for (const relay of relays) relay.cut('silent');
    await sleep(cut);
    for (const relay of relays) relay.restore();
    await until('a new sample', 90, async () => {
      const samples = await askNow(query.http, `timestamp(kube_pod_info{cluster="${cluster}"}) > ${now() - interval}`);
      return samples.length > 0 ? samples : undefined;
    });
    // Of `up` there are samples all the time, which say that nothing answers.
    const copies = await askRange(query.http, `kube_pod_info{cluster="${cluster}"}[${Math.ceil(now() - since + interval)}s]`, {
      dedup: false,
    });
    const lost = holesIn(timesOf(copies), interval).reduce((sum, hole) => sum + hole.to - hole.from, 0);
    return `${decides.name} decides: bridges ${survives} s; ${comparedLoss(cut - survives, lost, 2 * interval)}`;
  });
  const repository = await repositoryIn(join(folder, 'repository'), allOptions());
  for (const [who, port] of [
    ['Query', query.http],
    ['a Prometheus', pair[0]?.prometheus.http ?? 0],
  ] as const)
    await check(`fleetc size --calibrate: what it measures through ${who} is what the programs say of themselves`, () =>
      sameFigures(repository, port, async () => {
        const [kept] = await askNow(query.http, `sum(scrape_samples_post_metric_relabeling{cluster="${cluster}"})`);
        const memory = exporters.nodes.map(({ nodeExporter }) => residentMemory(nodeExporter));
        return { [`${cluster}/series`]: Number(kept?.value[1]), [`${cluster}/node-exporter/memory`]: Math.max(...memory) };
      }),
    );
  await check("the centre's own series say that they are the centre's", async () => {
    const { value } = await until('the Ruler', 60, async () => {
      const samples = await askNow(query.http, 'up{job="thanos-ruler"} == 1');
      return samples.length > 0 ? samples.map(labelsOf) : undefined;
    });
    const [labels] = value;
    if (value.length !== 1 || labels?.cluster !== 'centre' || labels.region !== 'kr') throw new Error(JSON.stringify(value));
    return JSON.stringify(labels);
  });
  await check('the Alertmanagers know each other', async () => {
    const { seconds } = await until('the peers', 60, async () => {
      const peers = await Promise.all(alertmanagers.map(peersOf));
      return peers.every((count) => count === alertmanagers.length) ? true : undefined;
    });
    return `${alertmanagers.length} after ${seconds.toFixed(1)} s`;
  });
  await check('both replicas tell every Alertmanager, and no other port of its Service', async () => {
    const wanted = alertmanagers.map(({ http }) => `http://127.0.0.1:${http}/api/v2/alerts`).sort();
    for (const { pod, prometheus } of pair) {
      const { body } = await ask(`http://127.0.0.1:${prometheus.http}/api/v1/alertmanagers`);
      const { data } = JSON.parse(body) as { readonly data: { readonly activeAlertmanagers: readonly { readonly url: string }[] } };
      const urls = data.activeAlertmanagers.map(({ url }) => url).sort();
      if (!isDeepStrictEqual(urls, wanted)) throw new Error(`${pod}: ${urls.join(', ')}`);
    }
  });
  await check('an alert of both replicas is one to Alertmanager', async () => {
    const { value, seconds } = await until('Watchdog', 90, async () => {
      const alerts = (await Promise.all(alertmanagers.slice(1).map(alertsAt))).map((all) =>
        all.filter(({ labels }) => labels.alertname === 'Watchdog'),
      );
      return alerts.every((all) => all.length > 0) ? alerts : undefined;
    });
    const doubled = value.some((all) => all.length > 1);
    if (doubled || value.flat().some(({ labels }) => 'prometheus_replica' in labels)) throw new Error(JSON.stringify(value));
    return `${seconds.toFixed(1)} s, ${JSON.stringify(value[0]?.[0]?.labels)}`;
  });
  await check('the rules about the centre, as the operator mounts them: each evaluates without an error', () =>
    everyRuleEvaluates(pair[0]?.prometheus.http ?? 0),
  );
  await check('the rules about the fleet: the Ruler evaluates each without an error', () => everyRuleEvaluates(ruler.http));

  const [lost] = pair;
  await check('a replica is lost: every series still comes, once', async () => {
    if (lost === undefined) throw new Error('no replica');
    await Promise.all([stop(lost.prometheus), stop(lost.sidecar)]);
    const since = Date.now() / 1000;
    const wanted = contractOf(fleet, cluster).length;
    const { seconds } = await until('newer samples', 90, async () => {
      const samples = await askNow(query.http, `timestamp(up{cluster="${cluster}"}) > ${since}`);
      return samples.length === wanted ? samples : undefined;
    });
    return `${wanted} series newer after ${seconds.toFixed(1)} s`;
  });
  const silent = async () => (await alertsAt(alerted)).find(({ labels }) => labels.alertname === silence && labels.cluster === cluster);
  await check("an edge's exporters stop: Alertmanager has it that the cluster is silent", async () => {
    if ((await silent()) !== undefined) throw new Error('called silent while it answers');
    await Promise.all(exporters.nodes.map(({ nodeExporter }) => stop(nodeExporter)));
    const { value, seconds } = await until(silence, 180, silent);
    return `${seconds.toFixed(0)} s with \`for\` at 30 s, ${JSON.stringify(value.labels)}`;
  });
  row('not run', 'config-reloader, the StatefulSet controller', 'this suite substitutes the variables and starts the containers');
  allAlive(
    report,
    programs.filter((program) => program !== lost?.prometheus && program !== lost?.sidecar),
  );
}
