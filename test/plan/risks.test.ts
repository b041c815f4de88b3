import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../generated/types/plan.d.ts';
import type { Cluster, Sourced } from '../../scripts/inventory/inventory.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { objectRules } from '../../scripts/plan/risks.ts';
import { fleetRules } from '../../scripts/plan/rules/fleet.ts';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';
import { reportOf, reportOfObjects, reportOfSides, sideOf } from '../support/plan.ts';

type Fields = Readonly<Record<string, unknown>>;
type Risk = PlanReport['risks'][number];

const options = { scraped: 'remote-scrape', sender: 'prometheus-agent', sidecar: 'thanos-sidecar' } as const;

/** One edge on each option; a case says what is different. */
const fleet = (
  change: Partial<Record<keyof typeof options, Fields>> = {},
  settings: Fields = {},
  centre: Fields = {},
  ...more: readonly Fields[]
) =>
  aFleet(
    [
      aCentre(centre),
      ...Object.entries(options).map(([name, option], i) => anEdge(name, option, 10 * (i + 1), change[name as keyof typeof options])),
      ...more,
    ],
    { regions: ['kr', 'us'], ...settings },
  );
const compiled = sideOf(fleet());
const reports = new Map<string, PlanReport>();
/** Several rules speak of the same edit: each is compiled once. */
function after(...change: Parameters<typeof fleet>): PlanReport {
  const key = JSON.stringify(change);
  const report = reports.get(key) ?? reportOfSides(compiled, sideOf(fleet(...change)));
  reports.set(key, report);
  return report;
}

const object = (kind: string, fields: Fields, apiVersion = 'v1'): Resource =>
  ({ apiVersion, kind, metadata: { name: 'x', namespace: 'y' }, ...fields }) as Resource;
const anchor = object('ConfigMap', { metadata: { name: 'anchor', namespace: 'y' }, data: { a: '1' } });
/** One object becomes another, beside one that stays. */
const become = (before: Resource | undefined, next: Resource | undefined) =>
  reportOfObjects([anchor, ...(before === undefined ? [] : [before])], [anchor, ...(next === undefined ? [] : [next])]);
