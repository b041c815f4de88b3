import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { identity, type Resource } from '../../scripts/kubernetes/resource.ts';
import { type Finding, verifyFleet } from '../../scripts/verify/index.ts';
import { at, type NamedFleet } from '../support/manifests.ts';
import { everyOption, serviceMonitors } from './fleets.ts';

/** Each mistake of the telemetry reference's part A that a compiler could make again, and the code that is its own. */
interface Mutation {
  readonly mistake: string;
  readonly code: string;
  readonly fleet: NamedFleet;
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  /** What the mistake looks like in the object. */
  readonly change: (object: Resource) => Resource;
  /** Where the finding points when that is another object: `kind name`. */
  readonly found?: string;
}

/** The object with another value at a path; what is on the way has to be there. */
function set<T>(value: T, path: readonly (string | number)[], change: (before: unknown) => unknown): T {
  const [name, ...rest] = path;
  if (name === undefined) return change(value) as T;
  if (typeof value !== 'object' || value === null) throw new Error(`there is nothing at ${path.join('.')}`);
  const inner = set((value as Record<string | number, unknown>)[name], rest, change);
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === name ? inner : one)) as T;
  const others = Object.entries(value).filter(([key]) => key !== name);
  return Object.fromEntries([...others, ...(inner === undefined ? [] : [[name, inner]])]) as T;
}

const container = ['spec', 'template', 'spec', 'containers', 0] as const;

const args = (object: Resource, change: (args: readonly string[]) => readonly string[]): Resource =>
  set(object, [...container, 'args'], (before) => change(before as readonly string[]));

const constantAddress = { sourceLabels: ['__address__'], targetLabel: '__address__', replacement: '192.0.2.10:9100' };

const mutations: readonly Mutation[] = [
  {
    mistake: 'A1 a Receive that wants two copies and knows no other',
    code: 'telemetry/receive-without-hashring',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'StatefulSet',
    name: 'receive-ingestor',
    change: (object) => args(object, (before) => [...before, '--receive.replication-factor=2']),
  },
  {
    mistake: 'A2 a ScrapeConfig that gives every target one address',
    code: 'telemetry/address-overwritten',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'ScrapeConfig',
    name: 'scraped-node-exporter',
    change: (object) => set(object, ['spec', 'relabelings'], () => [constantAddress]),
  },
  {
    mistake: 'A2 a ServiceMonitor that gives every target one address',
    code: 'telemetry/address-overwritten',
    fleet: serviceMonitors,
    cluster: 'centre',
    kind: 'ServiceMonitor',
    name: 'edges-node-exporter',
    change: (object) =>
      set(object, ['spec', 'endpoints', 0, 'relabelings'], (before) => [...(before as readonly unknown[]), constantAddress]),
  },
  {
    mistake: 'A4 the token of the centre shown to a kubelet of an edge',
    code: 'telemetry/central-token-to-edge',
    fleet: serviceMonitors,
    cluster: 'centre',
    kind: 'ServiceMonitor',
    name: 'edges-kubelet',
    change: (object) =>
      set(object, ['spec', 'endpoints', 0, 'bearerTokenFile'], () => '/var/run/secrets/kubernetes.io/serviceaccount/token'),
  },
  {
    mistake: 'A5 kube-state-metrics scraped at the port of its pod',
    code: 'telemetry/unreachable-node-port',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'ScrapeConfig',
    name: 'scraped-kube-state-metrics',
    change: (object) => set(object, ['spec', 'staticConfigs', 0, 'targets'], () => ['192.0.2.10:8080']),
  },
  {
    mistake: 'A5 kube-state-metrics behind no node port',
    code: 'telemetry/unreachable-node-port',
    fleet: everyOption,
    cluster: 'scraped',
    kind: 'Service',
    name: 'kube-state-metrics-remote',
    change: (object) =>
      set(
        set(object, ['spec', 'type'], () => 'ClusterIP'),
        ['spec', 'ports', 0, 'nodePort'],
        () => undefined,
      ),
    found: 'ScrapeConfig scraped-kube-state-metrics',
  },
  {
    mistake: 'A9 the agent by its old feature flag',
    code: 'telemetry/agent-feature-flag',
    fleet: everyOption,
    cluster: 'agent',
    kind: 'StatefulSet',
    name: 'prometheus-agent',
    change: (object) => args(object, (before) => before.map((arg) => (arg === '--agent' ? '--enable-feature=agent' : arg))),
  },
  {
    mistake: 'A10 a Query with --store',
    code: 'telemetry/removed-store-flag',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'Deployment',
    name: 'query',
    change: (object) => args(object, (before) => [...before, '--store=dnssrv+_grpc._tcp.receive-ingestor.metrics-central.svc']),
  },
  {
    mistake: 'A11 one Service of the ingestors for their names and for the world',
    code: 'telemetry/governing-service-not-headless',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'Service',
    name: 'receive-ingestor',
    change: (object) =>
      set(
        set(object, ['spec', 'clusterIP'], () => undefined),
        ['spec', 'type'],
        () => 'LoadBalancer',
      ),
    found: 'StatefulSet receive-ingestor',
  },
  {
    mistake: 'A22 the name of the centre as an external label',
    code: 'telemetry/cluster-in-central-external-labels',
    fleet: everyOption,
    cluster: 'centre',
    kind: 'Prometheus',
    name: 'central',
    change: (object) => set(object, ['spec', 'externalLabels'], () => ({ cluster: 'centre' })),
  },
  {
    mistake: 'A26 an agent that sends remote write 2.0',
    code: 'telemetry/remote-write-v2',
    fleet: everyOption,
    cluster: 'agent',
    kind: 'ConfigMap',
    name: 'prometheus-agent',
    change: (object) =>
      set(object, ['data', 'prometheus.yml'], (before) =>
        String(before).replace(/^( *)- name: central$/m, '$&\n$1  protobuf_message: io.prometheus.write.v2.Request'),
      ),
    found: 'StatefulSet prometheus-agent',
  },
];

