import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { centralText, codesOf, edgeText, fleetText, loadWith } from './support.ts';

/** An edge of which a test states what differs; a field that is written replaces the one here. */
function edge(name: string, fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    name: `'${name}'`,
    role: `'edge'`,
    region: `'kr'`,
    option: `'remote-scrape'`,
    nodes: `[{ name: 'n', address: '10.1.0.${name.length}' }]`,
    ...fields,
  };
  return `export default {\n${Object.entries(all)
    .map(([key, value]) => `  ${key}: ${value},\n`)
    .join('')}};\n`;
}

/** The lines of the file with the edge `a` that are complained about, and why. */
function complaints(fields: Readonly<Record<string, string>>, others: Readonly<Record<string, string>> = {}): string[] {
  return codesOf(loadWith({ 'clusters/a.ts': edge('a', fields), ...others })).map((code) => code.replace('clusters/', ''));
}

const fleetWith = (fields: string) => ({ 'clusters/fleet.ts': fleetText.replace(' };', `, ${fields} };`) });
const centralWith = (from: string, to: string) => {
  assert.ok(centralText.includes(from), from);
  return { 'clusters/centre.ts': centralText.replace(from, to) };
};

test('an inventory that breaks no rule has no diagnostics', () => {
  assert.equal(complaints({}), []);
});

test('two clusters with one name: both places are shown, whatever file comes first', () => {
  const { diagnostics } = loadWith({ 'clusters/z.ts': edge('edge-1') });
  assert.equal(
    diagnostics.map(({ code, span, related }) => [code, span?.file, related?.[0]?.span.file]),
    [['inventory/duplicate-name', 'clusters/z.ts', 'clusters/edge-1.ts']],
  );
});

test('no edge has the name under which the figures of the fleet, or of the centre, are found', () => {
  for (const name of ['fleet', 'centre']) {
    const codes = codesOf(loadWith({ 'clusters/z.ts': edge(name, { nodes: `[{ name: 'n', address: '10.9.9.9' }]` }) }));
    assert.ok(codes.includes('clusters/z.ts:2:9 inventory/reserved-name'), codes.join());
  }
});

test('an address belongs to one node of the fleet, however it is written', () => {
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:a00:1']) {
    const { diagnostics } = loadWith({ 'clusters/z.ts': edge('z', { nodes: `[{ name: 'n', address: '${address}' }]` }) });
    assert.equal(
      diagnostics.map(({ code, related }) => [code, related?.[0]?.span.file]),
      [['inventory/duplicate-address', 'clusters/edge-1.ts']],
    );
  }
  const within = complaints({ nodes: `[{ name: 'n', address: 'fd00::1' }, { name: 'm', address: 'fd00:0::1' }]` });
  assert.equal(within, ['a.ts:6:68 inventory/duplicate-address']);
});

test('an address is one that a node can have', () => {
  for (const address of ['127.0.0.1', '0.0.0.0', '::', '::1', '224.0.0.1', 'ff02::1', '255.255.255.255', '10.0.0.256', '1:2'])
    assert.equal(complaints({ nodes: `[{ name: 'n', address: '${address}' }]` }), ['a.ts:6:33 inventory/invalid-address'], address);
});

test('a node has a name of its own within its cluster, and only there', () => {
  assert.equal(complaints({ nodes: `[{ name: 'n', address: '10.1.0.1' }, { name: 'n', address: '10.1.0.2' }]` }), [
    'a.ts:6:55 inventory/duplicate-name',
  ]);
  assert.equal(complaints({ nodes: `[{ name: 'n1', address: '10.1.0.1' }]` }), []);
});

test('there are no fewer containers than pods', () => {
  assert.equal(complaints({ workload: `{ pods: 40, containers: 10 }` }), ['a.ts:7:37 inventory/fewer-containers-than-pods']);
  for (const workload of ['{ pods: 40, containers: 40 }', '{ containers: 1 }', '{ pods: 40 }']) assert.equal(complaints({ workload }), []);
});

test('a server is a URL that no other cluster has', () => {
  assert.equal(complaints({ server: `'https://[::1'` }), ['a.ts:7:11 inventory/invalid-address']);
  assert.equal(complaints({ server: `'https://api.example:443'` }, { 'clusters/b.ts': edge('bb', { server: `'https://API.example'` }) }), [
    'b.ts:7:11 inventory/duplicate-address',
  ]);
});

test('region and ring exist, and are suggested', () => {
  const { diagnostics } = loadWith({
    ...fleetWith(`rings: ['canary', 'stable']`),
    'clusters/a.ts': edge('a', { region: `'kt'`, ring: `'stabel'` }),
  });
  assert.equal(
    diagnostics.map(({ code, hint, related }) => [code, hint, related?.[0]?.span.file]),
    [
      ['inventory/unknown-region', 'Did you mean "kr"?', 'clusters/fleet.ts'],
      ['inventory/unknown-ring', 'Did you mean "stable"?', 'clusters/fleet.ts'],
    ],
  );
});

