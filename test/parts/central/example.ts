import { provisioned } from '../../../scripts/advise/size/provision.ts';
import type { CentralCluster, Edge, Fleet, Inventory } from '../../../scripts/inventory/inventory.ts';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { centralParts } from '../../../scripts/options/index.ts';
import type { Part } from '../../../scripts/parts/part.ts';
import { resolveVersions } from '../../../scripts/versions.ts';

const fleet: Fleet = {
  name: 'example',
  repository: { url: 'https://github.com/example/fleet.git', branch: 'main' },
  regions: ['kr'],
  rings: ['stable'],
  namespace: 'edge-metrics',
  argocd: { namespace: 'argocd', version: '3.6', shards: 1 },
  scrapeInterval: '30s',
  metrics: 'lean',
  edgeRetention: '3d',
  objectStorage: { secretName: 'thanos-objstore', key: 'objstore.yml' },
  resources: {},
  network: { edgeCidrs: ['192.0.2.0/24'], centralCidrs: ['198.51.100.0/24'] },
  versions: {},
};

const central: CentralCluster = {
  name: 'hq',
  role: 'central',
  region: 'kr',
  labels: {},
  resources: {},
  namespace: 'metrics-central',
  applications: 'auto',
  prometheus: { replicas: 2, mode: 'scrape-config', retention: '2d' },
  receive: { url: 'https://receive.example:19291/api/v1/receive', replicationFactor: 3 },
  query: { replicas: 2 },
  alertmanager: { replicas: 3, url: 'https://alerts.example:30943' },
  retention: { raw: '30d', fiveMinutes: '180d', oneHour: '730d' },
  storage: {},
};

const base = {
  role: 'edge',
  region: 'kr',
  labels: {},
  resources: {},
  nodes: [{ name: 'node-1', address: '192.0.2.1' }],
  network: { ingress: 'open' },
  delivery: 'push',
  kubelet: { unsafeSkipVerify: false },
  storage: {},
} as const;

export const remote = (name = 'remote'): Edge => ({
  ...base,
  name,
  option: 'remote-scrape',
  settings: { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} },
});
export const agent = (name = 'agent'): Edge => ({ ...base, name, option: 'prometheus-agent' });
export const sidecar = (name = 'sidecar', endpoints?: readonly string[]): Edge => ({
  ...base,
  name,
  option: 'thanos-sidecar',
  settings: { replicas: 1, ...(endpoints === undefined ? {} : { endpoints }) },
});

export const inventoryOf = (edges: readonly Edge[], changes: Partial<CentralCluster> = {}): Inventory => ({
  fleet,
  central: { ...central, ...changes },
  edges,
});

/** One edge on each option. */
export const everyOption = inventoryOf([remote(), agent(), sidecar()]);

export const versions = resolveVersions({});

export function partsOf(inventory: Inventory, of = versions): readonly Part[] {
  const all = provisioned(inventory);
  return centralParts(all).map((part) => part(all, of));
}

export const resourcesOf = (inventory: Inventory): readonly Resource[] => partsOf(inventory).flatMap(({ resources }) => resources);

/** What a test reads of an object, whatever its kind: tests look at the YAML, not at the types that made it. */
export type Yaml = ReturnType<typeof JSON.parse>;

/** The object as it is written, or a failure that says which is missing. */
export function find(resources: readonly Resource[], kind: string, name: string): Yaml {
  const found = resources.filter((resource) => resource.kind === kind && resource.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return JSON.parse(JSON.stringify(found[0]));
}

/** Pod templates, with the name of the workload. */
export const pods = (
  resources: readonly Resource[],
): readonly { readonly name: string; readonly replicas: number; readonly template: Yaml }[] =>
  resources
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map((resource) => {
      const { spec } = resource as unknown as { spec: Yaml };
      return { name: resource.metadata.name, replicas: spec.replicas, template: spec.template };
    });

/** The arguments of the only container of a workload. */
export const argsOf = (resources: readonly Resource[], kind: string, name: string): readonly string[] =>
  find(resources, kind, name).spec.template.spec.containers[0].args;
