import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { formatMarkdown } from '../../../scripts/plan/formats/markdown.ts';
import { anyReport } from './any-report.ts';
import { outsideCode, structureOf, tablesOf } from './markdown-structure.ts';
import { alike, different, firstRing, hostile, nothing, small } from './reports.ts';

const runs = Number(process.env.FC_RUNS ?? 150);

const digits = (text: string | undefined) => Number((text ?? '').replaceAll(',', ''));

/** What holds for every body, whatever is in it. */
function isWhole(body: string, report: PlanReport): void {
  assert.ok(body.length <= 60_000, `${body.length} characters`);
  assert.ok(Buffer.byteLength(body) <= 65_000, `${Buffer.byteLength(body)} bytes`);
  assert.is(Buffer.from(body).toString(), body, 'a half of a pair');
  const { lines, open } = structureOf(body);
  assert.not(open, 'an open fence');

  let depth = 0;
  for (const line of lines) {
    if (line === '<details>') depth += 1;
    if (line === '</details>') depth -= 1;
    assert.ok(depth === 0 || depth === 1, `details ${depth} deep`);
  }
  assert.is(depth, 0, 'open details');

  const text = outsideCode(lines);
  assert.not.match(text, /@[\p{L}\p{N}_-]/u, 'a mention');
  assert.not.match(text, /(?<!&)#\d/, 'a reference');
  assert.not.match(text, /GH-\d/i, 'a reference');
  assert.not.match(text, /:\/\/|\bwww\./i, 'a link');
  assert.not.match(text, /<!--|-->/, 'a comment');
  for (const [tag] of text.matchAll(/<[^>\n]*>?/g)) assert.match(tag, /^<(\/?(details|summary|b)|br)>$/);
  for (const { even, head } of tablesOf(lines)) assert.ok(even, head);

  risksAreThere(lines, report);
  classesAreCounted(lines, report);
}

function risksAreThere(lines: readonly string[], { risks }: PlanReport): void {
  const tables = tablesOf(lines).filter(({ head }) => head.startsWith('| Risk |'));
  assert.is(tables.length, risks.length === 0 ? 0 : 1);
  const rows = tables[0]?.rows ?? [];
  const codes = rows.map((row) => /`(risk\/[a-z0-9-]+)`/.exec(row)?.[1]);
  assert.equal([...new Set(codes)].sort(), [...new Set(risks.map(({ code }) => code))].sort());
  const short = tables[0]?.head.includes('| Code |') === true;
  // In a cell: the name of the code, a line a risk, perhaps how many more, and the clusters.
  const counted = rows.map((row) => {
    if (short) return digits(row.split('|')[3]);
    const lines = (row.split('|')[2] ?? '').split('<br>');
    const more = lines.map((line) => /^_and ([\d,]+) more like it_ ?$/.exec(line)?.[1]).find((found) => found !== undefined);
    return lines.filter((line) => line.startsWith('• ')).length + (more === undefined ? 0 : digits(more));
  });
  assert.is(
    counted.reduce((all, one) => all + one, 0),
    risks.length,
  );
}

function classesAreCounted(lines: readonly string[], { classes }: PlanReport): void {
  const details = lines.filter((line) => line === '<details>').length;
  const said = lines
    .map((line) =>
      /Shown: ([\d,]+) of ([\d,]+) with their objects, ([\d,]+) more in the table, ([\d,]+) left out \(([\d,]+) cluster/.exec(line),
    )
    .find((found) => found !== null);
  if (said === undefined || said === null) {
    assert.is(details, classes.length);
    return;
  }
  const [shown, all, listed, left, clusters] = said.slice(1).map(digits);
  assert.is(shown, details);
  assert.is(all, classes.length);
  assert.is(listed, tablesOf(lines).find(({ head }) => head.startsWith('| Clusters | Change |'))?.rows.length ?? 0);
  assert.is((shown ?? 0) + (listed ?? 0) + (left ?? 0), classes.length);
  assert.is(
    clusters,
    classes.slice((shown ?? 0) + (listed ?? 0)).reduce((total, one) => total + one.clusters.length, 0),
  );
  if ((left ?? 0) > 0)
    assert.ok(
      lines.some((line) => line.startsWith(`**${said[4]} of ${said[2]} class`)),
      'the end says it too',
    );
}

test('any report: a whole body within its limits, with every risk and the right counts of what is left out', () => {
  fc.assert(
    fc.property(anyReport, (report) => isWhole(formatMarkdown(report), report)),
    { numRuns: runs },
  );
});

for (const report of [nothing, small, alike, different, firstRing])
  test(`${report.name}: a whole body`, () => isWhole(formatMarkdown(report()), report()));

test('one interval in a fleet of 5,000: one class, its members counted, one diff', () => {
  const body = formatMarkdown(alike());
  assert.match(body, '<summary><b>4,999 clusters</b>');
  assert.match(body, 'edge-00001, edge-00002');
  assert.match(body, 'and 4,939 more');
  assert.is(body.split('-      scrape_interval: 30s').length - 1, 2, 'the edges and the centre');
  assert.ok(body.length < 12_000, String(body.length));
});

test('5,000 different changes: the gravest with diffs, more in a table, the rest counted; all risks', () => {
  const report = different();
  const body = formatMarkdown(report);
  const { lines } = structureOf(body);
  assert.ok(lines.filter((line) => line === '<details>').length > 20);
  assert.ok((tablesOf(lines).find(({ head }) => head.startsWith('| Clusters | Change'))?.rows.length ?? 0) > 50);
  assert.ok(body.length > 50_000, 'the budget is used');
  for (const code of ['volume-shrunk', 'object-deleted', 'option-switched', 'flow-opened']) assert.match(body, `\`risk/${code}\``);
});

test('the cause stands before the effect', () => {
  const body = formatMarkdown(small());
  const at = [
    '3 of 4 clusters change',
    '`clusters/cluster-03.ts:10`',
    '### Risks',
    '### Fleet',
    '```mermaid',
    '### Objects by kind',
    '<details>',
  ].map((text) => body.indexOf(text));
  assert.not(at.includes(-1), String(at));
  assert.equal(
    at,
    [...at].sort((a, b) => a - b),
  );
});

test('nothing to change is one sentence', () => {
  assert.is(formatMarkdown(nothing()), '**Nothing changes: what the inventory of example-fleet compiles to is already there.**\n');
});

test('blocks of the caller stand first and last, whole, and count', () => {
  const before = ['<!-- fleetc ring canary -->', 'Ring canary: healthy.'];
  const after = ['Made by fleetc.', `Digest ${'0'.repeat(20_000)}`];
  for (const report of [different(), small(), nothing()]) {
    const body = formatMarkdown(report, { title: 'Plan @x', before, after });
    assert.ok(body.startsWith(`## Plan @&#8203;x\n\n${before.join('\n\n')}\n\n`));
    assert.ok(body.endsWith(`\n\n${after.join('\n\n')}\n`));
    assert.ok(body.length <= 60_000);
  }
});

test('a smaller budget, and a larger one', () => {
  const report = different(2_000, 1_000);
  for (const budget of [6_000, 12_000, 30_000, 500_000]) {
    const body = formatMarkdown(report, { budget });
    assert.ok(body.length <= budget, `${body.length} of ${budget}`);
    risksAreThere(structureOf(body).lines, report);
    classesAreCounted(structureOf(body).lines, report);
  }
});

test('bytes count too: a fleet whose names take three each', () => {
  const report = different(4_000, 3_000);
  const korean = JSON.parse(JSON.stringify(report).replaceAll('edge-', '가장자리클러스터이름')) as PlanReport;
  const body = formatMarkdown(korean);
  isWhole(body, korean);
  assert.ok(Buffer.byteLength(body) > 60_000, 'and they are used');
});

test('names chosen to break it stand as they are, and break nothing', () => {
  const report = { ...hostile(), risks: [] };
  const body = formatMarkdown(report);
  isWhole(body, report);
  assert.match(body, '@&#8203;org/team');
  assert.match(body, 'fixes #&#8203;12, GH-&#8203;3');
  assert.match(body, 'emoji 👩‍💻');
  assert.match(body, '\\u{202e}', 'in a fence as text');
  assert.not.match(body, '\u202e');
});

test('the same report, the same bytes', () => {
  assert.is(formatMarkdown(different(500, 200)), formatMarkdown(different(500, 200)));
});

test.run();
