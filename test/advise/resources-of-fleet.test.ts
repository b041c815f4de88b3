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
    assert.ok(bytesOf(large.limits.memory) >= 2 * bytesOf(small.limits.memory));
    assert.is.not(large.requests.cpu, small.requests.cpu);
    const parts = (fleet: Fleet) =>
      [...fleet.tree.keys()].filter((path) => /^base\/parts\/(prometheus-agent|edge-prometheus|kube-state)/.test(path));
    assert.equal(parts(of(30)), parts(of(3)));
    // What is known narrows what is asked for.
    const [likely, known] = [{}, { workload: { pods: 60, containers: 80 } }].map((change) =>
      resources(of(6, change), 'edge', 'StatefulSet', workload, container),
    );
    assert.ok(likely && known && bytesOf(known.limits.memory) < bytesOf(likely.limits.memory));
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
    /"query" asks for 2Gi of memory, more than its limit of 1Gi\. Raise limits\.memory to 2Gi or more/,
    /^"query"/,
  ],
  [
    'a CPU limit below its request',
    allOptions({ resources: { 'node-exporter': { requests: { cpu: '1' }, limits: { cpu: '900m', memory: '1Gi' } } } }),
    'resources/limit-below-request',
    /"node-exporter" asks for 1 of CPU, more than its limit of 900m\. Raise limits\.cpu/,
    /^"node-exporter"/,
  ],
  [
    "a limit below the fleet's request",
    aFleet([aCentre(), anEdge('edge', 'prometheus-agent', 10, { resources: { 'prometheus-agent': { limits: { memory: '512Mi' } } } })], {
      resources: { 'prometheus-agent': { requests: { memory: '1Gi' } } },
    }),
    'resources/limit-below-request',
    /"prometheus-agent" on "edge" asks for 1Gi of memory, more than its limit of 512Mi\. .* write both for "edge"\./,
    /^"memory": "512Mi"/,
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

const lowLimits = (sources: ReadonlyMap<string, string>) =>
  diagnosticsOf(sources).filter(({ code }) => code === 'resources/limit-below-likely');

test('a memory limit below the likeliest use is a warning at the limit, with the one that is enough', () => {
  const agent = (resources: object, change = {}) =>
    aFleet([aCentre(), anEdge('edge', 'prometheus-agent', 10, { resources: { 'prometheus-agent': resources }, ...change })]);
  const [warning, ...others] = lowLimits(agent({ limits: { memory: '32Mi' } }));
  assert.equal(others, []);
  assert.is(warning?.severity, 'warning');
  assert.match(
    warning?.said ?? '',
    /"prometheus-agent" on "edge" is killed at 32Mi of memory, and is likely to need \d+Mi \([\d.]+-\d+\)\./,
  );
  assert.match(warning?.line ?? '', /^"memory": "32Mi"/);
  const enough = /Set it to (\d+Mi) or more, or leave it out/.exec(warning?.said ?? '')?.[1];
  assert.ok(enough);
  assert.equal(lowLimits(agent({ limits: { memory: enough } })), []);
  // Of a request nothing is said, and where the two contradict each other only that.
  assert.equal(lowLimits(agent({ requests: { memory: '16Mi' } })), []);
  assert.equal(lowLimits(agent({ requests: { memory: '48Mi' }, limits: { memory: '32Mi' } })), []);
});

test('that few pods would do is said only where it helps', () => {
  const many = (change: object) =>
    aFleet([
      aCentre(),
      anEdge('edge', 'prometheus-agent', 10, {
        nodes: nodes(30),
        resources: { 'prometheus-agent': { limits: { memory: '400Mi' } } },
        ...change,
      }),
    ]);
  assert.match(lowLimits(many({}))[0]?.said ?? '', /say how many pods it has in workload\.pods\./);
  assert.equal(lowLimits(many({ workload: { pods: 30, containers: 30 } })), []);
  assert.not.match(lowLimits(many({ workload: { pods: 3000 } }))[0]?.said ?? 'workload', 'workload');
  const hopeless = many({ resources: { 'prometheus-agent': { limits: { memory: '16Mi' } } } });
  assert.not.match(lowLimits(hopeless)[0]?.said ?? 'workload', 'workload');
});

test('a limit of the fleet is one warning, of the edge that needs most; what an edge writes anew is its own', () => {
  const fleet = { resources: { 'prometheus-agent': { limits: { memory: '32Mi' } } } };
  const edges = [
    anEdge('small', 'prometheus-agent', 10),
    anEdge('large', 'prometheus-agent', 20, { nodes: nodes(20) }),
    anEdge('scraped', 'remote-scrape', 30),
  ];
  const [warning, ...others] = lowLimits(aFleet([aCentre(), ...edges], fleet));
  assert.equal(others, []);
  assert.match(warning?.said ?? '', /on "large" and 1 more is killed at 32Mi/);
  const own = anEdge('own', 'prometheus-agent', 40, { resources: { 'prometheus-agent': { limits: { memory: '2Gi' } } } });
  assert.equal(lowLimits(aFleet([aCentre(), own], fleet)), []);
});

test('a low CPU limit, and limits in the centre', () => {
  const slow = lowLimits(
    aFleet([aCentre(), anEdge('edge', 'prometheus-agent', 10, { resources: { 'prometheus-agent': { limits: { cpu: '1m' } } } })]),
  );
  assert.match(slow[0]?.said ?? '', /is held to 1m of CPU, and is likely to need [\d.]+m .*\. Set it to \d+m or more/);
  const centre = lowLimits(allOptions({}, { resources: { 'store-gateway': { limits: { memory: '16Mi', cpu: '4' } } } }));
  assert.equal(
    centre.map(({ line }) => line),
    ['"memory": "16Mi",'],
  );
  assert.match(centre[0]?.said ?? '', /"store-gateway" in the centre is killed at 16Mi of memory/);
});

test.run();