test('words that YAML takes for something else are names like any other', () => {
  assert.equal(
    complaints(
      { name: `'no'`, region: `'on'`, ring: `'null'`, labels: `{ y: 'true', e: '1e3' }` },
      { 'clusters/fleet.ts': fleetText.replace(`'eu'`, `'on'`).replace(' };', `, rings: ['null'] };`) },
    ),
    [],
  );
});

test('the fleet names each region and ring once', () => {
  assert.equal(complaints({}, fleetWith(`rings: ['a', 'b', 'a']`)), ['fleet.ts:1:127 inventory/duplicate-name']);
  assert.equal(complaints({}, { 'clusters/fleet.ts': fleetText.replace(`'eu'`, `'kr'`) }), ['fleet.ts:1:102 inventory/duplicate-name']);
});

test('address ranges are ranges', () => {
  assert.equal(complaints({}, fleetWith(`network: { edgeCidrs: ['10.0.0.0/8', '10.0.0.1/8'], centralCidrs: ['10.0.0.0/40'] }`)), [
    'fleet.ts:1:146 inventory/invalid-address',
    'fleet.ts:1:176 inventory/invalid-address',
  ]);
});

test('Argo CD is 3.3 or later', () => {
  assert.equal(complaints({}, fleetWith(`argocd: { version: '3.2' }`)), ['fleet.ts:1:128 inventory/argocd-version']);
  assert.equal(complaints({}, fleetWith(`argocd: { version: '3.10' }`)), []);
});

test('namespaces are distinct, and not those of Kubernetes', () => {
  const namespace = (fleet: string, central: string) =>
    complaints({}, { ...fleetWith(fleet), ...centralWith(`region: 'kr',`, `region: 'kr', ${central}`) });
  assert.equal(namespace(`namespace: 'm'`, `namespace: 'm',`), ['centre.ts:2:61 inventory/namespace']);
  assert.equal(namespace(`namespace: 'm'`, `namespace: 'm-host',`), ['centre.ts:2:61 inventory/namespace']);
  assert.equal(namespace(`namespace: 'argocd'`, ''), ['fleet.ts:1:120 inventory/namespace']);
  assert.equal(namespace(`namespace: 'kube-system'`, ''), ['fleet.ts:1:120 inventory/namespace']);
});

test('labels are labels, and not those that steer other programs', () => {
  for (const key of ['a/b/c', '-a', 'a b', '/a', 'a/', 'A_b.example/x', `${'a'.repeat(64)}`, 'a..b/x', ''])
    assert.equal(complaints({ labels: `{ '${key}': 'x' }` }), [`a.ts:7:${key.length + 17} inventory/invalid-label`], key);
  for (const key of [
    'fleetc.dev/x',
    'a.fleetc.dev/x',
    'app.kubernetes.io/name',
    'pod-security.kubernetes.io/enforce',
    'argocd.argoproj.io/secret-type',
  ])
    assert.equal(complaints({ labels: `{ '${key}': 'x' }` }), [`a.ts:7:${key.length + 17} inventory/invalid-label`], key);
  for (const key of ['a', 'a.b_c-D', 'example.com/team', 'notfleetc.dev/x'])
    assert.equal(complaints({ labels: `{ '${key}': 'x' }` }), [], key);
});

test('there is exactly one central cluster', () => {
  assert.equal(codesOf(loadWith({ 'clusters/centre.ts': edge('no-centre') })), ['- inventory/no-central']);
  const { diagnostics } = loadWith({ 'clusters/z.ts': centralText.replace('centre', 'zentrum') });
  assert.equal(
    diagnostics.map(({ code, span, related }) => [code, span?.file, related?.[0]?.span.file]),
    [['inventory/two-centrals', 'clusters/z.ts', 'clusters/centre.ts']],
  );
});

test('a fleet has an edge', () => {
  assert.equal(codesOf(loadWith({ 'clusters/edge-1.ts': 'export default [];' })), ['- inventory/no-edges']);
});

test('what is missing is not told while a cluster has other errors, what is there is', () => {
  assert.equal(
    codesOf(loadWith({ 'clusters/centre.ts': centralText.replace(`region: 'kr'`, `regoin: 'kr'`), 'clusters/z.ts': edge('edge-1') })),
    ['clusters/centre.ts:2:36 inventory/unknown-field', 'clusters/z.ts:2:9 inventory/duplicate-name'],
  );
});

test('agents need a receiver, sidecars a gateway for alerts; both places are shown', () => {
  const receive = loadWith({
    ...centralWith(`receive: { url: 'https://receive.example:19291/api/v1/receive' },`, ''),
    'clusters/a.ts': edge('a', { option: `'prometheus-agent'` }),
    'clusters/b.ts': edge('bb', { option: `'prometheus-agent'` }),
  });
  assert.equal(
    receive.diagnostics.map(({ code, message, related }) => [code, message, related?.[0]?.span.file]),
    [['inventory/receive-missing', '"a" and 1 more use prometheus-agent, but the centre has nothing to write to', 'clusters/centre.ts']],
  );
  const alerts = loadWith({
    ...centralWith(`alertmanager: { url: 'https://alerts.example:30943' },`, ''),
    'clusters/a.ts': edge('a', { option: `'thanos-sidecar'` }),
  });
  assert.equal(
    alerts.diagnostics.map(({ code, span, related }) => [code, span?.line, related?.[0]?.span.file]),
    [['inventory/alertmanager-missing', 5, 'clusters/centre.ts']],
  );
  assert.equal(codesOf(loadWith(centralWith(`receive: { url: 'https://receive.example:19291/api/v1/receive' },`, ''))), []);
});

