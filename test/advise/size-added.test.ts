import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recommend } from '../../scripts/advise/recommend-edge.ts';
import { formatRecommendations } from '../../scripts/advise/recommend-format.ts';
import { optionNames } from '../../scripts/advise/rules.ts';
import { addedToCentre, costOf, counted, othersOf } from '../../scripts/advise/size/added.ts';
import { formatEdge } from '../../scripts/advise/size/edge-text.ts';
import { type Figure, ingredientsOf } from '../../scripts/advise/size/figure.ts';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import { formatRange } from '../../scripts/advise/size/format.ts';
import { addedBy, sizeReport } from '../../scripts/advise/size/report.ts';
import { withAdditions } from '../../scripts/advise/size/what-if.ts';
import { directSidecars } from '../../scripts/advise/size/workload.ts';
import type { Edge, Inventory } from '../../scripts/inventory/inventory.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

const { inventory: mixed } = compiledFleet(mixedFleet(30, (edge) => (edge % 4 === 0 ? { workload: { pods: 50 + edge } } : {})));
const { inventory: small } = compiledFleet(allOptions());
const { inventory: withoutReceive } = compiledFleet(aFleet([aCentre({ receive: undefined }), anEdge('only', 'remote-scrape', 10)]));
/** One more sidecar and Query gets leaves, which the lines of all of them feel. */
const { inventory: full } = withAdditions(small, [
  { add: directSidecars - 1, region: 'kr', option: 'thanos-sidecar', nodes: 2, replicas: 1 },
  { add: 3, region: 'kr', option: 'thanos-sidecar', nodes: 1, replicas: 2 },
]);

const figuresIn = (of: Figure, found = new Set<Figure>()): ReadonlySet<Figure> => {
  if (found.has(of)) return found;
  found.add(of);
  for (const one of ingredientsOf(of.term)) if (one.kind === 'figure') figuresIn(one, found);
  return found;
};

/** The plain way: both fleets are grouped and sized from nothing. */
function plainly(name: string, as: Edge | undefined, inventory: Inventory) {
  const others = inventory.edges.filter((edge) => edge.name !== name);
  const { central } = inventory;
  const receive = central.receive ?? { url: '', replicationFactor: 3 as const };
  const centre = (edges: readonly Edge[], change: object = {}) =>
    sizeOfFleet({ ...inventory, central: { ...central, ...change }, edges }).centre;
  const withIt = as === undefined ? centre(inventory.edges) : centre([...others, as], as.option === 'prometheus-agent' ? { receive } : {});
  return addedToCentre(name, withIt, centre(others));
}

const near = (a: number, b: number, of: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(of));

for (const [name, inventory] of [
  ['a mixed fleet', mixed],
  ['a fleet with one edge on each option', small],
  ['a centre without Receive', withoutReceive],
  ['a fleet in which one more sidecar edge brings leaves', full],
] as const)
  test(`what an edge adds on each option is what both fleets say that are counted from nothing: ${name}`, () => {
    for (const one of recommend(inventory.edges, inventory)) {
      const [cluster = ''] = one.clusters;
      const edge = inventory.edges.find((found) => found.name === cluster) as Edge;
      for (const option of optionNames) {
        const { settings: _, ...common } = { settings: undefined, ...edge };
        const as = {
          ...common,
          option,
          settings:
            option === 'thanos-sidecar' ? { replicas: 1 } : { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} },
        } as Edge;
        const plain = plainly(cluster, option === edge.option ? undefined : as, inventory);
        const whole = sizeOfFleet(inventory).centre;
        for (const what of ['memory', 'cpu', 'bucketADay'] as const)
          for (const end of ['low', 'middle', 'high'] as const) {
            const total = what === 'bucketADay' ? whole.bucket.day : whole[what];
            const value = one.centre[option][what].value[end];
            assert.ok(
              near(value, plain[what].value[end], total.value[end]),
              `${cluster} on ${option}: ${what} ${end} is ${value}, not ${plain[what].value[end]}`,
            );
          }
        assert.equal(costOf(one.derived()[option]).memory, one.centre[option].memory);
      }
    }
  });

test('the edges that stay where they are, are not counted again', () => {
  const fleet = counted(mixed);
  const known = new Set(fleet.size.groups.map(({ size }) => size.series));
  for (const edge of mixed.edges) {
    const { centre } = othersOf(edge, fleet);
    const series = [...figuresIn(centre.memory)].filter(({ name }) => name === 'series');
    assert.ok(series.length > 3);
    for (const one of series) assert.ok(known.has(one), `${one.scope} is counted again without ${edge.name}`);
  }
  for (const one of recommend(mixed.edges, mixed))
    for (const [option, { memory }] of Object.entries(one.derived())) {
      const series = [...figuresIn(memory)].filter(({ name }) => name === 'series');
      assert.equal(
        series.filter(({ scope }) => /^without|: /.test(scope)),
        [],
        option,
      );
    }
});

test('what is below 0 is written in units, from the lower end to the higher', () => {
  assert.is(formatRange('bytes of memory', { low: -58e9, middle: -39e9, high: -20e9 }), '-36.3Gi (-54 to -18.6)');
  assert.is(formatRange('bytes a day', { low: -2e6, middle: 3e6, high: 9e6 }), '3MB (-2 to 9)');
  assert.is(formatRange('cores', { low: -0.5, middle: -0.25, high: 0 }), '-250m (-500 to 0)');
  assert.is(formatRange('series', { low: 1, middle: 2, high: 3 }), '2 (1-3)');
});

test('a centre that has less with an edge than without it says what is then different', () => {
  const [edge] = mixed.edges.filter(({ option }) => option === 'prometheus-agent');
  assert.ok(edge);
  const report = sizeReport({ ...mixed, edges: [...mixed.edges.filter(({ option }) => option !== 'prometheus-agent'), edge] });
  const grown = addedBy(edge, report);
  assert.is(costOf(grown).less, undefined);
  // The other way round: the whole of Receive is gone with the edge.
  const shrunk = addedToCentre(edge.name, othersOf(edge, report).centre, report.size.centre);
  const { low, middle, high } = shrunk.memory.value;
  assert.ok(low < middle && middle < high && high < 0, JSON.stringify(shrunk.memory.value));
  assert.is(low, -grown.memory.value.high);
  const cost = costOf(shrunk);
  assert.match(
    cost.less ?? '',
    /^Below 0 is what the centre has less of .*: .*0 receive-ingestor pods in place of \d+, 0 ingestors of a tenant in place of \d+\.$/,
  );
  const [kind] = report.emitted.edges.filter(({ edges }) => edges.includes(edge));
  assert.ok(kind);
  assert.match(formatEdge(kind, cost), cost.less ?? '-');
  const [one] = recommend([edge], mixed);
  assert.ok(one);
  const told = formatRecommendations([{ ...one, centre: { ...one.centre, 'prometheus-agent': cost } }], { explain: false });
  assert.match(told, `prometheus-agent: ${cost.less}`);
  assert.not.match(told, /-\d{7,}/);
});

test.run();