const deployment = (pod: Fields, spec: Fields = {}) => object('Deployment', { spec: { ...spec, template: { spec: pod } } }, 'apps/v1');
const container = (fields: Fields) => deployment({ containers: [{ name: 'c', image: 'x/c:v1.2.3', ...fields }] });
const image = (name: string) => container({ image: name });
const policy = (spec: Fields) =>
  object('NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec } }, 'networking.k8s.io/v1');
const from = (cidr: string, port: number) => ({ from: [{ ipBlock: { cidr } }], ports: [{ protocol: 'TCP', port }] });
const role = (...rules: readonly Fields[]) => object('Role', { rules }, 'rbac.authorization.k8s.io/v1');
const right = (verbs: readonly string[], resources: readonly string[]) => ({ apiGroups: [''], resources, verbs });
const project = (spec: Fields) => object('AppProject', { spec }, 'argoproj.io/v1alpha1');
const set = (spec: Fields, metadata: Fields = {}) =>
  object('ApplicationSet', { spec, metadata: { name: 'x', namespace: 'y', ...metadata } }, 'argoproj.io/v1alpha1');
const application = (spec: Fields) => object('Application', { spec }, 'argoproj.io/v1alpha1');
const configuration = (text: string) => object('ConfigMap', { data: { 'prometheus.yml': text } });
const queue = (fields: string) => configuration(`global: {}\nremote_write:\n  - name: central\n${fields}`);
const crd = (...versions: readonly string[]) =>
  object('CustomResourceDefinition', { spec: { versions: versions.map((name) => ({ name })) } }, 'apiextensions.k8s.io/v1');

/** Every way to meet each rule: the code, what is done, and what the risk says of it. */
const cases: readonly [code: string, what: string, report: () => PlanReport, expected: RegExp, severity: Risk['severity']][] = [
  ['risk/object-deleted', 'another option', () => after({ scraped: { option: 'prometheus-agent' } }), /Service is deleted/, 'medium'],
  ['risk/object-deleted', 'a workload goes', () => become(container({}), undefined), /Deployment is deleted/, 'high'],
  [
    'risk/namespace-deleted',
    "another name of the fleet's namespace",
    () => after({}, { namespace: 'telemetry' }),
    /namespace is deleted/,
    'high',
  ],
  [
    'risk/selector-changed',
    'of a Service',
    () => become(object('Service', { spec: { selector: { a: 'b' } } }), object('Service', { spec: { selector: { a: 'c' } } })),
    /selector changes/,
    'medium',
  ],
  [
    'risk/selector-changed',
    'of what the operator runs',
    () =>
      become(
        object('Prometheus', { spec: {} }, 'monitoring.coreos.com/v1'),
        object('Prometheus', { spec: { ruleSelector: {} } }, 'monitoring.coreos.com/v1'),
      ),
    /ruleSelector changes/,
    'medium',
  ],
  ['risk/crd-changed', 'deleted', () => become(crd('v1'), undefined), /is deleted/, 'high'],
  ['risk/crd-changed', 'a version less', () => become(crd('v1', 'v2'), crd('v2')), /loses versions: v1/, 'high'],
  ['risk/crd-changed', 'a version more', () => become(crd('v1'), crd('v1', 'v2')), /definition changes/, 'medium'],
  ['risk/volume-deleted', 'another option', () => after({ sender: { option: 'remote-scrape' } }), /volume claim data is gone/, 'high'],
  [
    'risk/volume-deleted',
    'a claim is renamed',
    () =>
      become(
        object('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }, 'apps/v1'),
        object('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'wal' } }] } }, 'apps/v1'),
      ),
    /renamed.*data is now wal/,
    'high',
  ],
  [
    'risk/volume-deleted',
    'a claim of its own',
    () => become(object('PersistentVolumeClaim', { spec: {} }), undefined),
    /volume claim x is gone/,
    'high',
  ],
  ['risk/volume-shrunk', 'storage.size', () => after({ sender: { storage: { size: '3Gi' } } }), /shrinks, from 5Gi to 3Gi/, 'high'],
  ['risk/volume-grown', 'storage.size', () => after({ sender: { storage: { size: '9Gi' } } }), /data grows, from 5Gi to 9Gi/, 'high'],
  [
    'risk/volume-grown',
    'of what the operator makes',
    () => after({}, {}, { prometheus: { storage: '80Gi' } }),
    /storage grows, from 50Gi to 80Gi/,
    'high',
  ],
  [
    'risk/storage-class-changed',
    'storage.class',
    () => after({ sender: { storage: { class: 'fast' } } }),
    /from the default to fast/,
    'high',
  ],
  [
    'risk/storage-class-changed',
    'a StorageClass',
    () => become(undefined, object('StorageClass', { provisioner: 'x' }, 'storage.k8s.io/v1')),
    /StorageClass is added/,
    'high',
  ],
  [
    'risk/immutable-field',
    'storage.size',
    () => after({ sender: { storage: { size: '8Gi' } } }),
    /spec.volumeClaimTemplates changes/,
    'high',
  ],
  [
    'risk/immutable-field',
    'a selector',
    () => become(deployment({}, { selector: { matchLabels: { a: 'b' } } }), deployment({}, { selector: { matchLabels: { a: 'c' } } })),
    /spec.selector changes/,
    'high',
  ],
  [
    'risk/immutable-field',
    'clusterIP',
    () => become(object('Service', { spec: {} }), object('Service', { spec: { clusterIP: 'None' } })),
    /spec.clusterIP changes/,
    'high',
  ],
  [
    'risk/immutable-field',
    'an immutable ConfigMap',
    () => become(object('ConfigMap', { immutable: true, data: { a: '1' } }), object('ConfigMap', { immutable: true, data: { a: '2' } })),
    /immutable object/,
    'high',
  ],
  [
    'risk/image-downgraded',
    'versions.prometheus',
    () => after({}, { versions: { prometheus: '3.9.0' } }),
    /older version, from v[\d.]+ to v3\.9\.0/,
    'high',
  ],
  [
    'risk/image-major',
    'the next major version',
    () => become(image('x/c:v1.2.3'), image('x/c:v2.0.0')),
    /new major version, from v1.2.3 to v2.0.0/,
    'medium',
  ],
  ['risk/image-unpinned', 'latest', () => become(image('x/c:v1.2.3'), image('x/c:latest')), /not pinned: x\/c:latest/, 'medium'],
  ['risk/image-unpinned', 'no tag, on a host with a port', () => become(image('x/c:v1.2.3'), image('host:5000/c')), /not pinned/, 'medium'],
  [
    'risk/image-moved',
    'another registry',
    () => become(image('quay.io/x/c:v1'), image('evil.example/x/c:v1')),
    /from quay.io\/x\/c to evil.example\/x\/c/,
    'medium',
  ],
  [
    'risk/privileged',
    'a privileged container',
    () => become(container({}), container({ securityContext: { privileged: true } })),
    /c is privileged/,
    'high',
  ],
  [
    'risk/privileged',
    'a capability',
    () => become(container({}), container({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })),
    /SYS_ADMIN/,
    'high',
  ],
  [
    'risk/privileged',
    'a folder of the node',
    () =>
      become(
        container({}),
        deployment({ containers: [{ name: 'c', image: 'x/c:v1.2.3' }], volumes: [{ name: 'v', hostPath: { path: '/etc' } }] }),
      ),
    /hostPath \/etc/,
    'high',
  ],
  [
    'risk/privileged',
    'the level of a namespace',
    () =>
      become(
        object('Namespace', { metadata: { name: 'x', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } }),
        object('Namespace', { metadata: { name: 'x', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }),
      ),
    /from restricted to privileged/,
    'high',
  ],
  ['risk/replicas-zero', 'replicas', () => become(deployment({}, { replicas: 2 }), deployment({}, { replicas: 0 })), /No replica/, 'high'],
  [
    'risk/disruption-budget-removed',
    'one replica',
    () => after({}, {}, { prometheus: { replicas: 1 } }),
    /disruption budget is gone/,
    'medium',
  ],
  ['risk/rbac-widened', 'another option', () => after({ scraped: { option: 'prometheus-agent' } }), /role may do: get nodes/, 'medium'],
  [
    'risk/rbac-widened',
    'one verb more',
    () => become(role(right(['get'], ['pods'])), role(right(['get', 'list'], ['pods']))),
    /may do more: list pods/,
    'medium',
  ],
  [
    'risk/rbac-widened',
    'secrets',
    () => become(role(right(['get'], ['pods'])), role(right(['get'], ['pods', 'secrets']))),
    /get secrets/,
    'high',
  ],
  [
    'risk/rbac-widened',
    'everything',
    () => become(role(right(['get'], ['pods'])), role({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })),
    /\*/,
    'high',
  ],
  [
    'risk/rbac-widened',
    'another subject',
    () =>
      become(
        object('RoleBinding', { roleRef: { name: 'r' } }),
        object('RoleBinding', { roleRef: { name: 'r' }, subjects: [{ kind: 'Group', name: 'system:authenticated' }] }),
      ),
    /Others get.*system:authenticated/,
    'high',
  ],
  [
    'risk/network-opened',
    'another address',
    () => become(policy({ ingress: [from('10.0.0.0/8', 80)] }), policy({ ingress: [from('10.0.0.0/8', 80), from('192.0.2.0/24', 80)] })),
    /lets more through: from 192.0.2.0\/24 on TCP 80/,
    'medium',
  ],
  [
    'risk/network-opened',
    'everybody',
    () => become(policy({ ingress: [from('10.0.0.0/8', 80)] }), policy({ ingress: [{ ports: [{ port: 80 }] }] })),
    /from anyone/,
    'high',
  ],
  [
    'risk/network-opened',
    'a direction without rules',
    () => become(policy({ policyTypes: ['Ingress', 'Egress'] }), policy({})),
    /to anyone on any port/,
    'medium',
  ],
  ['risk/network-opened', 'the only policy goes', () => become(policy({}), undefined), /no other holds back/, 'high'],
  [
    'risk/network-opened',
    'a node port',
    () =>
      become(object('Service', { spec: {} }), object('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } })),
    /outside the cluster: NodePort 30080/,
    'medium',
  ],
  [
    'risk/network-opened',
    'a port of the node',
    () => become(container({}), container({ ports: [{ containerPort: 80, hostPort: 80 }] })),
    /port 80 of the node/,
    'medium',
  ],
  [
    'risk/network-opened',
    'hostNetwork',
    () => become(deployment({ containers: [] }), deployment({ containers: [], hostNetwork: true })),
    /hostNetwork/,
    'medium',
  ],
  [
    'risk/network-opened',
    'edgeCidrs',
    () =>
      reportOf(
        fleet({}, { network: { edgeCidrs: ['10.0.0.0/8'] } }),
        fleet({}, { network: { edgeCidrs: ['10.0.0.0/8', '192.0.2.0/24'] } }),
      ),
    /192\.0\.2\.0\/24/,
    'medium',
  ],
  [
    'risk/secret-needed',
    'another option',
    () => after({ scraped: { option: 'prometheus-agent' } }),
    /Secret edge-metrics\/receive-client-tls is needed/,
    'medium',
  ],
  [
    'risk/secret-needed',
    'with a store',
    () =>
      reportOf(
        fleet({}, { secretStore: { name: 's' } }),
        fleet({ scraped: { option: 'prometheus-agent' } }, { secretStore: { name: 's' } }),
      ),
    /Secret edge-metrics\/receive-client-tls is needed/,
    'medium',
  ],
  [
    'risk/secret-needed',
    'a volume',
    () =>
      become(
        container({}),
        deployment({ containers: [{ name: 'c', image: 'x/c:v1.2.3' }], volumes: [{ name: 'v', secret: { secretName: 's' } }] }),
      ),
    /Secret y\/s is needed/,
    'medium',
  ],
  [
    'risk/secret-needed',
    'a cluster that is new',
    () => after({}, {}, {}, anEdge('fresh', 'prometheus-agent', 90)),
    /Secret edge-metrics\/receive-client-tls is needed/,
    'medium',
  ],
  [
    'risk/replica-label-lost',
    'of a configuration',
    () =>
      become(configuration('global:\n  external_labels: { prometheus_replica: a }\n'), configuration('global:\n  external_labels: {}\n')),
    /replica label prometheus_replica is gone/,
    'high',
  ],
  [
    'risk/replica-label-lost',
    'of Query',
    () =>
      become(container({ args: ['--query.replica-label=a', '--query.replica-label=b'] }), container({ args: ['--query.replica-label=a'] })),
    /--query.replica-label=b is gone/,
    'high',
  ],
  [
    'risk/replica-label-lost',
    'of what the operator runs',
    () =>
      become(
        object('Prometheus', { spec: { replicaExternalLabelName: 'prometheus_replica' } }, 'monitoring.coreos.com/v1'),
        object('Prometheus', { spec: { replicaExternalLabelName: '' } }, 'monitoring.coreos.com/v1'),
      ),
    /replica label prometheus_replica is gone/,
    'high',
  ],
  [
    'risk/hashring-changed',
    'another ingestor',
    () => after({}, {}, { receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 5 } }),
    /hashring changes, from 4 to 5 ingestors/,
    'low',
  ],
  [
    'risk/hashring-changed',
    'each tenant on some of them only',
    () =>
      become(
        object('ConfigMap', { data: { 'hashrings.json': '[{"hashring":"a","endpoints":["x","y"]}]' } }),
        object('ConfigMap', {
          data: { 'hashrings.json': '[{"hashring":"a","endpoints":["x","y"],"shuffle_sharding_config":{"shard_size":4}}]' },
        }),
      ),
    /Each tenant is on other ingestors/,
    'medium',
  ],
  [
    'risk/ingestors-removed',
    'one',
    () => reportOf(fleet(), fleet({}, {}, { receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 3 } })),
    /loses ingestors, from 4 to 3/,
    'medium',
  ],
  [
    'risk/ingestors-removed',
    'two, and each tenant on others of them',
    () =>
      become(
        object('ConfigMap', {
          data: { 'hashrings.json': '[{"endpoints":["v","w","x","y","z"],"shuffle_sharding_config":{"shard_size":4}}]' },
        }),
        object('ConfigMap', { data: { 'hashrings.json': '[{"endpoints":["v","w","x"]}]' } }),
      ),
    /loses ingestors, from 5 to 3/,
    'high',
  ],
  ['risk/shards-added', 'one more', () => after({}, {}, { prometheus: { shards: 2 } }), /gets more shards, from 1 to 2/, 'low'],
  [
    'risk/shards-removed',
    'one fewer',
    () =>
      become(
        object('Prometheus', { spec: { shards: 3 } }, 'monitoring.coreos.com/v1'),
        object('Prometheus', { spec: { shards: 2 } }, 'monitoring.coreos.com/v1'),
      ),
    /loses shards, from 3 to 2/,
    'high',
  ],
  [
    'risk/external-label-changed',
    'region',
    () => after({ sender: { region: 'us' } }),
    /external label region changes, from kr to us/,
    'high',
  ],
  [
    'risk/external-label-changed',
    'of a configuration',
    () => become(configuration('global:\n  external_labels: { site: a }\n'), configuration('global:\n  external_labels: { site: b }\n')),
    /label site changes, from a to b/,
    'high',
  ],
  [
    'risk/external-label-changed',
    'of a command line',
    () => become(container({ args: ['--label=site="a"'] }), container({ args: [] })),
    /label site is gone/,
    'high',
  ],
  [
    'risk/remote-write-changed',
    'receive.url',
    () => after({}, {}, { receive: { url: 'https://other.example:19291/api/v1/receive' } }),
    /central sends elsewhere, from https:\/\/receive/,
    'high',
  ],
  [
    'risk/remote-write-changed',
    'the tenant',
    () => become(queue('    headers: { THANOS-TENANT: a }\n'), queue('    headers: { THANOS-TENANT: b }\n')),
    /another tenant, from a to b/,
    'high',
  ],
  [
    'risk/remote-write-changed',
    'the name',
    () => become(queue(''), configuration('remote_write:\n  - name: other\n')),
    /gone or has another name/,
    'high',
  ],
  [
    'risk/remote-write-changed',
    'another setting',
    () => become(queue('    url: a\n'), queue('    url: a\n    queue_config: { capacity: 1 }\n')),
    /other settings/,
    'medium',
  ],
  ['risk/agent-restarted', 'versions.prometheus', () => after({}, { versions: { prometheus: '3.9.0' } }), /agent is restarted/, 'medium'],
  [
    'risk/config-not-reloaded',
    'region',
    () => after({ sender: { region: 'us' } }),
    /StatefulSet prometheus-agent only reads at its start/,
    'medium',
  ],
  [
    'risk/verification-off',
    'unsafeSkipVerify',
    () => after({ sender: { kubelet: { unsafeSkipVerify: true } } }),
    /no longer checked/,
    'high',
  ],
  [
    'risk/application-set-changed',
    'generators',
    () => become(set({ generators: [{ git: 1 }] }), set({ generators: [] })),
    /spec.generators changes/,
    'high',
  ],
  [
    'risk/application-set-changed',
    'preserveResourcesOnDeletion',
    () => become(set({ syncPolicy: { preserveResourcesOnDeletion: true } }), set({ syncPolicy: {} })),
    /spec.syncPolicy changes/,
    'high',
  ],
  [
    'risk/application-set-changed',
    'finalizers',
    () => become(set({}, { finalizers: ['a'] }), set({})),
    /metadata.finalizers changes/,
    'high',
  ],
  [
    'risk/sync-policy-changed',
    'prune',
    () =>
      become(
        set({ template: { spec: { syncPolicy: { automated: { prune: false } } } } }),
        set({ template: { spec: { syncPolicy: { automated: { prune: true } } } } }),
      ),
    /Pruning is switched on/,
    'medium',
  ],
  [
    'risk/sync-policy-changed',
    'of an Application',
    () => become(application({ syncPolicy: { automated: { selfHeal: true } } }), application({})),
    /sync policy changes/,
    'medium',
  ],
  ['risk/application-moved', 'region', () => after({ sender: { region: 'us' } }), /project changes, from edge-kr-00 to edge-us-00/, 'high'],
  [
    'risk/application-moved',
    'destination',
    () => become(application({ destination: { name: 'a' } }), application({ destination: { name: 'b' } })),
    /destination.name changes, from a to b/,
    'high',
  ],
  [
    'risk/app-project-widened',
    'destinations',
    () => after({}, {}, {}, anEdge('fresh', 'prometheus-agent', 90)),
    /allows more destinations: fresh edge-metrics and 1 more/,
    'low',
  ],
  [
    'risk/app-project-widened',
    'repositories',
    () => become(project({ sourceRepos: ['a'] }), project({ sourceRepos: ['a', '*'] })),
    /more repositories/,
    'high',
  ],
  [
    'risk/app-project-widened',
    'no list of kinds',
    () => become(project({ namespaceResourceWhitelist: [] }), project({})),
    /every kind/,
    'high',
  ],
  [
    'risk/app-project-widened',
    'a list of what is forbidden',
    () =>
      become(
        project({ namespaceResourceWhitelist: [], clusterResourceBlacklist: [{ kind: 'a' }] }),
        project({ namespaceResourceWhitelist: [] }),
      ),
    /forbids less/,
    'medium',
  ],
  ['risk/cluster-added', 'a file more', () => after({}, {}, {}, anEdge('fresh', 'prometheus-agent', 90)), /joins the fleet/, 'low'],
  [
    'risk/cluster-removed',
    'a file less',
    () => reportOf(fleet({}, {}, {}, anEdge('fresh', 'prometheus-agent', 90)), fleet()),
    /leaves the fleet/,
    'high',
  ],
  [
    'risk/option-switched',
    'option',
    () => after({ scraped: { option: 'prometheus-agent' } }),
    /from remote-scrape to prometheus-agent/,
    'high',
  ],
  ['risk/cluster-drained', 'lifecycle', drained, /is drained/, 'medium'],
  [
    'risk/fleet-share',
    'two rings at once',
    () =>
      reportOf(
        mixedFleet(20),
        mixedFleet(20, () => ({ labels: { site: 'x' } })),
      ),
    /reaches 20 of 20 edges at once, in 2 rings/,
    'medium',
  ],
  ['risk/fleet-share', 'and restarts pods', () => reportOf(mixedFleet(12), withVersion(mixedFleet(12))), /reaches 8 of 12 edges/, 'high'],
  ['risk/base-unreadable', 'broken YAML', broken, /cannot be rendered: overlays\/kr\/sender/, 'medium'],
];

/** The inventory has no field for it yet, so that it is put in after reading. */
function drained(): PlanReport {
  const { inventory } = compiled;
  if (inventory === undefined) throw new Error('the fleet of this test is wrong');
  const clusters = inventory.clusters.map(
    (cluster): Sourced<Cluster> =>
      cluster.value.name === 'sender' ? { ...cluster, value: { ...cluster.value, lifecycle: 'draining' } as unknown as Cluster } : cluster,
  );
  return reportOfSides(compiled, { ...compiled, inventory: { ...inventory, clusters } });
}

const withVersion = (sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...sources].map(([path, text]) => [
      path,
      path.endsWith('fleet.ts') ? text.replace('"name"', '"versions": { "prometheus": "3.9.0" }, "name"') : text,
    ]),
  );

function broken(): PlanReport {
  return reportOfSides({ ...compiled, tree: new Map([...compiled.tree, ['overlays/kr/sender/kustomization.yaml', 'a: [']]) }, compiled);
}

for (const [code, what, report, expected, severity] of cases)
  test(`${code}: ${what}`, () => {
    const { risks } = report();
    const found = risks.filter((risk) => risk.code === code);
    assert.ok(
      found.some((risk) => expected.test(risk.what) && risk.severity === severity),
      JSON.stringify(found.length > 0 ? found : risks, null, 1),
    );
  });

test('every rule has a case, and every case a rule', () => {
  const codes = [...objectRules, ...fleetRules].map(({ code }) => code);
  assert.equal([...new Set(cases.map(([code]) => code))].sort(), [...codes].sort());
  assert.is(new Set(codes).size, codes.length);
});

const harmless: readonly [what: string, report: () => PlanReport][] = [
  ['nothing changes', () => reportOfSides(compiled, compiled)],
  [
    'rules of a role in another form',
    () =>
      become(
        role(right(['get', 'list'], ['pods', 'nodes'])),
        role(right(['list'], ['nodes', 'pods']), right(['get'], ['pods']), right(['get'], ['nodes'])),
      ),
  ],
  ['a right less', () => become(role({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }), role(right(['get'], ['secrets'])))],
  ['a narrower policy', () => become(policy({ ingress: [{}] }), policy({ ingress: [from('10.0.0.0/8', 80)] }))],
  [
    'ports of a policy in another form',
    () =>
      become(
        policy({ ingress: [from('10.0.0.0/8', 80), from('10.0.0.0/8', 81)] }),
        policy({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 81 }, { protocol: 'TCP', port: 80 }] }] }),
      ),
  ],
  ['a newer image', () => become(image('x/c:v1.2.3'), image('x/c:v1.10.0'))],
  ['an image by its digest', () => become(image('x/c:v1.2.3'), image('x/c@sha256:0123'))],
  ['a label of the cluster', () => after({ sender: { labels: { site: 'x' } } })],
  ['a configuration that is read anew', () => after({}, { scrapeInterval: '60s' })],
];
for (const [what, report] of harmless)
  test(`no risk: ${what}`, () => {
    assert.equal(report().risks, []);
  });

