import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CoefficientId, coefficients } from '../../scripts/advise/coefficients.ts';
import { explain, matching } from '../../scripts/advise/size/explain.ts';
import { type Figure, formulaOf, ingredientsOf } from '../../scripts/advise/size/figure.ts';
import { formatFigure } from '../../scripts/advise/size/format.ts';
import { reportJson } from '../../scripts/advise/size/json.ts';
import { figuresOfReport, sizeReport } from '../../scripts/advise/size/report.ts';
import { sourceCases } from '../../scripts/advise/size/source-case.ts';
import { formatReport } from '../../scripts/advise/size/text.ts';
import { allOptions, compiledFleet } from '../support/fleet.ts';

const { inventory } = compiledFleet(allOptions({ regions: ['kr', 'eu'] }));
const report = sizeReport(inventory, [
  { add: 300, region: 'eu', option: 'prometheus-agent', nodes: 3, replicas: 1 },
  { add: 150, region: 'eu', option: 'thanos-sidecar', nodes: 2, pods: 40, replicas: 2 },
]);
const figures = figuresOfReport(report, [...report.inventory.edges.slice(0, 2), ...report.inventory.edges.slice(-1)]);

test('the formula that is printed gives the value that is printed', () => {
  const seen = new Set<Figure>();
  const visit = (figure: Figure): void => {
    if (seen.has(figure)) return;
    seen.add(figure);
    const formula = formulaOf(figure);
    for (const one of ingredientsOf(figure.term))
      assert.ok(formula.includes(nameIn(figure, one)), `${figure.name}: ${nameIn(figure, one)}`);
    const ends = ['low', 'middle', 'high'] as const;
    // A quotient by a range is lowest where its divisor is highest; every divisor of the model is exact.
    const values = ends.map((end) => evaluated(figure, formula, end));
    // What shrinks as its coefficients grow has its ends the other way round.
    if (figure.term.kind === 'operation' && figure.term.operator === '−') values.sort((a, b) => a - b);
    for (const [i, end] of ends.entries()) {
      const value = values[i] as number;
      assert.ok(
        Math.abs(value - figure.value[end]) <= 1e-9 * Math.max(1, Math.abs(value)),
        `${figure.scope} ${figure.name} ${end}: ${formula} is ${value}, not ${figure.value[end]}`,
      );
    }
    for (const one of ingredientsOf(figure.term)) if (one.kind === 'figure') visit(one);
  };
  for (const { figure } of figures) visit(figure);
  assert.ok(seen.size > 200);
});

type Ingredient = ReturnType<typeof ingredientsOf>[number];

/** What an ingredient is called in the formula of a figure. */
function nameIn({ scope }: Figure, one: Ingredient): string {
  if (one.kind === 'coefficient') return one.id;
  if (one.kind === 'input') return one.name;
  return one.scope === scope ? `[${one.name}]` : `[${one.scope} ${one.name}]`;
}

/** The text of a formula with the values of its ingredients in their place. */
function evaluated(figure: Figure, formula: string, end: 'low' | 'middle' | 'high'): number {
  const names = ingredientsOf(figure.term)
    .map((one): [string, number] => [nameIn(figure, one), one.value[end]])
    .sort(([a], [b]) => b.length - a.length);
  const values: number[] = [];
  // A likeliest value stays the likeliest at both ends.
  let text = formula
    .replaceAll(/\b(\d+)Gi\b/g, (_, size: string) => String(Number(size) * 2 ** 30))
    .replaceAll('likeliest (', `likeliest${end === 'middle' ? '' : '!'} (`);
  for (let at = text.indexOf('likeliest! ('); at >= 0; at = text.indexOf('likeliest! (')) {
    const close = closing(text, at + 'likeliest! '.length);
    text = `${text.slice(0, at)}${evaluated(figure, text.slice(at + 'likeliest! ('.length, close), 'middle')}${text.slice(close + 1)}`;
  }
  for (const [name, value] of names) {
    text = text.replaceAll(name, `$${values.push(value) - 1}$`);
  }
  text = text
    .replaceAll('greatest of (', 'Math.max(')
    .replaceAll('rounded up (', 'Math.ceil(')
    .replaceAll(/next power of two \(/g, 'pow2(')
    .replaceAll(/likeliest \(/g, '(')
    .replaceAll('−', '-')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replace(/\$(\d+)\$/g, (_, i: string) => `(${values[Number(i)]})`);
  assert.match(text, /^[-0-9+*/()., eMathmaxceilpow2]*$/, `${figure.name}: ${text}`);
  return Number(runInNewContext(text, { pow2: (value: number) => 2 ** Math.ceil(Math.log2(value)) }));
}

/** Where the parenthesis that opens at `open` closes. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; ; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return i;
  }
}

test('every number of the report is explained: formula, coefficients with their sources, inputs', () => {
  const text = explain(figures);
  const shown = formatReport(report);
  const known = new Set([
    ...figures.map(({ figure }) => formatFigure(figure)),
    ...figures.map(({ figure }) => formatFigure(figure).replace(/ \(.*/, '')),
  ]);
  // What has brackets is a figure.
  const ranges = [...shown.slice(0, shown.indexOf('The tables of the source')).matchAll(/[0-9.]+[A-Za-z]* \([0-9.]+-[0-9.]+\)/g)].map(
    ([range]) => range,
  );
  assert.ok(ranges.length > 100);
  for (const range of ranges) assert.ok(known.has(range), `${range} is not a figure of the report`);
  for (const { figure } of figures) assert.ok(text.includes(formatFigure(figure)), figure.name);
  for (const id of Object.keys(coefficients) as CoefficientId[])
    if (text.includes(`${id} = `)) assert.ok(text.includes(coefficients[id].source), id);
});

