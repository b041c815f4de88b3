import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agent, everyOption, find, inventoryOf, remote, resourcesOf, type Yaml } from './example.ts';

const resources = resourcesOf(everyOption);
const { spec } = find(resources, 'Prometheus', 'central');

test('G14 the only external label of the central Prometheus is its replica', () => {
  assert.is(spec.prometheusExternalLabelName, '');
  assert.is(spec.replicaExternalLabelName, 'prometheus_replica');
  assert.is(spec.externalLabels, undefined);
});

test('the centre marks its own targets with its cluster and region, and leaves those of edges alone', () => {
  const [scrapeClass] = spec.scrapeClasses;
  assert.is(scrapeClass.default, true);
  assert.equal(
    scrapeClass.relabelings.map(({ sourceLabels, regex, targetLabel, replacement }: Yaml) => [
      sourceLabels,
      regex,
      targetLabel,
      replacement,
    ]),
    [
      [['cluster'], '^$', 'cluster', 'hq'],
      [['region'], '^$', 'region', 'kr'],
    ],
  );
});

test('G22 the central Prometheus selects exactly what bears its label', () => {
  for (const selector of ['scrapeConfigSelector', 'serviceMonitorSelector', 'podMonitorSelector'])
    assert.equal(spec[selector], { matchLabels: { 'fleetc.dev/scrape': 'central' } });
  assert.equal(spec.ruleSelector, { matchLabels: { 'fleetc.dev/rules': 'central' } });
  for (const { kind, metadata } of resources) if (kind === 'PodMonitor') assert.is(metadata.labels?.['fleetc.dev/scrape'], 'central');
});

test('G4 the version that decides flags is the version of the image, for Prometheus and its sidecar', () => {
  assert.ok(spec.image.includes(`:v${spec.version}`));
  assert.ok(spec.thanos.image.includes(`:v${spec.thanos.version}`));
});

test('G31 blocks go to the bucket by the operator, which picks the rule for compaction by the versions', () => {
  assert.equal(spec.thanos.objectStorageConfig, { name: 'thanos-objstore', key: 'objstore.yml' });
  assert.is(spec.disableCompaction, undefined);
});

test('G37 alerts go to every Alertmanager, found by slices, which its role may read', () => {
  assert.equal(spec.alerting.alertmanagers, [
    { namespace: 'metrics-central', name: 'alertmanager-operated', port: 'web', apiVersion: 'v2' },
  ]);
  assert.is(spec.serviceDiscoveryRole, 'EndpointSlice');
});

test('the way to the exporters of edges is open only where edges are scraped', () => {
  const toEdges = (inventory: typeof everyOption) =>
    find(resourcesOf(inventory), 'NetworkPolicy', 'prometheus').spec.egress.filter(({ to }: Yaml) =>
      to?.some(({ ipBlock }: Yaml) => ipBlock),
    );
  assert.equal(toEdges(inventoryOf([remote()])), [
    { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [9100, 10250, 30443].map((port) => ({ protocol: 'TCP', port })) },
  ]);
  assert.equal(toEdges(inventoryOf([agent()])), []);
});

test('memory grows with the edges that it scrapes, and with no others', () => {
  const memory = (edges: Parameters<typeof inventoryOf>[0]) =>
    find(resourcesOf(inventoryOf(edges)), 'Prometheus', 'central').spec.resources;
  const scraped = Array.from({ length: 80 }, (_, i) => remote(`remote-${i}`));
  const writing = Array.from({ length: 80 }, (_, i) => agent(`agent-${i}`));
  assert.is(memory([]).requests.memory, '1536Mi');
  assert.is(memory(writing).requests.memory, '1536Mi');
  // 80 edges of some 6,700 series of 5 kB, and 1 Gi for queries; at the most far more than twice that.
  assert.is(memory(scraped).requests.memory, '4Gi');
  assert.is(memory(scraped).limits.memory, '8Gi');
});

test('more series than one Prometheus should hold are spread over shards, each of which scrapes the centre too', () => {
  const of = (edges: number, shards?: number) =>
    find(
      resourcesOf(
        inventoryOf(
          Array.from({ length: edges }, (_, i) => remote(`remote-${i}`)),
          { prometheus: { ...everyOption.central.prometheus, ...(shards !== undefined && { shards }) } },
        ),
      ),
      'Prometheus',
      'central',
    ).spec;
  const unsharded = (spec: Yaml) =>
    spec.scrapeClasses[0].relabelings.filter(({ targetLabel }: Yaml) => targetLabel === '__tmp_disable_sharding');
  assert.is(of(1).shards, undefined);
  assert.equal(unsharded(of(1)), []);
  assert.is(of(400).shards, 2);
  assert.equal(unsharded(of(400)), [
    { sourceLabels: ['cluster'], regex: 'hq', targetLabel: '__tmp_disable_sharding', replacement: 'true', action: 'replace' },
  ]);
  assert.is(of(1, 2).shards, 2);
});

test.run();