test('a policy that goes where another one holds back the same opens nothing', () => {
  const { risks } = reportOfObjects([policy({}), { ...policy({}), metadata: { name: 'z', namespace: 'y' } }], [policy({})]);
  assert.equal(
    risks.map(({ code }) => code),
    ['risk/object-deleted'],
  );
});

test('the gravest come first, and say what, why and what to check in sentences', () => {
  const { risks, summary } = after({}, { namespace: 'telemetry' });
  const order = ['high', 'medium', 'low'];
  assert.equal(
    risks.map(({ severity }) => severity),
    [...risks].map(({ severity }) => severity).sort((a, b) => order.indexOf(a) - order.indexOf(b)),
  );
  assert.is(summary.risk, 'high');
  for (const { what, why, check, clusters } of risks) {
    for (const sentence of [what, why, check]) assert.match(sentence, /^\S.*\.$/s);
    assert.ok(clusters.length > 0);
  }
});

test('the same of objects that are about different edges is one risk', () => {
  const edges = (option: string) => ['e1', 'e2', 'e3'].map((name, i) => anEdge(name, option, 100 + 10 * i));
  const { risks } = reportOf(fleet({}, {}, {}, ...edges('remote-scrape')), fleet({}, {}, {}, ...edges('prometheus-agent')));
  const deleted = risks.filter(({ object: name }) => name === 'ScrapeConfig metrics-central/<cluster>-kubelet');
  assert.equal(
    deleted.map(({ what, clusters }) => [what, clusters]),
    [['ScrapeConfig is deleted (3 objects).', ['centre']]],
  );
});

