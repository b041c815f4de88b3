import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { compile } from '../../scripts/compile.ts';
import type { Inventory, ThanosSidecarEdge } from '../../scripts/inventory/inventory.ts';
import { renderAll } from '../../scripts/overlays/overlay.ts';
import { verifyFleet } from '../../scripts/verify/index.ts';
import { agent, central, fleet, inventory, scraped, secretStore } from '../argocd/example.ts';
import { type Change, put } from './example.ts';

// The same checks on what is really compiled: all three options at once, and each mistake put into it.

const sidecar = (name: string, address: string): ThanosSidecarEdge => {
  const { option: _, ...edge } = agent(name, { nodes: [{ name: `${name}-node-1`, address }] });
  return { ...edge, option: 'thanos-sidecar', settings: { replicas: 1 } };
};

const threeOptions = (change: Partial<Inventory> = {}): Inventory =>
  inventory({
    fleet: fleet({ rings: ['stable'] }),
    central: central({
      receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 4, replicationFactor: 3, storage: '50Gi' },
      alertmanager: { replicas: 3, url: 'https://alerts.example:30943' },
    }),
    edges: [
      scraped('cluster-02'),
      agent('cluster-03'),
      sidecar('cluster-04', '192.0.2.4'),
      agent('cluster-05', { delivery: 'autonomous', region: 'jp' }),
    ],
    ...change,
  });

const at = () => ({ file: 'clusters/x.ts', line: 1, column: 1, length: 1 });

function compiled(given: Inventory) {
  const sourced = {
    fleet: { value: given.fleet, at },
    clusters: [given.central, ...given.edges].map((value) => ({ value, at })),
  };
  const { tree, diagnostics } = compile(sourced);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const overlays = renderAll(given, tree);
  return { inventory: given, overlays, argocd: argocdFiles({ inventory: given, overlays, tree }) };
}

const summary = (output: Parameters<typeof verifyFleet>[0]): readonly string[] =>
  verifyFleet(output).map(({ code, cluster, object, message }) => `${code} ${cluster} ${object ?? ''}: ${message}`);

const centre = central();

for (const [what, change] of [
  ['three options side by side', {}],
  ['with a secret store', { fleet: fleet({ rings: ['stable'], secretStore }) }],
  ['with ServiceMonitors', { central: { ...threeOptions().central, prometheus: { ...centre.prometheus, mode: 'service-monitor' } } }],
  ['remote-scrape alone', { central: centre, edges: [scraped('cluster-02')] }],
  ['prometheus-agent alone', { edges: [agent('cluster-02')] }],
  ['thanos-sidecar alone', { edges: [sidecar('cluster-02', '192.0.2.2')] }],
  ['kubelets that sign their own certificates', { edges: [scraped('cluster-02', { kubelet: { unsafeSkipVerify: true } })] }],
] as const)
  test(`what is compiled trips nothing: ${what}`, () => {
    assert.equal(summary(compiled(threeOptions(change))), []);
  });

const args = (kind: string, index: number, change: (args: readonly string[]) => readonly string[]): Change =>
  put(kind, `spec/template/spec/containers/${index}/args`, change);
const inConfig = (name: string, from: string, to: string): Change =>
  put(`ConfigMap ${name}`, 'data/prometheus.yml', (text: string) => text.replace(from, to));
/** In every ScrapeConfig of kubelets. */
const inKubelets =
  (path: string, value: unknown): Change =>
  (manifests) =>
    manifests
      .filter(({ kind, metadata }) => kind === 'ScrapeConfig' && metadata.name.endsWith('-kubelet'))
      .reduce((all, { metadata }) => put(`ScrapeConfig ${metadata.name}`, path, value)(all), manifests);

const base = compiled(threeOptions());

for (const [mistake, code, cluster, change] of [
  [
    'A1',
    'telemetry/receive-without-hashring',
    'cluster-01',
    args('StatefulSet receive-ingestor', 0, (all) => [...all, '--receive.replication-factor=2']),
  ],
  [
    'A2',
    'telemetry/address-overwritten',
    'cluster-01',
    inKubelets('spec/relabelings', [{ targetLabel: '__address__', replacement: '192.0.2.9:10250' }]),
  ],
  [
    'A4',
    'telemetry/central-token-to-edge',
    'cluster-01',
    inKubelets('spec/bearerTokenFile', '/var/run/secrets/kubernetes.io/serviceaccount/token'),
  ],
  ['A5', 'telemetry/unreachable-node-port', 'cluster-02', put('Service kube-state-metrics-remote', 'spec/ports/0/nodePort', undefined)],
  [
    'A9',
    'telemetry/agent-feature-flag',
    'cluster-03',
    args('StatefulSet prometheus-agent', 0, (all) => all.map((arg) => (arg === '--agent' ? '--enable-feature=agent' : arg))),
  ],
  ['A10', 'telemetry/removed-store-flag', 'cluster-01', args('Deployment query', 0, (all) => [...all, '--store=store-gateway:10901'])],
  ['A11', 'telemetry/governing-service-not-headless', 'cluster-01', put('Service compactor', 'spec/clusterIP', undefined)],
  [
    'A22',
    'telemetry/cluster-in-central-external-labels',
    'cluster-01',
    put('Prometheus central', 'spec/externalLabels', { cluster: 'cluster-01' }),
  ],
  [
    'A26',
    'telemetry/remote-write-v2',
    'cluster-03',
    inConfig('prometheus-agent', 'name: central', 'name: central\n    protobuf_message: io.prometheus.write.v2.Request'),
  ],
] as const)
  test(`G42: mistake ${mistake} put into what is compiled trips ${code} and nothing else`, () => {
    const overlays = new Map(base.overlays);
    overlays.set(cluster, [change([...(base.overlays.get(cluster) ?? []).flat()])]);
    const findings = verifyFleet({ ...base, overlays });
    assert.equal([...new Set(findings.map((finding) => finding.code))], [code]);
  });

test.run();
