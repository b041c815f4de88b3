import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { refusals } from '../argocd/admit.ts';
import { type Application, expand, type ParamFiles } from '../argocd/expand.ts';
import type { Cluster, Edge, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { overlayDir } from '../overlays/overlay.ts';
import type { Code } from './check.ts';
import type { ConfigMap, PrometheusRule } from './manifests.ts';
import { rulesOf } from './scraping.ts';
import { groupBy, type Target, targetsOf } from './targets.ts';
import { field, prometheusConfigs, type View } from './view.ts';

/** The whole output, as far as clusters have to do with each other. */
export interface FleetManifests {
  readonly inventory: Inventory;
  /** By the name of the cluster. */
  readonly views: ReadonlyMap<string, View>;
  /** What Argo CD reads, by path. */
  readonly argocd: ReadonlyMap<string, readonly object[]>;
}

interface Fault {
  readonly cluster: string;
  readonly object?: Resource;
  readonly message: string;
}

interface FleetCheck {
  readonly code: Code;
  readonly find: (manifests: FleetManifests) => Iterable<Fault>;
}

const resourcesOf = ({ views }: FleetManifests, cluster: string): readonly Resource[] => views.get(cluster)?.resources ?? [];

/** A key that tells the jobs of the label contract apart. */
const jobKey = ({ job, path }: Pick<Target, 'job' | 'path'>): string => `${job} ${path}`;

/** Every address of every remote-scrape edge once a job, and of no other edge. */
function* targets(manifests: FleetManifests): Iterable<Fault> {
  const { inventory } = manifests;
  const { name: centre } = inventory.central;
  const found = groupBy(targetsOf(resourcesOf(manifests, centre)), ({ cluster }) => cluster);
  const edges = new Map(inventory.edges.map((edge) => [edge.name, edge]));
  for (const [cluster, all] of found) {
    const edge = edges.get(cluster);
    if (edge === undefined || edge.option !== 'remote-scrape') {
      if (cluster !== centre) yield { cluster: centre, ...owner(all), message: `scrapes "${cluster}", which is no remote-scrape edge` };
      continue;
    }
    const wrong = all.find(({ region }) => region !== edge.region);
    if (wrong !== undefined)
      yield { cluster: centre, object: wrong.object, message: `says that ${cluster} is in region "${wrong.region}"` };
  }
  for (const edge of inventory.edges) {
    if (edge.option !== 'remote-scrape') continue;
    const byJob = groupBy(found.get(edge.name) ?? [], jobKey);
    for (const job of ['node-exporter /metrics', 'kubelet /metrics', 'kubelet /metrics/cadvisor', 'kube-state-metrics /metrics']) {
      const all = byJob.get(job) ?? [];
      const hosts = all.map(({ address }) => hostOf(address));
      const nodes = edge.nodes.map(({ address }) => address);
      const whole = job.startsWith('kube-state-metrics')
        ? hosts.length === 1 && hosts.every((host) => nodes.includes(host))
        : [...hosts].sort().join() === [...nodes].sort().join();
      if (!whole) yield { cluster: centre, ...owner(all), message: `scrapes ${hosts.join(', ') || 'nothing'} of ${edge.name} for ${job}` };
    }
  }
}

const owner = ([first]: readonly Target[]): { readonly object?: Resource } => (first === undefined ? {} : { object: first.object });

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

const kubeletPort = 10250;

/** On a node's address only host ports and node ports answer; a port of a pod is refused. */
function* reachable(manifests: FleetManifests): Iterable<Fault> {
  const { views, inventory } = manifests;
  const open = new Map<string, ReadonlySet<number>>();
  const portsOf = (view: View): ReadonlySet<number> =>
    new Set([
      kubeletPort,
      ...view.pods.flatMap(({ spec, ports }) =>
        ports.flatMap(({ hostPort, containerPort }) => hostPort ?? (spec?.hostNetwork === true ? containerPort : [])),
      ),
      ...view.services.flatMap(({ ports, pods }) =>
        ports.flatMap(({ nodePort }) => (nodePort === undefined || pods.length === 0 ? [] : nodePort)),
      ),
    ]);
  const told = new Set<string>();
  for (const { cluster, address, object, job } of targetsOf(resourcesOf(manifests, inventory.central.name))) {
    const view = views.get(cluster);
    if (view === undefined) continue;
    const ports = open.get(cluster) ?? portsOf(view);
    open.set(cluster, ports);
    const port = portOf(address);
    if (ports.has(port) || told.has(`${cluster} ${job} ${port}`)) continue;
    told.add(`${cluster} ${job} ${port}`);
    yield { cluster: inventory.central.name, object, message: `scrapes ${job} of ${cluster} at port ${port}, which no node of it opens` };
  }
}

/** Query and the Compactor tell sources apart by nothing else. */
function* externalLabels({ inventory, views }: FleetManifests): Iterable<Fault> {
  const seen = new Map<string, string>();
  for (const { name } of inventory.edges) {
    const view = views.get(name);
    if (view === undefined) continue;
    for (const { pods, container, config } of prometheusConfigs(view)) {
      const labels = Object.entries(field(field(config, 'global'), 'external_labels') ?? {}) as [string, string][];
      const values = labels
        .map(
          ([label, value]) =>
            `${label}=${String(value).replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => variable(view, pods.namespace, container.env ?? [], name) ?? whole)}`,
        )
        .join();
      const other = seen.get(values);
      if (other !== undefined && other !== name)
        yield { cluster: name, object: pods.object, message: `has the external labels of ${other}: ${values}` };
      const cluster = /(?:^|,)cluster=([^,]*)/.exec(values)?.[1];
      if (cluster !== name) yield { cluster: name, object: pods.object, message: `calls itself "${cluster}"` };
      seen.set(values, name);
    }
  }
}

function variable(
  view: View,
  namespace: string,
  env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly configMapKeyRef?: { readonly name?: string; readonly key: string } };
  }[],
  wanted: string,
): string | undefined {
  const found = env.find(({ name }) => name === wanted);
  const reference = found?.valueFrom?.configMapKeyRef;
  const map = reference?.name === undefined ? undefined : (view.find('ConfigMap', namespace, reference.name) as ConfigMap | undefined);
  return found?.value ?? (reference === undefined ? undefined : map?.data?.[reference.key]);
}

