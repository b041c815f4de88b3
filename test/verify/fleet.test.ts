import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import type { Inventory } from '../../scripts/inventory/inventory.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { findInFleet, fleetChecks } from '../../scripts/verify/fleet.ts';
import { contextOf } from '../../scripts/verify/index.ts';
import { view } from '../../scripts/verify/view.ts';
import { agent, fleet, inventory, overlaid, scraped, tree } from '../argocd/example.ts';
import { add, agentEdge, type Change, centre, configMap, drop, prometheusRule, put, scrapeConfig, service } from './example.ts';

// cluster-02 is scraped at 192.0.2.9, cluster-03 writes to the centre.
const given = (change: Partial<Inventory> = {}): Inventory => inventory({ edges: [scraped('cluster-02'), agent('cluster-03')], ...change });

const named = (cluster: string): Resource[] => put('ConfigMap cluster-identity', 'data/CLUSTER', cluster)(agentEdge());
const withoutAgent = (): Resource[] =>
  ['StatefulSet prometheus-agent', 'Service prometheus-agent'].reduce((all, name) => drop(name)(all), named('cluster-02'));

const rendered = (changes: { readonly [cluster: string]: Change } = {}): ReadonlyMap<string, readonly Resource[]> => {
  const both = put('PrometheusRule fleet', 'spec/groups/0/rules', (rules: readonly { labels?: object }[]) => [
    ...rules,
    { ...rules[1], labels: { cluster: 'cluster-03', region: 'kr' } },
  ]);
  const all: readonly (readonly [string, Resource[]])[] = [
    ['cluster-01', both(centre())],
    ['cluster-02', withoutAgent()],
    ['cluster-03', named('cluster-03')],
  ];
  return new Map(all.map(([cluster, resources]) => [cluster, changes[cluster]?.(resources) ?? resources]));
};

type Files = Map<string, object[]>;

function codes({
  changes,
  fleet: change,
  argocd,
  projectsFollow = false,
}: {
  changes?: { readonly [cluster: string]: Change };
  fleet?: Partial<Inventory>;
  argocd?: (files: Files) => void;
  /** The projects allow what the changes brought. */
  projectsFollow?: boolean;
} = {}): readonly string[] {
  const fleetOf = given(change);
  const all = rendered(changes);
  const files: Files = new Map(
    [...argocdFiles({ inventory: fleetOf, overlays: overlaid(projectsFollow ? all : rendered()), tree: tree(fleetOf) })].map(
      ([path, objects]) => [path, structuredClone([...objects])],
    ),
  );
  argocd?.(files);
  const views = new Map(
    [fleetOf.central, ...fleetOf.edges].map((cluster) => [cluster.name, view(all.get(cluster.name) ?? [], contextOf(fleetOf, cluster))]),
  );
  return [...new Set([...findInFleet({ inventory: fleetOf, views, argocd: files })].map(({ code }) => code))];
}

const set = (files: Files): IApplicationSet => files.get('generated/argocd/edge-kr-00.yaml')?.[1] as IApplicationSet;
const project = (files: Files): IAppProject => files.get('generated/argocd/edge-kr-00.yaml')?.[0] as IAppProject;

const targets = (cluster: string, ...addresses: readonly string[]) => [{ targets: addresses, labels: { cluster, region: 'kr' } }];

test('what is right trips nothing', () => {
  assert.equal(codes(), []);
});

const tried = new Set<string>();
const trips = (code: string, what: string, given: Parameters<typeof codes>[0]) => {
  tried.add(code);
  test(`${code}: ${what}`, () => assert.equal(codes(given), [code]));
};

trips('telemetry/targets', 'F22, G17: a node that is not scraped', { changes: { 'cluster-01': drop('ScrapeConfig node-exporter') } });
trips('telemetry/targets', 'F22, G17: an address twice', {
  changes: {
    'cluster-01': put('ScrapeConfig cadvisor', 'spec/staticConfigs', targets('cluster-02', '192.0.2.9:10250', '192.0.2.9:10250')),
  },
});
trips('telemetry/targets', 'F22: an edge that was removed', {
  changes: { 'cluster-01': add(scrapeConfig('x', { jobName: 'node-exporter', staticConfigs: targets('cluster-09', '192.0.2.99:9100') })) },
});
trips('telemetry/targets', 'F22: an edge of another option', {
  changes: { 'cluster-01': add(scrapeConfig('x', { jobName: 'kubelet', staticConfigs: targets('cluster-03', '192.0.2.9:10250') })) },
});
trips('telemetry/targets', 'G15, A23: another region', {
  changes: { 'cluster-01': put('ScrapeConfig kubelet', 'spec/staticConfigs/0/labels/region', 'edge') },
});
trips('telemetry/unreachable-node-port', 'G21, G42 A5: the port of a pod', {
  changes: { 'cluster-01': put('ScrapeConfig kube-state-metrics', 'spec/staticConfigs', targets('cluster-02', '192.0.2.9:8080')) },
});
trips('telemetry/unreachable-node-port', 'G42 A5: no node port on the edge', {
  changes: { 'cluster-02': put('Service kube-state-metrics', 'spec/ports/0/nodePort', undefined) },
});
trips('telemetry/external-labels-not-unique', 'F21, G32: the name of another edge', {
  changes: { 'cluster-03': put('ConfigMap cluster-identity', 'data/CLUSTER', 'cluster-02') },
});
trips('telemetry/expected-rule', 'G38: an edge that nobody expects', {
  changes: { 'cluster-01': put('PrometheusRule fleet', 'spec/groups/0/rules', (rules: readonly object[]) => rules.slice(0, 2)) },
});
trips('telemetry/expected-rule', 'G38: a cluster that is not there', {
  changes: {
    'cluster-01': add(prometheusRule('x', 'ruler', [{ record: 'edge_cluster:expected', expr: '1', labels: { cluster: 'cluster-09' } }])),
  },
});

