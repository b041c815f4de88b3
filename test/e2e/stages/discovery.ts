// Who asks Kubernetes for its targets, asks a real API server here: as its own ServiceAccount, with the compiled configuration.
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { exporterPorts } from '../../../scripts/telemetry/jobs.ts';
import { versions } from '../../../scripts/versions.ts';
import { allOptions, compiledFleet } from '../../support/fleet.ts';
import { contractOf } from '../contract.ts';
import type { Api, Live } from '../kubernetes/api.ts';
import { applyAll, deleteAll } from '../kubernetes/apply.ts';
import { startControlPlane } from '../kubernetes/control-plane.ts';
import { installCustomResources } from '../kubernetes/custom-resources.ts';
import { discoveredTargets, inOrder, type Target } from '../kubernetes/discovery.ts';
import { operatedContainer } from '../kubernetes/made.ts';
import { allTaken, centralSecrets, namespace, operated } from '../kubernetes/operated.ts';
import { startOperator } from '../kubernetes/operator.ts';
import { createSecrets, requiredSecrets } from '../kubernetes/required-secrets.ts';
import { addNode, addPod } from '../kubernetes/running-pods.ts';
import { stateMetrics } from '../kubernetes/state-metrics.ts';
import { objectsOf, podOf, type Site, siteIn } from '../site.ts';
import type { Stage, StageRun } from '../stage.ts';
import { tlsSecret } from '../trust.ts';

export const discovery: Stage = {
  name: 'discovery',
  needs: ['etcd', 'kube-apiserver', 'custom-resources', 'prometheus-operator', 'prometheus', 'kube-state-metrics'],
  run,
};

/** Where nobody is. */
const nobody = ['127.0.0.1:1'];

async function run({ folder, fleet, check }: StageRun): Promise<void> {
  const site = siteIn(folder, fleet);
  const { api, kubeconfig } = await startControlPlane(folder);
  await installCustomResources(api, ['prometheus-operator']);
  for (const [cluster, workload] of [
    ['agent', 'prometheus-agent'],
    ['sidecar', 'edge-prometheus'],
  ] as const) {
    const remove = await addEdge(api, site, cluster);
    await check(`${workload}: finds the nodes and exporters of its edge, and no other pod`, () => onEdge(api, site, cluster, workload));
    await check(`${workload}: without its RoleBinding it finds no pod`, () => withoutRights(api, site, cluster, workload));
    if (cluster === 'agent')
      await check('kube-state-metrics watches what it is told to, with its own rights and behind mutual TLS', () =>
        stateMetrics(api, site, cluster),
      );
    await remove();
  }

  const operator = await startOperator(folder, kubeconfig, versions.prometheusOperator.version);
  const modes = [fleet, compiledFleet(allOptions({}, { prometheus: { mode: 'service-monitor' } }))];
  const found: (readonly Target[])[] = [];
  for (const [index, mode] of modes.entries()) {
    const what = ['scrape-config', 'service-monitor'][index];
    await check(`centre in mode ${what}: finds the targets of its edge and every pod of its own`, async () => {
      const objects = objectsOf({ fleet: mode }, 'centre');
      const before = index === 0 ? [] : objectsOf(site, 'centre');
      const targets = await inCentre(api, site, { objects, before, operator: operator.http, what: `centre-${what}` });
      found.push(targets.filter(({ labels }) => labels.cluster === 'scraped'));
      const got = found.at(-1) ?? [];
      same(got, edgeTargets(site, 'scraped'));
      return `${got.length} of the edge, ${targets.length - got.length} of the centre`;
    });
  }
  await check('both modes give the same targets with the same labels', () => {
    const [first = [], second = []] = found;
    if (first.length === 0 || !isDeepStrictEqual(inOrder(first), inOrder(second))) throw new Error(JSON.stringify(found));
    return `${first.length} targets`;
  });
}

