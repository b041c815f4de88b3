import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resources } from '../../scripts/advise/size/resources.ts';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { bytesOf } from '../../scripts/telemetry/quantity.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet, objectOf } from '../support/fleet.ts';

interface Workload {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; readonly resources: Resources }[] } };
  };
}

type Fleet = ReturnType<typeof compiledFleet>;

const resources = (fleet: Fleet, cluster: string, kind: string, name: string, container = name): Resources => {
  const found = objectOf<Workload>(fleet, cluster, kind, name).spec.template.spec.containers.find((one) => one.name === container);
  assert.ok(found, container);
  return found.resources;
};

const nodes = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `n${i + 1}`, address: `198.51.100.${i + 1}` }));
const collectors = [
  ['prometheus-agent', 'prometheus-agent', 'prometheus-agent'],
  ['thanos-sidecar', 'edge-prometheus', 'prometheus'],
] as const;

for (const [option, workload, container] of collectors)
  test(`a three-node and a thirty-node edge on ${option} ask for different memory and CPU, and share everything else`, () => {
    const of = (count: number, change = {}) =>
      compiledFleet(aFleet([aCentre(), anEdge('edge', option, 10, { nodes: nodes(count), ...change })]));
    const [small, large] = [of(3), of(30)].map((fleet) => resources(fleet, 'edge', 'StatefulSet', workload, container));
    assert.ok(small && large);
    assert.ok(bytesOf(large.requests.memory) >= 3 * bytesOf(small.requests.memory));
    assert.ok(bytesOf(large.limits.memory) >= 3 * bytesOf(small.limits.memory));
    assert.is.not(large.requests.cpu, small.requests.cpu);
    const parts = (fleet: Fleet) =>
      [...fleet.tree.keys()].filter((path) => /^base\/parts\/(prometheus-agent|edge-prometheus|kube-state)/.test(path));
    assert.equal(parts(of(30)), parts(of(3)));
    // What is known narrows what is asked for.
    const known = resources(of(30, { workload: { pods: 300, containers: 400 } }), 'edge', 'StatefulSet', workload, container);
    assert.ok(bytesOf(known.limits.memory) < bytesOf(large.limits.memory));
  });

test('an edge with one node is as its parts say, without a patch', () => {
  const { tree } = compiledFleet(aFleet([aCentre(), anEdge('edge', 'prometheus-agent', 10, { nodes: nodes(1) })]));
  assert.not.match(tree.get('overlays/kr/edge/kustomization.yaml') ?? '', 'resources:\n      - op');
  assert.not.match(tree.get('overlays/kr/edge/kustomization.yaml') ?? '', 'patches:');
});

test('the fleet overrides the model, and an edge the fleet, field by field', () => {
  const fleet = compiledFleet(
    aFleet(
      [
        aCentre({ resources: { 'store-gateway': { limits: { memory: '8Gi' } }, 'receive-ingestor': { requests: { cpu: '4' } } } }),
        anEdge('plain', 'prometheus-agent', 10, { nodes: nodes(1) }),
        anEdge('own', 'prometheus-agent', 20, {
          nodes: [{ name: 'x', address: '203.0.113.1' }],
          resources: { 'prometheus-agent': { limits: { cpu: '1' } } },
        }),
      ],
      { resources: { 'prometheus-agent': { requests: { memory: '300Mi' } }, 'node-exporter': { limits: { memory: '100Mi' } } } },
    ),
  );
  const agent = (cluster: string) => resources(fleet, cluster, 'StatefulSet', 'prometheus-agent');
  assert.is(agent('plain').requests.memory, '300Mi');
  assert.is(agent('plain').limits.cpu, undefined);
  assert.equal([agent('own').requests.memory, agent('own').limits.cpu], ['300Mi', '1']);
  assert.is(resources(fleet, 'own', 'DaemonSet', 'node-exporter').limits.memory, '100Mi');
  assert.is(resources(fleet, 'centre', 'StatefulSet', 'store-gateway').limits.memory, '8Gi');
  assert.is(resources(fleet, 'centre', 'StatefulSet', 'receive-ingestor').requests.cpu, '4');
  // What the fleet says is in the part that its edges share.
  assert.not.match(fleet.tree.get('overlays/kr/plain/kustomization.yaml') ?? '', 'patches:');
});