trips('verify/delivery', 'F24: a cluster without parameters', {
  argocd: (files) => files.delete('generated/argocd/params/edge-kr-00/cluster-03.yaml'),
});
trips('verify/delivery', 'F24: an Application of an overlay that is not there', {
  argocd: (files) => {
    const params = files.get('generated/argocd/params/edge-kr-00/cluster-03.yaml')?.[0];
    files.set('generated/argocd/params/edge-kr-00/cluster-04.yaml', [
      { ...params, cluster: 'cluster-04', overlay: 'overlays/kr/cluster-04' },
    ]);
  },
});
trips('verify/delivery', 'F24: two Applications of one name', {
  argocd: (files) => {
    set(files).spec.template.metadata.name = 'edge';
  },
});
trips('verify/admission', 'F31: a kind that the project does not list', {
  changes: { 'cluster-03': add(service('x', 'edge-metrics', {}), { ...configMap('x', 'edge-metrics', {}), kind: 'LimitRange' }) },
});
trips('verify/admission', 'F31: a namespace that the project does not list', {
  argocd: (files) => {
    project(files).spec.destinations?.pop();
  },
});
trips('verify/admission', 'F31: another repository', {
  argocd: (files) => {
    project(files).spec.sourceRepos = ['https://github.com/acme/other.git'];
  },
});
trips('verify/project', 'F30: a wildcard', {
  argocd: (files) => {
    project(files).spec.namespaceResourceWhitelist?.push({ group: '*', kind: '*' });
  },
});
trips('verify/project', 'F30: a name and a server', {
  argocd: (files) => {
    project(files).spec.destinations?.push({ name: 'cluster-02', server: 'https://a', namespace: 'x' });
  },
});
trips('verify/project', "F30: Argo CD's own namespace", {
  argocd: (files) => {
    project(files).spec.destinations?.push({ name: 'cluster-02', namespace: 'argocd' });
  },
});
trips('verify/namespace-owner', 'F33: a namespace that Argo CD would create, too', {
  argocd: (files) => {
    set(files).spec.template.spec.syncPolicy = { syncOptions: ['CreateNamespace=true'] };
  },
});

test('F24: an edge with its own Argo CD has its Application there', () => {
  const edges = [scraped('cluster-02'), agent('cluster-03', { delivery: 'autonomous' })];
  assert.equal(codes({ fleet: { edges } }), []);
  assert.equal(codes({ fleet: { edges }, argocd: (files) => files.delete('generated/argocd/autonomous/cluster-03.yaml') }), [
    'verify/delivery',
  ]);
});

test('targets of Services and EndpointSlices are found, too', () => {
  const slice = (job: string, port: number): Resource[] => [
    {
      ...service(job, 'metrics-central', { clusterIP: 'None', ports: [{ name: 'metrics', port }] }),
      metadata: { name: job, namespace: 'metrics-central', labels: { job, cluster: 'cluster-02', region: 'kr' } },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: job, labels: { 'kubernetes.io/service-name': job } },
      ports: [{ name: 'metrics', port }],
      endpoints: [{ addresses: ['192.0.2.9'] }],
    } as Resource,
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: job, namespace: 'metrics-central' },
      spec: {
        jobLabel: 'job',
        selector: { matchLabels: { job } },
        targetLabels: ['cluster'],
        endpoints: job === 'kubelet' ? [{ port: 'metrics' }, { port: 'metrics', path: '/metrics/cadvisor' }] : [{ port: 'metrics' }],
      },
    } as Resource,
  ];
  const noScrapeConfigs = (all: Resource[]) => all.filter(({ kind }) => kind !== 'ScrapeConfig');
  const of =
    (kubeStateMetrics: number): Change =>
    (all) => [
      ...noScrapeConfigs(all),
      ...slice('node-exporter', 9100),
      ...slice('kubelet', 10250),
      ...slice('kube-state-metrics', kubeStateMetrics),
    ];
  assert.equal(codes({ changes: { 'cluster-01': of(30443) }, projectsFollow: true }), []);
  assert.equal(codes({ changes: { 'cluster-01': of(8080) }, projectsFollow: true }), ['telemetry/unreachable-node-port']);
  assert.equal(codes({ changes: { 'cluster-01': noScrapeConfigs } }), ['telemetry/targets']);
});

test('every check of the fleet is tried above', () => {
  assert.equal([...tried].sort(), fleetChecks.map(({ code }) => code).sort());
});

test('a finding about a fleet of two shards is the same', () => {
  const two = { fleet: fleet({ argocd: { namespace: 'argocd', version: '3.6', shards: 64 } }) };
  assert.equal(codes({ fleet: two }), []);
});

test.run();