test("the centre's URLs parse, with IPv6 in brackets", () => {
  assert.equal(complaints({}, centralWith('receive.example:19291', '[2001:db8::1]:19291')), []);
  assert.equal(complaints({}, centralWith('receive.example:19291', '2001:db8::1:19291')), ['centre.ts:3:19 inventory/invalid-address']);
  assert.equal(complaints({}, centralWith('alerts.example:30943', 'alerts.example:309430')), ['centre.ts:3:90 inventory/invalid-address']);
});

test('there are ingestors for every copy', () => {
  assert.equal(complaints({}, centralWith(`receive' }`, `receive', replicas: 4, replicationFactor: 5 }`)), [
    'centre.ts:3:77 inventory/too-few-ingestors',
  ]);
  assert.equal(complaints({}, centralWith(`receive' }`, `receive', replicas: 5, replicationFactor: 5 }`)), []);
});

test('an edge that lets nobody in cannot be pushed to, scraped or queried', () => {
  const network = `{ ingress: 'none' }`;
  assert.equal(complaints({ network, option: `'prometheus-agent'` }), ['a.ts:1:16 inventory/push-without-ingress']);
  assert.equal(complaints({ network, option: `'prometheus-agent'`, delivery: `'push'` }), ['a.ts:8:13 inventory/push-without-ingress']);
  for (const delivery of [`'agent'`, `'autonomous'`]) assert.equal(complaints({ network, option: `'prometheus-agent'`, delivery }), []);
  for (const option of [`'remote-scrape'`, `'thanos-sidecar'`])
    assert.equal(complaints({ network, option, delivery: `'agent'` }), ['a.ts:5:11 inventory/option-without-ingress']);
});

test('a token shown to kubelets that nobody checks is warned of; a client certificate is not', () => {
  const kubelet = '{ unsafeSkipVerify: true }';
  for (const fields of [
    { option: `'prometheus-agent'` },
    { option: `'thanos-sidecar'` },
    { option: `'remote-scrape'`, settings: `{ credentials: { kubelet: 'token' } }` },
  ]) {
    const { diagnostics, inventory } = loadWith({ 'clusters/a.ts': edge('a', { kubelet, ...fields }) });
    assert.equal(
      diagnostics.map(({ code, severity }) => [code, severity]),
      [['inventory/unsafe-kubelet', 'warning']],
    );
    assert.ok(inventory);
  }
  assert.equal(complaints({ kubelet }), []);
});

test('kube-state-metrics is reached at a node of the cluster', () => {
  assert.equal(complaints({ settings: `{ kubeStateMetrics: { node: 'm' } }` }), ['a.ts:7:41 inventory/unknown-node']);
  assert.equal(complaints({ settings: `{ kubeStateMetrics: { node: 'n' } }` }), []);
});

test('a sidecar has an endpoint for each replica, which no other has', () => {
  const option = `'thanos-sidecar'`;
  assert.equal(complaints({ option, settings: `{ replicas: 2, endpoints: ['a.example:1'] }` }), ['a.ts:7:39 inventory/endpoints']);
  assert.equal(complaints({ option, settings: `{ endpoints: ['a.example:99999'] }` }), ['a.ts:7:27 inventory/invalid-address']);
  assert.equal(complaints({ option, settings: `{ replicas: 2, endpoints: ['a.example:1', 'A.example:1'] }` }), [
    'a.ts:7:55 inventory/duplicate-address',
  ]);
  assert.equal(
    complaints(
      { option, settings: `{ endpoints: ['[fd00::1]:1'] }` },
      { 'clusters/b.ts': edge('bb', { option, settings: `{ endpoints: ['[fd00:0::1]:1'] }` }) },
    ),
    ['b.ts:7:27 inventory/duplicate-address'],
  );
  assert.equal(
    complaints(
      { option, settings: `{ endpoints: ['10.0.9.9:30901'] }` },
      { 'clusters/b.ts': edge('bb', { option, nodes: `[{ name: 'n', address: '10.0.9.9' }]` }) },
    ),
    ['b.ts:1:16 inventory/duplicate-address'],
  );
});

test('edges of two files that only differ in order give the same inventory', () => {
  const one = loadWith({ 'clusters/a.ts': edge('a'), 'clusters/b.ts': edge('bb') });
  const other = loadWith({ 'clusters/a.ts': edge('bb'), 'clusters/b.ts': edge('a') });
  assert.is(JSON.stringify(one.inventory), JSON.stringify(other.inventory));
  assert.ok(edgeText.includes('edge-1') && one.inventory?.edges.length === 3);
});

test.run();
