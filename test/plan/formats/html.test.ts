import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { html } from '../../../scripts/plan/formats/html/markup.ts';
import { formatHtml } from '../../../scripts/plan/formats/html.ts';
import { legible } from '../../../scripts/plan/formats/legible.ts';
import { anyReport } from './any-report.ts';
import { alike, different, firstRing, hostile, nothing, small } from './reports.ts';

const megabyte = 1_000_000;

/** Every element is closed where it has to be; text holds no mark-up. */
function isWellFormed(page: string): void {
  const open: string[] = [];
  const body = page.replace(/<style>[^<]*<\/style>/, '');
  const tags = /<(\/?)([a-z0-9]+)((?: [a-z-]+(?:="[^"<>]*")?)*)(\/?)>/gi;
  for (const [, end, name = '', , closed] of body.replace('<!doctype html>', '').matchAll(tags)) {
    if (end === '/') assert.is(open.pop(), name, `</${name}>`);
    else if (closed !== '/' && !['meta', 'br'].includes(name)) open.push(name);
  }
  assert.equal(open, []);
  assert.not.match(body.replace('<!doctype html>', '').replace(tags, ''), /[<>]/, 'what is left is text');
}

const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '');

function isSelfContained(page: string): void {
  assert.not.match(page, /<(script|img|link|iframe|object|embed|base|form|image|use)\b/i);
  const tags = [...page.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag).join('\n');
  assert.not.match(tags, / (src|srcset|action|style|on[a-z]+|xlink:href)=/i);
  for (const [, target = ''] of tags.matchAll(/ href="([^"]*)"/g)) assert.match(page, ` id="${target.slice(1)}"`);
  assert.not.match(/<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '', /url\(|@import|http/);
}

/** Nobody has to open the JSON to find a cluster. */
function namesEverybody(page: string, report: PlanReport): void {
  const text = textOf(page.slice(page.indexOf('<section id="classes"'), page.indexOf('<section id="files"')));
  const words = new Set(text.split(/[\s,]+/));
  const names = legible(report).classes.flatMap(({ clusters }) => clusters);
  // A name with a space in it has to be looked for in the whole page, which takes its time.
  const searched = names.filter((name) => !words.has(name));
  for (let at = 0; at < searched.length; at += Math.ceil(searched.length / 100)) assert.ok(text.includes(searched[at] ?? ''), searched[at]);
}

test('what is put into markup is text, in an element and in an attribute', () => {
  const text = `<b a="1" c='2'>&amp;</b>`;
  assert.is(
    html`<i title="${text}">${text}</i>`.markup.replaceAll('&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;', 'text'),
    '<i title="text">text</i>',
  );
});

test('any report: a well-formed page that asks for nothing, with every cluster that a class holds', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const page = formatHtml(report);
      isWellFormed(page);
      isSelfContained(page);
      namesEverybody(page, report);
      assert.is(Buffer.from(page).toString(), page, 'a half of a pair');
    }),
    { numRuns: 40 },
  );
});

for (const make of [nothing, small, alike, different, firstRing, hostile])
  test(`${make.name}: a page`, () => {
    const page = formatHtml(make());
    isWellFormed(page);
    isSelfContained(page);
    namesEverybody(page, make());
    assert.ok(page.length < 3 * megabyte, String(page.length));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    assert.is(new Set(ids).size, ids.length, 'an id twice');
  });

test('the policy allows the style sheet of the page and nothing else', () => {
  const page = formatHtml(small());
  const sheet = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
  const digest = createHash('sha256').update(sheet).digest('base64');
  assert.match(
    page,
    `content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
  );
});

test('a diff on the page is the diff, signs and all', () => {
  const report = small();
  const shown = [...formatHtml(report).matchAll(/<pre class="diff">(.*?)<\/pre>/gs)].map(([, markup]) => textOf(markup ?? ''));
  assert.equal(
    shown,
    report.classes.flatMap(({ changes }) => changes.map(({ diff }) => diff)),
  );
});

test('in a line in place of a line, what differs is marked, and no character is cut in two', () => {
  const report = structuredClone(small());
  const [first] = report.classes;
  if (first?.changes[0] !== undefined) first.changes[0].diff = '@@ -1 +1 @@\n-name: 😀x\n+name: 😁x\n';
  const page = formatHtml(report);
  assert.match(page, '<del>-name: <b>😀</b>x\n</del><ins>+name: <b>😁</b>x\n</ins>');
});

test('headings go down one level at a time', () => {
  for (const report of [small(), different(200, 100)]) {
    const levels = [...formatHtml(report).matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.is(levels[0], 1);
    for (const [at, level] of levels.entries())
      assert.ok(at === 0 || (level > 1 && level <= (levels[at - 1] ?? 0) + 1), `${levels[at - 1]} to ${level}`);
  }
});

test('what the page leaves out it counts', () => {
  const page = formatHtml(different());
  const shown = page.split('id="class-').length - 1;
  assert.ok(shown >= 200, String(shown));
  assert.match(page, `<b>${(5_000 - shown).toLocaleString('en-US')} further classes</b>`);
  assert.match(page, '… and 6,999 further files');
});

test('nothing to change is one sentence', () => {
  const page = formatHtml(nothing());
  assert.match(page, '<h1>Nothing changes: what the inventory of example-fleet compiles to is already there.</h1>');
  assert.not.match(page, '<section');
});

test('the same report, the same bytes', () => {
  assert.is(formatHtml(different(500, 200)), formatHtml(different(500, 200)));
});

test.run();
