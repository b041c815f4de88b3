import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coefficients } from '../../scripts/advise/coefficients.ts';
import { type EdgeSize, sizeOf } from '../../scripts/advise/size/edge.ts';
import type { Figure } from '../../scripts/advise/size/figure.ts';
import { figuresOfEdge } from '../../scripts/advise/size/report.ts';
import type { Workload } from '../../scripts/advise/size/workload.ts';

const workload = (change: Partial<Workload> = {}): Workload => ({
  option: 'prometheus-agent',
  nodes: 3,
  pods: 90,
  containers: 120,
  interval: 30,
  replicas: 1,
  retention: 3 * 86_400,
  dropRules: true,
  centralReplicas: 2,
  ...change,
});

const anyWorkload: fc.Arbitrary<Workload> = fc
  .record({
    option: fc.constantFrom('remote-scrape' as const, 'prometheus-agent' as const, 'thanos-sidecar' as const),
    nodes: fc.integer({ min: 1, max: 1000 }),
    pods: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
    containers: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
    interval: fc.integer({ min: 5, max: 600 }),
    replicas: fc.constantFrom(1, 2),
    retention: fc.integer({ min: 6 * 3600, max: 30 * 86_400 }),
    dropRules: fc.boolean(),
    centralReplicas: fc.integer({ min: 1, max: 3 }),
  })
  .map((one) => ({ ...one, replicas: one.option === 'thanos-sidecar' ? one.replicas : 1 }));

const costs = ({ series, samples, exposed, cpu, memory, volume, sent, received }: EdgeSize): readonly Figure[] => [
  series,
  samples,
  exposed,
  cpu,
  memory,
  volume,
  sent,
  received,
];

const neverLess = (before: EdgeSize, after: EdgeSize): void => {
  const larger = costs(after);
  for (const [i, { name, value }] of costs(before).entries())
    for (const end of ['low', 'middle', 'high'] as const)
      assert.ok(
        (larger[i] as Figure).value[end] >= value[end] * (1 - 1e-12),
        `${name} ${end}: ${value[end]} became ${larger[i]?.value[end]}`,
      );
};

test('the series of a cluster by hand', () => {
  const { series, samples, exposed } = sizeOf(workload());
  const by = (end: 'low' | 'middle' | 'high') => {
    const k = (id: keyof typeof coefficients): number => coefficients[id][end];
    return (
      3 * (k('series.nodeExporter') + k('series.kubelet')) +
      120 * k('series.cadvisor') +
      90 * (k('series.cadvisor.pod') + k('series.pod')) +
      k('series.cluster') +
      10 * 5 +
      k('series.agent')
    );
  };
  assert.equal(series.value, { low: by('low'), middle: by('middle'), high: by('high') });
  assert.is(samples.value.middle, by('middle') / 30);
  assert.is(
    exposed.value.middle,
    (3 * (coefficients['series.nodeExporter'].middle + coefficients['exposed.kubelet'].middle) +
      120 * coefficients['exposed.cadvisor'].middle +
      90 * (coefficients['exposed.cadvisor.pod'].middle + coefficients['series.pod'].middle) +
      coefficients['series.cluster'].middle) /
      30,
  );
});

test('low is at most middle, and middle at most high, for every figure of every edge', () => {
  fc.assert(
    fc.property(anyWorkload, (one) => {
      for (const { name, value } of figuresOfEdge(sizeOf(one))) {
        assert.ok(value.low >= 0 && value.low <= value.middle && value.middle <= value.high, `${name} ${JSON.stringify(value)}`);
        assert.ok(Number.isFinite(value.high), name);
      }
    }),
  );
});

for (const [what, more] of [
  ['nodes', (one: Workload) => ({ ...one, nodes: one.nodes + 1 })],
  ['pods', (one: Workload) => ({ ...one, pods: (one.pods ?? 0) + 1 })],
  ['containers', (one: Workload) => ({ ...one, containers: (one.containers ?? 0) + 1 })],
  ['replicas in the centre', (one: Workload) => ({ ...one, centralReplicas: one.centralReplicas + 1 })],
  ['replicas on the edge', (one: Workload) => (one.option === 'thanos-sidecar' ? { ...one, replicas: one.replicas + 1 } : one)],
  ['retention', (one: Workload) => ({ ...one, retention: one.retention * 2 })],
  ['series without the drop rules', (one: Workload) => ({ ...one, dropRules: false })],
] as const)
  test(`more ${what} never cost less`, () => {
    fc.assert(
      fc.property(
        anyWorkload.map((one) => ({ ...one, pods: one.pods ?? 30, containers: one.containers ?? 40 })),
        (one) => neverLess(sizeOf(one), sizeOf(more(one))),
      ),
    );
  });

test('a shorter interval never costs less', () => {
  fc.assert(
    fc.property(anyWorkload, fc.integer({ min: 1, max: 4 }), (one, by) =>
      neverLess(sizeOf(one), sizeOf({ ...one, interval: Math.max(1, one.interval - by) })),
    ),
  );
});

test('more nodes never cost less when nobody says the pods', () => {
  fc.assert(
    fc.property(anyWorkload, fc.integer({ min: 1, max: 50 }), (one, more) => {
      const unsaid = { ...one, pods: undefined, containers: undefined };
      neverLess(sizeOf(unsaid), sizeOf({ ...unsaid, nodes: one.nodes + more }));
    }),
  );
});

test('saying the pods narrows the range', () => {
  const spread = ({ memory }: EdgeSize) => memory.value.high - memory.value.low;
  assert.ok(spread(sizeOf(workload())) < spread(sizeOf(workload({ pods: undefined, containers: undefined }))));
});

test('an edge that the centre scrapes sends what is dropped later, once for each replica', () => {
  const option = 'remote-scrape';
  const { sent, exposed } = sizeOf(workload({ option }));
  assert.is(
    Math.round(sent.value.middle),
    Math.round(2 * exposed.value.middle * coefficients['wire.scrape.sample'].middle * coefficients['wire.framing'].middle * 3600),
  );
  const once = sizeOf(workload({ option, centralReplicas: 1 })).sent.value.middle;
  assert.ok(Math.abs(sent.value.middle / once - 2) < 1e-9);
});

test('an agent sends what is kept: dropping saves the line', () => {
  const kept = sizeOf(workload()).sent.value.middle;
  const all = sizeOf(workload({ dropRules: false })).sent.value.middle;
  assert.ok(all > 1.3 * kept);
});

test('the parts of an edge are those that its option emits, and node-exporter is on every node', () => {
  const parts = (option: Workload['option'], replicas = 1) =>
    sizeOf(workload({ option, replicas })).parts.map(({ name, copies }) => `${copies} ${name}`);
  assert.equal(parts('remote-scrape'), ['3 node-exporter', '1 kube-state-metrics']);
  assert.equal(parts('prometheus-agent'), ['3 node-exporter', '1 kube-state-metrics', '1 prometheus-agent']);
  assert.equal(parts('thanos-sidecar', 2), ['3 node-exporter', '1 kube-state-metrics', '2 edge-prometheus', '2 thanos-sidecar']);
});

test('the whole is the sum of its parts', () => {
  fc.assert(
    fc.property(anyWorkload, (one) => {
      const size = sizeOf(one);
      for (const what of ['cpu', 'memory', 'volume'] as const) {
        const total = size.parts.reduce((sum, part) => sum + part.copies * (part[what]?.value.middle ?? 0), 0);
        assert.ok(Math.abs(total - size[what].value.middle) <= 1e-9 * Math.max(1, total), what);
      }
    }),
  );
});

test.run();
