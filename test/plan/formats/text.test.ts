import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatText } from '../../../scripts/plan/formats/text.ts';
import { anyReport } from './any-report.ts';
import { alike, different, nothing, small } from './reports.ts';

const plain = { colour: false };

test('nothing to change is one sentence', () => {
  assert.is(formatText(nothing(), plain), 'Nothing changes: what the inventory of example-fleet compiles to is already there.\n');
});

test('the whole of a small plan: verdict, causes, risks, fleet, classes, files', () => {
  const text = formatText(small(), plain);
  assert.is(
    text.slice(0, text.indexOf('Risks:')),
    `3 of 4 clusters change.
Risk: high (1 high, 2 medium, 1 low) · objects: 1 added, 2 changed, 1 removed; 1 workload restarts
Against origin/main at fece11f20c4d · 3 files: 3 updated

Why
  clusters/cluster-03.ts:10  cluster-03 storage.size: "5Gi" → "2Gi"
  clusters/cluster-04.ts:8  cluster-04 option: "thanos-sidecar" → "prometheus-agent"
  clusters/fleet.ts:12  scrapeInterval: (not set) → "60s"

`,
  );
  const at = [
    'Risks:',
    'risk/volume-shrunk',
    'Fleet',
    '  kr      stable    2 of 3      1        1        1          1',
    '3 classes of identical change',
    '        -            storage: 5Gi',
    '3 files: 3 updated\n  ~',
  ].map((part) => text.indexOf(part));
  assert.not(at.includes(-1), String(at));
  assert.equal(
    at,
    [...at].sort((a, b) => a - b),
  );
});

test('a fleet that changes alike is told once', () => {
  const text = formatText(alike(), plain);
  assert.match(text, '4,999 clusters · edge-prometheus: 2 objects changed, 1 restarted · low risk');
  assert.match(text.replace(/\s+/g, ' '), 'edge-00008 and 4,991 more');
  assert.is(text.split('-      scrape_interval: 30s').length - 1, 2, 'the edges and the centre');
  assert.ok(text.split('\n').length < 160);
});

test('what is left out is counted, risks are not', () => {
  const text = formatText(different(), plain);
  assert.match(text, '… and 4,980 further classes, of 9,959 clusters');
  assert.match(text, 'and 4,999 more like it, in 9,998 more clusters');
  assert.match(text, '… and 9,979 further files');
  for (const code of ['volume-shrunk', 'object-deleted', 'option-switched', 'flow-opened']) assert.match(text, `risk/${code}\n`);
  assert.is(text.split('… and 980 more\n').length - 1, 4, 'each of the four codes has 1,000');
});

test('without colour no escape ever reaches the terminal; with it the text is the same', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const text = formatText(report, plain);
      // A tab may be part of a diff.
      assert.not.match(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      assert.is(formatText(report, { colour: true }).replace(/\u001b\[\d+m/g, ''), text);
    }),
    { numRuns: 40 },
  );
});

test('sentences keep to the width', () => {
  const lines = formatText(small(), { colour: false, width: 60 }).split('\n');
  const from = lines.findIndex((line) => line.startsWith('Risks:'));
  for (const line of lines.slice(from, lines.indexOf('Fleet'))) assert.ok(line.length <= 60, line);
});

test.run();