/** Without its expectation a silent cluster raises no alert. */
function* expected(manifests: FleetManifests): Iterable<Fault> {
  const { inventory } = manifests;
  const cluster = inventory.central.name;
  const rules = resourcesOf(manifests, cluster)
    .filter((resource): resource is PrometheusRule => resource.kind === 'PrometheusRule')
    .flatMap(rulesOf);
  const counts = new Map<string, number>();
  for (const { record, labels } of rules) {
    const name = labels?.cluster;
    if (record === 'edge_cluster:expected' && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = new Set(inventory.edges.map(({ name }) => name));
  for (const name of names)
    if (counts.get(name) !== 1) yield { cluster, message: `records ${counts.get(name) ?? 'no'} expectations of ${name}, not one` };
  for (const name of counts.keys()) if (!names.has(name)) yield { cluster, message: `expects ${name}, which is not in the inventory` };
}

const isKind =
  <T>(kind: string) =>
  (object: object): object is T & object =>
    'kind' in object && object.kind === kind;

/** Files that a hub's Argo CD reads; an edge with its own has one file for itself. */
const hubFiles = ({ argocd }: FleetManifests): readonly (readonly [string, readonly object[]])[] =>
  [...argocd].filter(([path]) => !path.includes('/autonomous/'));

interface Delivered {
  readonly application: Application;
  /** Of the Argo CD that syncs it. */
  readonly projects: ReadonlyMap<string, IAppProject>;
}

const projectsIn = (objects: readonly object[]): ReadonlyMap<string, IAppProject> =>
  new Map(objects.filter(isKind<IAppProject>('AppProject')).map((project) => [project.metadata.name ?? '', project]));

function* applications(manifests: FleetManifests): Iterable<Delivered> {
  const files = hubFiles(manifests);
  const objects = files.flatMap(([, all]) => all);
  const hubProjects = projectsIn(objects);
  const params: ParamFiles = new Map(
    files
      .filter(([path]) => path.includes('/params/'))
      .map(([path, [first]]) => [path, (first ?? {}) as Readonly<Record<string, unknown>>]),
  );
  for (const set of objects.filter(isKind<IApplicationSet>('ApplicationSet')))
    for (const application of expand(set, params)) yield { application, projects: hubProjects };
  for (const [path, own] of manifests.argocd)
    if (path.includes('/autonomous/'))
      for (const application of own.filter(isKind<Application>('Application'))) yield { application, projects: projectsIn(own) };
}

/** One Application for each cluster, of its own overlay, at the cluster itself. */
function* delivery(manifests: FleetManifests): Iterable<Fault> {
  const { inventory } = manifests;
  const clusters: readonly Cluster[] = [inventory.central, ...inventory.edges];
  const overlays = groupBy(
    [...applications(manifests)]
      .map(({ application }) => application)
      .filter(({ spec }) => spec.source?.path?.startsWith('overlays/') === true),
    ({ spec }) => spec.source?.path ?? '',
  );
  const names = new Set<string>();
  for (const cluster of clusters) {
    const path = overlayDir(cluster);
    const own = overlays.get(path) ?? [];
    overlays.delete(path);
    if (own.length !== 1) yield { cluster: cluster.name, message: `has ${own.length} Applications, not one` };
    for (const { metadata, spec } of own) {
      const { name, server } = spec.destination;
      const wanted = isAutonomous(cluster)
        ? server === 'https://kubernetes.default.svc' && name === undefined
        : name === cluster.name && server === undefined;
      if (!wanted) yield { cluster: cluster.name, message: `Application ${metadata.name} goes to ${name ?? server}` };
      if (/\{\{|<no value>/.test(JSON.stringify({ metadata, spec })))
        yield { cluster: cluster.name, message: `Application ${metadata.name} holds a placeholder` };
      if (names.has(metadata.name) && !isAutonomous(cluster))
        yield { cluster: cluster.name, message: `two Applications are called ${metadata.name}` };
      names.add(metadata.name);
    }
  }
  // The centre of a large fleet has more overlays, one for each bucket of edges.
  const more = `${overlayDir(inventory.central)}/edges/`;
  for (const [path, own] of overlays)
    if (!path.startsWith(more) || own.length !== 1)
      yield { cluster: inventory.central.name, message: `${own.length} Applications sync ${path}, which no cluster has` };
}

const isAutonomous = (cluster: Cluster): boolean => cluster.role === 'edge' && (cluster as Edge).delivery === 'autonomous';

/** Which cluster an overlay belongs to; below the centre's own there may be more. */
function clustersByOverlay({ central, edges }: Inventory): (path: string) => string | undefined {
  const names = new Map([central, ...edges].map((cluster) => [overlayDir(cluster), cluster.name]));
  const more = `${overlayDir(central)}/edges/`;
  return (path) => (path.startsWith(more) ? central.name : names.get(path));
}

/** Whether Argo CD would sync each Application, by its own rules. */
function* admission(manifests: FleetManifests): Iterable<Fault> {
  const { inventory } = manifests;
  const clusterOf = clustersByOverlay(inventory);
  for (const { application, projects: known } of applications(manifests)) {
    const { spec } = application;
    const cluster = clusterOf(spec.source?.path ?? '');
    if (cluster === undefined) continue;
    const project = known.get(spec.project);
    if (project === undefined || spec.project === 'default') yield { cluster, message: `there is no project ${spec.project} for it` };
    else {
      const destination = { name: spec.destination.name ?? 'in-cluster', server: spec.destination.server ?? `https://${cluster}` };
      for (const message of refusals(project, application, destination, resourcesOf(manifests, cluster)))
        yield { cluster, message: `project ${spec.project} refuses it: ${message}` };
    }
  }
}

/** A project of ours allows what is there, and nothing else. */
function* projects({ argocd, inventory }: FleetManifests): Iterable<Fault> {
  const cluster = inventory.central.name;
  for (const { metadata, spec } of [...argocd.values()].flat().filter(isKind<IAppProject>('AppProject'))) {
    const fault = (message: string): Fault => ({ cluster, message: `project ${metadata.name} ${message}` });
    if (
      /[*?[\]!]/.test(
        JSON.stringify([spec.sourceRepos, spec.destinations, spec.clusterResourceWhitelist, spec.namespaceResourceWhitelist]).replaceAll(
          /[[\]]/g,
          '',
        ),
      )
    )
      yield fault('has a wildcard');
    if (spec.namespaceResourceWhitelist === undefined || spec.clusterResourceWhitelist === undefined)
      yield fault('allows kinds by leaving out their list');
    if (spec.destinations?.some(({ name, server }) => (name === undefined) === (server === undefined)) === true)
      yield fault('has a destination with both a name and a server, or neither');
    if (
      metadata.name !== 'argocd-root' &&
      spec.destinations?.some(({ namespace }) => namespace === inventory.fleet.argocd.namespace) === true
    )
      yield fault("reaches Argo CD's own namespace");
  }
}

/** A namespace that is a manifest and is also created by Argo CD has two owners. */
function* namespaces(manifests: FleetManifests): Iterable<Fault> {
  const clusterOf = clustersByOverlay(manifests.inventory);
  for (const {
    application: { metadata, spec },
  } of applications(manifests)) {
    const cluster = clusterOf(spec.source?.path ?? '');
    const creates =
      spec.syncPolicy?.syncOptions?.includes('CreateNamespace=true') === true || spec.syncPolicy?.managedNamespaceMetadata !== undefined;
    if (cluster === undefined || !creates) continue;
    if (resourcesOf(manifests, cluster).some(({ kind, metadata: { name } }) => kind === 'Namespace' && name === spec.destination.namespace))
      yield {
        cluster,
        message: `Application ${metadata.name} creates the namespace ${spec.destination.namespace}, which is also a manifest`,
      };
  }
}

export const fleetChecks: readonly FleetCheck[] = [
  { code: 'telemetry/targets', find: targets },
  { code: 'telemetry/unreachable-node-port', find: reachable },
  { code: 'telemetry/external-labels-not-unique', find: externalLabels },
  { code: 'telemetry/expected-rule', find: expected },
  { code: 'verify/delivery', find: delivery },
  { code: 'verify/admission', find: admission },
  { code: 'verify/project', find: projects },
  { code: 'verify/namespace-owner', find: namespaces },
];

/** What must hold between clusters, and between them and Argo CD. */
export function* findInFleet(manifests: FleetManifests): Iterable<Fault & { readonly code: Code }> {
  for (const { code, find } of fleetChecks) for (const fault of find(manifests)) yield { code, ...fault };
}