test('every coefficient is ordered, has a source and is used, or is a limit', () => {
  const used = new Set(Object.keys(reportJson(report).coefficients));
  for (const [id, { low, middle, high, source, meaning, unit }] of Object.entries(coefficients)) {
    assert.ok(low <= middle && middle <= high, id);
    assert.ok(source.length > 10 && unit.length > 0, id);
    assert.match(meaning, /^[A-Z].*\.$/, id);
    assert.ok(
      used.has(id) || id.startsWith('limit.') || id === 'planned.ingestor.tenants' || id.startsWith('outage.'),
      `${id} is not used`,
    );
  }
});

test('figures are asked for by cluster, by part, or as a whole', () => {
  assert.ok(matching(figures, 'agent').length > 10);
  assert.equal(
    matching(figures, 'agent/memory').map(({ path }) => path),
    ['agent/memory'],
  );
  assert.equal(matching(figures, 'agen'), []);
  assert.ok(matching(figures, 'centre/bucket').length >= 4);
  assert.ok(matching(figures, 'fleet').length > 5);
});

test('a result that is part of two others is told once', () => {
  const lines = explain(matching(figuresOfReport(report), 'agent')).split('\n');
  assert.is(lines.filter((line) => line.includes('targets × series.target')).length, 1);
  assert.ok(lines.some((line) => /^ *see above: .*\[series\] = \d/.test(line)));
});

test('what was told is named again with its value, and a coefficient has its source once', () => {
  const text = explain(matching(figuresOfReport(report), 'agent'));
  assert.is(text.split(coefficients['memory.nodeExporter'].source).length, 2);
  assert.match(text, /^ *see above: .*series\.nodeExporter = 1000 \(500-1500\) series\/node/m);
});

test('the case of the source is its own, whatever the fleet sets', () => {
  const other = compiledFleet(
    allOptions(
      { scrapeInterval: '15s', edgeRetention: '12h', regions: ['kr', 'eu'], metrics: 'all' },
      {
        prometheus: { replicas: 3, shards: 4, retention: '7d', storage: '200Gi' },
        receive: { url: 'https://receive.example:19291/api/v1/receive', replicas: 7, replicationFactor: 5, storage: '500Gi' },
        query: { replicas: 5 },
        retention: { raw: '400d', fiveMinutes: '500d', oneHour: '900d' },
        storage: { storeGateway: '64Gi', compactor: '512Gi' },
      },
    ),
  );
  const values = (one: typeof inventory) =>
    sourceCases(one).map(({ edge, centre, fourEdges }) =>
      [edge.cpu, edge.memory, edge.volume, centre.cpu, centre.memory, fourEdges.sent].map(({ value }) => value),
    );
  assert.equal(values(other.inventory), values(inventory));
});

test('the JSON has every figure, and what each is made of is there', () => {
  const { figures: all, limits, edges } = reportJson(report);
  for (const [id, { low, middle, high, of, coefficients: ids, formula }] of Object.entries(all)) {
    assert.ok(low <= middle && middle <= high, id);
    assert.ok(formula.length > 0, id);
    for (const part of of) assert.ok(all[part], `${id} is made of ${part}`);
    for (const coefficient of ids) assert.ok(coefficient in coefficients, coefficient);
  }
  for (const { figure } of limits) assert.ok(all[figure], figure);
  assert.is(edges.length, 453);
});

test.run();