test('values that differ from cluster to cluster are counted in one risk', () => {
  const edges = (sizes: readonly string[]) =>
    sizes.map((size, i) => anEdge(`e${i}`, 'prometheus-agent', 100 + 10 * i, { storage: { size } }));
  const { risks } = reportOf(fleet({}, {}, {}, ...edges(['20Gi', '20Gi', '30Gi'])), fleet({}, {}, {}, ...edges(['10Gi', '10Gi', '10Gi'])));
  const shrunk = risks.filter(({ code }) => code === 'risk/volume-shrunk');
  assert.equal(
    shrunk.map(({ what, clusters }) => [what, clusters]),
    [['The volume claim data shrinks: from 20Gi to 10Gi (2); from 30Gi to 10Gi (1).', ['e0', 'e1', 'e2']]],
  );
});

test('where only the files of before are known, as without git, a cluster joins when its files do', () => {
  const before = { ...compiled, inventory: undefined };
  assert.equal(reportOfSides(before, compiled).risks, []);
  const { risks } = reportOfSides(before, sideOf(fleet({}, {}, {}, anEdge('fresh', 'prometheus-agent', 90))));
  assert.equal(
    risks.filter(({ code }) => code === 'risk/cluster-added').map(({ clusters }) => clusters),
    [['fresh']],
  );
});

test.run();