/** What the contract says of a cluster's targets, with the addresses of the inventory. */
function edgeTargets({ fleet }: Site, cluster: string, own: readonly string[] = []): readonly Target[] {
  const nodes = new Map(fleet.inventory.edges.find(({ name }) => name === cluster)?.nodes.map(({ name, address }) => [name, address]));
  const [first] = nodes.values();
  return contractOf(fleet, cluster, own).map((labels) => {
    const address = nodes.get(labels.node ?? '') ?? first;
    const [port, path] =
      labels.job === 'kubelet'
        ? [exporterPorts.kubelet, labels.metrics_path ?? '']
        : [labels.job === 'node-exporter' ? exporterPorts.nodeExporter : exporterPorts.kubeStateMetricsNodePort, '/metrics'];
    return { url: `https://${address}:${port}${path}`, labels };
  });
}

/** Without what external labels add, and without the targets that are no discovery. */
const discoverable = (targets: readonly Target[]): readonly Target[] =>
  targets
    .filter(({ labels: { job } }) => job === 'kubelet' || job === 'node-exporter')
    .map(({ url, labels: { cluster: _, region: __, ...labels } }) => ({ url, labels }));

type Collector = 'prometheus-agent' | 'edge-prometheus';

/** An edge's objects and nodes, and on each node the pod of node-exporter, one that the node put out before, and one that is none of ours. */
async function addEdge(api: Api, { fleet }: Site, cluster: string): Promise<() => Promise<void>> {
  const objects = objectsOf({ fleet }, cluster);
  const edge = fleet.inventory.edges.find(({ name }) => name === cluster);
  const exporter = objects.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'node-exporter');
  if (edge === undefined || exporter === undefined) throw new Error(`no edge ${cluster} with node-exporter`);
  const applied = await applyAll(api, objects);
  for (const [index, { name, address }] of edge.nodes.entries()) {
    await addNode(api, { name, address });
    await addPod(api, exporter, { suffix: `${index}`, name, ip: address });
    await addPod(api, exporter, { suffix: `${index}-before`, name, ip: address, phase: 'Failed' });
    await addPod(api, exporter, { suffix: `${index}-other`, name, ip: '192.0.2.99', labels: { 'app.kubernetes.io/name': 'other' } });
  }
  return async () => {
    await Promise.all(edge.nodes.map(({ name }) => api.expect('DELETE', `/api/v1/nodes/${name}`)));
    await api.expect('DELETE', '/api/v1/namespaces/edge-metrics-host/pods', { gracePeriodSeconds: 0 });
    await deleteAll(api, applied);
  };
}

/** What an edge's collector finds beside its two targets that need no discovery: kube-state-metrics, and itself. */
async function foundBy(
  api: Api,
  site: Site,
  cluster: string,
  workload: Collector,
  name: string,
  count: number,
): Promise<readonly Target[]> {
  const { folder, trust } = site;
  const state = { 'kube-state-metrics.edge-metrics.svc:8443': nobody };
  const container = workload === 'edge-prometheus' ? 'prometheus' : workload;
  const all = await discoveredTargets(folder, count + 2, {
    api,
    name,
    namespace: 'edge-metrics',
    serviceAccount: workload,
    container: podOf(site, cluster, { workload, container, pod: `${workload}-0` }),
    reach: workload === 'edge-prometheus' ? { ...state, 'alerts.example:30943': nobody } : { ...state, 'receive.example:19291': nobody },
    secrets: {
      'scrape-client-tls': tlsSecret(trust.scraper, trust.nodeExporter),
      'receive-client-tls': tlsSecret(trust.edge(cluster), trust.receive),
      'alert-client-tls': tlsSecret(trust.alertSender, trust.gateway),
    },
  });
  return discoverable(all);
}

async function onEdge(api: Api, site: Site, cluster: string, workload: Collector): Promise<string> {
  const wanted = discoverable(edgeTargets(site, cluster));
  const found = await foundBy(api, site, cluster, workload, `${workload}-0`, wanted.length);
  same(found, wanted);
  return `${found.length} targets`;
}