const diagnosticsOf = (sources: ReadonlyMap<string, string>) => {
  const { sourced, diagnostics } = checkSources(sources);
  assert.ok(sourced, JSON.stringify(diagnostics));
  return compile(sourced).diagnostics.map(({ code, severity, message, hint, span }) => {
    const line =
      sources
        .get(span?.file ?? '')
        ?.split('\n')
        [(span?.line ?? 0) - 1]?.trim() ?? '';
    return { code, severity, said: `${message} ${hint ?? ''}`, line };
  });
};

for (const [name, sources, code, said, line] of [
  [
    'a part that does not run there',
    aFleet([aCentre(), anEdge('edge', 'remote-scrape', 10, { resources: { 'prometheus-agent': { limits: { memory: '1Gi' } } } })]),
    'resources/unknown-part',
    /No part "prometheus-agent" runs on "edge"\. Known: "node-exporter", "kube-state-metrics"\./,
    /^"prometheus-agent"/,
  ],
  [
    'a misspelt part of the fleet',
    allOptions({ resources: { 'prometheus-agnet': { limits: { memory: '1Gi' } } } }),
    'resources/unknown-part',
    /Did you mean "prometheus-agent"\?/,
    /^"prometheus-agnet"/,
  ],
  [
    'a limit below its request',
    allOptions({}, { resources: { query: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } } }),
    'resources/limit-below-request',
    /"query" asks for more than its limit/,
    /^"query"/,
  ],
  [
    'fewer ingestors than the fleet needs',
    aFleet([
      aCentre({ receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 4 } }),
      ...Array.from({ length: 20 }, (_, i) =>
        anEdge(`edge-${i}`, 'prometheus-agent', 10, {
          nodes: Array.from({ length: 40 }, (_, n) => ({ name: `n${n}`, address: `10.${i}.0.${n}` })),
        }),
      ),
    ]),
    'centre/past-limit',
    /receive-ingestor\/series of the centre is .* Set receive\.replicas to \d+, or leave it out\./,
    /^"replicas": 4/,
  ],
  [
    'a Compactor without room',
    allOptions({}, { storage: { compactor: '1Gi' } }),
    'centre/past-limit',
    /Set storage\.compactor to '\d+Gi', or leave it out\./,
    /^"compactor": "1Gi"/,
  ],
] as const)
  test(`an error at its place, with the way out: ${name}`, () => {
    const errors = diagnosticsOf(sources).filter(({ severity }) => severity === 'error');
    assert.equal(
      errors.map((one) => one.code),
      [code],
    );
    assert.match(errors[0]?.said ?? '', said);
    assert.match(errors[0]?.line ?? '', line);
  });

test('a warning, not an error, where nothing breaks', () => {
  const edges = Array.from({ length: 101 }, (_, i) =>
    anEdge(`edge-${i}`, 'remote-scrape', 10, { nodes: [{ name: 'n', address: `10.0.0.${i}` }] }),
  );
  const found = diagnosticsOf(aFleet([aCentre({ prometheus: { replicas: 1 } }), ...edges])).filter(({ code }) =>
    code.startsWith('centre/'),
  );
  assert.equal(
    found.map(({ code, severity }) => [code, severity]),
    [['centre/near-limit', 'warning']],
  );
  assert.match(found[0]?.said ?? '', /more than the 100 that are advised\. Move 1 edge from remote-scrape to prometheus-agent/);
  assert.match(found[0]?.line ?? '', /^"prometheus"/);
});

test.run();