const codes = new Set(mutations.map(({ code }) => code));

/** What the product says of a fleet's output, with an object of a cluster changed or as it is. */
function findings({ inventory, overlays, tree }: NamedFleet, changed: (cluster: string, object: Resource) => Resource): readonly Finding[] {
  const byCluster = new Map<string, (readonly Resource[])[]>();
  for (const [overlay, resources] of overlays) {
    const cluster = overlay.split('/')[0] ?? '';
    byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), resources.map((object) => changed(cluster, object))]);
  }
  const argocd = new Map(
    [...tree]
      .filter(([path]) => path.startsWith('generated/argocd/'))
      .map(([path, text]) => [path, parseAllDocuments(text).map((document) => document.toJS() as object)]),
  );
  return verifyFleet({ inventory, overlays: byCluster, argocd });
}

test('G42 what is compiled has none of the mistakes, nor any other error', () => {
  for (const fleet of [everyOption, serviceMonitors])
    assert.equal(
      findings(fleet, (_, object) => object).filter(({ severity }) => severity === 'error'),
      [],
    );
});

test('G42 the nine mistakes are all there', () => {
  const mistakes = mutations.map(({ mistake }) => mistake.split(' ')[0]);
  assert.equal(new Set(mistakes), new Set(['A1', 'A2', 'A4', 'A5', 'A9', 'A10', 'A11', 'A22', 'A26']));
  assert.is(codes.size, 9);
});

for (const { mistake, code, fleet, cluster, kind, name, change, found } of mutations)
  test(`G42 ${mistake}: ${code}`, () => {
    let changes = 0;
    const all = findings(fleet, (where, object) => {
      if (where !== cluster || object.kind !== kind || object.metadata.name !== name) return object;
      const mutated = change(object);
      assert.not.equal(mutated, object);
      changes += 1;
      return mutated;
    });
    assert.is(changes, 1, `${cluster} has one ${kind} ${name}`);

    const [wantedKind, wantedName] = found?.split(' ') ?? [kind, name];
    const owner = [...fleet.rendered.values()].flat().find((object) => object.kind === wantedKind && object.metadata.name === wantedName);
    const own = all.filter((finding) => finding.code === code);
    assert.ok(own.length > 0, `the verifier says ${all.map((finding) => finding.code).join(', ') || 'nothing'}`);
    assert.ok(own.every(({ severity }) => severity === 'error'));
    assert.ok(
      own.every(({ object }) => owner !== undefined && object === identity(owner)),
      `it points at ${own.map(({ object }) => object).join(', ')}`,
    );
    // No other of the nine codes: each mistake is told by its own.
    assert.equal(
      [...new Set(all.map((finding) => finding.code))].filter((one) => codes.has(one)),
      [code],
    );
    assert.is(at(own[0], 'message') !== '', true);
  });

test.run();