/** That the rights are asked for at all. */
async function withoutRights(api: Api, site: Site, cluster: string, workload: Collector): Promise<string> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/edge-metrics-host/rolebindings/${workload}`;
  const binding = await api.expect<Resource>('GET', path);
  await api.expect('DELETE', path);
  const wanted = discoverable(edgeTargets(site, cluster)).filter(({ labels }) => labels.job === 'kubelet');
  const found = await foundBy(api, site, cluster, workload, `${workload}-without-rights`, wanted.length);
  const { resourceVersion: _, uid: __, ...metadata } = binding.metadata as Live['metadata'];
  await api.expect('POST', path.slice(0, path.lastIndexOf('/')), { ...binding, metadata });
  same(found, wanted);
  return `${found.length} targets`;
}

function same(found: readonly Target[], wanted: readonly Target[]): void {
  const [got, expected] = [inOrder(found), inOrder(wanted)];
  if (!isDeepStrictEqual(got, expected)) throw new Error(`\ngot    ${JSON.stringify(got)}\nwanted ${JSON.stringify(expected)}`);
}

interface Monitor extends Resource {
  readonly spec?: { readonly podMetricsEndpoints?: readonly object[] };
}

interface Centre {
  readonly objects: readonly Resource[];
  /** What was applied before. */
  readonly before: readonly Resource[];
  /** Port of the operator's metrics. */
  readonly operator: number;
  readonly what: string;
}

async function inCentre(api: Api, site: Site, { objects, before, operator, what }: Centre): Promise<readonly Target[]> {
  const title = ({ kind, metadata }: Resource): string => `${kind} ${metadata.name}`;
  const kept = new Set(objects.map(title));
  await applyAll(api, objects);
  for (const object of before) if (!kept.has(title(object))) await api.expect('DELETE', await api.pathOf(object));
  if (before.length === 0) await createSecrets(api, requiredSecrets(objects), centralSecrets(site));
  await allTaken(operator, objects);
  const job = objects.some(({ kind }) => kind === 'ServiceMonitor') ? 'serviceMonitor/' : 'scrapeConfig/';
  const made = await operated(
    api,
    (text) =>
      text.includes(`job_name: ${job}`) && !text.includes(`job_name: ${job === 'serviceMonitor/' ? 'scrapeConfig/' : 'serviceMonitor/'}`),
  );

  // Two pods of each workload; their addresses only have to be different.
  const workloads = [...objects.filter(({ kind }) => kind === 'Deployment'), ...made.statefulSets];
  if (before.length === 0)
    for (const [index, each] of workloads.entries())
      for (const pod of [0, 1]) await addPod(api, each, { suffix: `${pod}`, ip: `192.0.2.${100 + 2 * index + pod}` });
  const monitored = (objects as readonly Monitor[]).reduce((sum, { spec }) => sum + (spec?.podMetricsEndpoints?.length ?? 0), 0);
  const workload = 'prometheus-central';
  const targets = await discoveredTargets(site.folder, contractOf(site.fleet, 'scraped').length + 2 * monitored, {
    api,
    namespace,
    serviceAccount: 'prometheus',
    name: what,
    container: operatedContainer(made, { workload, container: 'prometheus', pod: `${workload}-0` }, ['--web.listen-address=:9090']),
    secrets: made.secrets,
  });
  const own = targets.filter(({ labels }) => labels.cluster === 'centre');
  if (own.length !== 2 * monitored)
    throw new Error(`${own.length} targets of the centre, ${monitored} ports of two pods each are monitored`);
  const doubled = own.length - new Set(own.map(({ labels }) => JSON.stringify(labels))).size;
  if (doubled > 0) throw new Error(`${doubled} targets of the centre have the labels of another`);
  return targets;
}
