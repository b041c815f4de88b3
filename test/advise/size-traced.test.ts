import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recommend } from '../../scripts/advise/recommend-edge.ts';
import { formatRecommendations } from '../../scripts/advise/recommend-format.ts';
import { costOf } from '../../scripts/advise/size/added.ts';
import { type Answers, calibrate, formatCalibration, questions } from '../../scripts/advise/size/calibration.ts';
import { formatEdge } from '../../scripts/advise/size/edge-text.ts';
import { explain, formatSource, matching } from '../../scripts/advise/size/explain.ts';
import { addedBy, figuresOfReport, sizeReport } from '../../scripts/advise/size/report.ts';
import { formatReport, limitLines } from '../../scripts/advise/size/text.ts';
import { compiledFleet } from '../support/fleet.ts';
import { mixedFleet } from '../support/mixed-fleet.ts';

const { inventory } = compiledFleet(mixedFleet(30, (edge) => (edge === 3 ? { storage: { size: '40Gi' }, workload: { pods: 77 } } : {})));

/** Numbers as they are printed, with their unit and their range; not those in names and versions. */
const numbersOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![\w./:-])\d[\d.]*(?:[kMGT]?B|[KMGT]i|[kMGTm])?(?: \([\d.]+-[\d.]+\))?(?![\w/-]|\.\d)/g)].map(([number]) => number);

/** Of what is printed each number has to be in the explanation, or to count edges and nodes, which whoever wrote the inventory counts. */
function traced(printed: string, explanation: string): void {
  const known = new Set(numbersOf(explanation));
  const numbers = numbersOf(printed);
  assert.ok(numbers.length > 10, `${numbers.length} numbers in ${printed}`);
  assert.equal(
    numbers.filter((number) => !known.has(number)),
    [],
  );
}

/** Without what counts edges, nodes, kinds of edges, limits, and the places in a ranking. */
const withoutCounts = (text: string): string =>
  text
    .replaceAll(/^((?:ring|region) \S+|fleet|edges) +\d+ +\d+/gm, '$1')
    .replaceAll(/(?<![\w./:(-])\d+(?= edges| nodes?,| kinds| of \d| like| more| days| limits| remote-| prometheus-a| thanos-s)/g, '');

const report = sizeReport(inventory, [{ add: 300, region: 'kr', option: 'prometheus-agent', nodes: 3, replicas: 1 }]);

test('every number of the report is explained, of a fleet and of one with edges that do not exist', () => {
  for (const one of [sizeReport(inventory), report]) {
    const text = formatReport(one);
    // What the source states is a quotation; what stands beside it is ours.
    const [ours = '', quoted = ''] = text.split('The tables of the source');
    const explanation = explain(figuresOfReport(one));
    traced(withoutCounts(ours), explanation);
    const ranges = numbersOf(quoted).filter((number) => number.includes('('));
    assert.ok(ranges.length > 20);
    traced(ranges.join('  '), explanation);
  }
});

test('every number of a named edge is explained by a key of that edge, what it adds to the centre among them', () => {
  for (const kind of report.emitted.edges) {
    const [edge] = kind.edges;
    assert.ok(edge);
    const explanation = explain(matching(figuresOfReport(report, [edge]), edge.name));
    traced(withoutCounts(formatEdge({ ...kind, edges: [edge] }, costOf(addedBy(edge, report)))), explanation);
    for (const what of ['memory', 'cpu', 'bucket'])
      assert.match(
        explanation,
        new RegExp(`^${edge.name}/centre/${what} = .*\\n.*\\n  = \\[centre .*\\] − \\[without ${edge.name}: centre .*\\]$`, 'm'),
      );
  }
});

test('what an edge adds is the centre with it less the centre without it', () => {
  const [edge] = inventory.edges;
  assert.ok(edge);
  const { memory } = addedBy(edge, report);
  const whole = sizeReport({ ...report.inventory, edges: report.inventory.edges.filter((one) => one !== edge) });
  for (const end of ['low', 'middle', 'high'] as const)
    assert.is(memory.value[end], report.size.centre.memory.value[end] - whole.size.centre.memory.value[end]);
});

test('every number of a recommendation is in what --explain adds to it', () => {
  for (const one of recommend(inventory.edges, inventory)) {
    const printed = formatRecommendations([one], { explain: false });
    const explained = formatRecommendations([one], { explain: true });
    const [costs = ''] = printed.split('another option would be first');
    traced(withoutCounts(costs.slice(costs.indexOf('on the edge'))), explained.slice(explained.indexOf('rules, the weightiest first')));
  }
});

test('whatever is measured stands beside a figure, or a coefficient, that has a key of its own', () => {
  const [edge] = inventory.edges.filter(({ option }) => option === 'prometheus-agent');
  assert.ok(edge);
  const at = (value: number, labels: Readonly<Record<string, string>>) => ({
    metric: { cluster: edge.name, ...labels },
    value: [0, String(value)] as const,
  });
  const node = { job: 'node-exporter' };
  const answers: Answers = {
    ...(Object.fromEntries(Object.keys(questions).map((name) => [name, []])) as unknown as Answers),
    nodes: [at(2, {})],
    pods: [at(50, {})],
    containers: [at(70, {})],
    kept: [at(1800, node)],
    exposed: [at(1800, node)],
    memory: [at(26e6, node), { metric: { cluster: inventory.central.name, job: 'compactor' }, value: [0, '1e9'] }],
    cpu: [at(0.001, node)],
    agentSeries: [at(15_000, { job: 'prometheus-agent' })],
    headSeries: [{ metric: { cluster: inventory.central.name, job: 'receive-ingestor' }, value: [0, '1e5'] }],
    sent: [at(6e7, {})],
    written: [at(500, {})],
  };
  const calibration = calibrate(inventory, report.size, answers);
  const figures = figuresOfReport(report);
  assert.ok(calibration.figures.length > 6 && calibration.coefficients.length > 4);
  for (const { subject } of calibration.figures)
    assert.ok(
      figures.some(({ path }) => path === subject),
      subject,
    );
  const text = formatCalibration(calibration);
  assert.match(text, /^memory\.nodeExporter +24\.8Mi for each node +25Mi \(15-50\) for each node/m);
  for (const { id } of calibration.coefficients) {
    const [shown = ''] = /(?<= = ).*?(?= \((?:measured|published|assumed): )/.exec(formatSource(id)) ?? [];
    assert.ok(text.includes(shown) && shown !== '', id);
  }
});

test('a limit is explained by where its bounds are from', () => {
  const figures = figuresOfReport(report);
  for (const { figure, state } of report.size.limits) {
    assert.is(state, 'ok');
    assert.match(explain(matching(figures, `centre/${figure.name}`)), /^ {2}limit: a warning above /m, figure.name);
  }
  assert.match(explain(matching(figures, 'centre/prometheus/edges')), 'above the lower end recommend counsels another option');
  assert.equal(limitLines(report.size.limits), ["None of the centre's 10 limits of capacity is near."]);
});

test('bytes and seconds are written as everywhere else', () => {
  const text = explain(figuresOfReport(report));
  assert.match(text, /^ *retention = 3d \(input\)$/m);
  assert.match(text, /^ *interval = 30s \(input\)$/m);
  assert.match(text, /^ *memory\.queries\.edge = 128Mi \(32-512\) \(assumed: /m);
  assert.match(text, 'greatest of (50Gi, ');
  for (const line of text.split('\n')) assert.not.match(line.replace(/\(.*$/, ''), /= \d{7,}/, line);
});

test.run();
