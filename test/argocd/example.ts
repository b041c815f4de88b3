import type { CentralCluster, Fleet, Inventory, PrometheusAgentEdge, RemoteScrapeEdge } from '../../scripts/inventory/inventory.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';

export const fleet = (change: Partial<Fleet> = {}): Fleet => ({
  name: 'seoul',
  repository: { url: 'https://github.com/acme/fleet.git', branch: 'main' },
  regions: ['kr', 'jp'],
  rings: ['canary', 'stable'],
  namespace: 'edge-metrics',
  argocd: { namespace: 'argocd', version: '3.6', shards: 1 },
  scrapeInterval: '30s',
  metrics: 'lean',
  edgeRetention: '3d',
  objectStorage: { secretName: 'thanos-objstore', key: 'objstore.yml' },
  network: { edgeCidrs: ['0.0.0.0/0'], centralCidrs: ['0.0.0.0/0'] },
  resources: {},
  versions: {},
  ...change,
});

export const secretStore = { name: 'vault', kind: 'ClusterSecretStore', refreshInterval: '1h', keyPrefix: 'fleet' } as const;

export const central = (change: Partial<CentralCluster> = {}): CentralCluster => ({
  name: 'cluster-01',
  role: 'central',
  region: 'kr',
  server: 'https://192.0.2.1:6443',
  labels: {},
  resources: {},
  namespace: 'metrics-central',
  applications: 'auto',
  prometheus: { replicas: 2, mode: 'scrape-config', retention: '2d' },
  query: { replicas: 2 },
  alertmanager: { replicas: 3 },
  retention: { raw: '30d', fiveMinutes: '180d', oneHour: '730d' },
  storage: {},
  ...change,
});

const base = (name: string) => ({
  name,
  role: 'edge' as const,
  region: 'kr',
  labels: {},
  resources: {},
  nodes: [{ name: `${name}-node-1`, address: '192.0.2.9' }],
  network: { ingress: 'open' as const },
  delivery: 'push' as const,
  kubelet: { unsafeSkipVerify: false },
  storage: {},
});

export const scraped = (name: string, change: Partial<RemoteScrapeEdge> = {}): RemoteScrapeEdge => ({
  ...base(name),
  server: `https://${name}.example:6443`,
  option: 'remote-scrape',
  settings: { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} },
  ...change,
});

export const agent = (name: string, change: Partial<PrometheusAgentEdge> = {}): PrometheusAgentEdge => ({
  ...base(name),
  option: 'prometheus-agent',
  ...change,
});

export const inventory = (change: Partial<Inventory> = {}): Inventory => ({
  fleet: fleet(),
  central: central(),
  edges: [scraped('cluster-02'), agent('cluster-03', { ring: 'canary' }), agent('cluster-04', { region: 'jp', delivery: 'autonomous' })],
  ...change,
});

export const resource = (apiVersion: string, kind: string, name: string, namespace?: string): Resource => ({
  apiVersion,
  kind,
  metadata: namespace === undefined ? { name } : { name, namespace },
});

/** Little, but of each sort: two namespaces, the core group and another, a cluster-scoped object. */
export function rendered({ fleet: { namespace }, central: centre, edges }: Inventory): ReadonlyMap<string, readonly Resource[]> {
  return new Map<string, readonly Resource[]>([
    [centre.name, [resource('v1', 'Namespace', centre.namespace), resource('apps/v1', 'StatefulSet', 'store', centre.namespace)]],
    ...edges.map(({ name, option }): [string, Resource[]] => [
      name,
      [
        resource('v1', 'Namespace', namespace),
        resource('v1', 'Namespace', `${namespace}-host`),
        resource('apps/v1', 'DaemonSet', 'node-exporter', `${namespace}-host`),
        resource('v1', 'ConfigMap', 'cluster-identity', namespace),
        ...(option === 'prometheus-agent' ? [resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'prometheus-agent')] : []),
      ],
    ]),
  ]);
}

export function tree({ fleet: { rings }, central: centre, edges }: Inventory): FileTree {
  const files = new Map<string, string>();
  const kustomization = (folder: string, resources: readonly string[]) =>
    files.set(
      `${folder}/kustomization.yaml`,
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.map((path) => `  - ${path}\n`).join('')}labels:\n  - pairs:\n      a: b\n`,
    );
  for (const part of ['node-exporter', 'namespaces']) {
    for (const ring of rings) kustomization(`base/rings/${ring}/${part}`, [`../../../parts/${part}/0123456789ab`]);
    kustomization(`base/parts/${part}/0123456789ab`, ['resources.yaml']);
  }
  kustomization(`overlays/${centre.region}/${centre.name}`, ['../../../base/parts/namespaces/0123456789ab', 'targets.yaml']);
  for (const { name, region, ring } of edges)
    kustomization(
      `overlays/${region}/${name}`,
      ['node-exporter', 'namespaces'].map((part) => `../../../base/rings/${ring ?? rings.at(-1)}/${part}`),
    );
  return files;
}

/** Each cluster with one overlay. */
export const overlaid = (all: ReadonlyMap<string, readonly Resource[]>): ReadonlyMap<string, readonly (readonly Resource[])[]> =>
  new Map([...all].map(([cluster, resources]) => [cluster, [resources]]));

export const input = (change: Partial<Inventory> = {}) => {
  const given = inventory(change);
  return { inventory: given, overlays: overlaid(rendered(given)), tree: tree(given) };
};
