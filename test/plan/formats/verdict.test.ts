import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { baseText, headline, objectsText, riskText } from '../../../scripts/plan/formats/verdict.ts';
import { alike, firstRing, nothing, small } from './reports.ts';

const withClusters = (touched: number, total: number): PlanReport => {
  const report = small();
  return { ...report, summary: { ...report.summary, clusters: { touched, total } } };
};

const headlines: readonly (readonly [string, PlanReport])[] = [
  ['3 of 4 clusters change.', small()],
  ['1 of 4 clusters changes.', withClusters(1, 4)],
  ['1 of 1 cluster changes.', withClusters(1, 1)],
  ['5,000 of 5,000 clusters change, in 12 of 12 regions and 3 of 3 rings.', alike()],
  ['91 of 5,000 clusters change, in 11 of 12 regions and 1 of 3 rings.', firstRing()],
  ['Nothing changes: what the inventory of example-fleet compiles to is already there.', nothing()],
  [
    'No cluster of example-fleet changes, only 1 file of the output.',
    { ...nothing(), files: [{ path: 'generated/types/fleet.d.ts', change: 'update' }] },
  ],
  ['Only the Argo CD of example-fleet changes, no cluster.', { ...withClusters(0, 4), clusters: [] }],
];

for (const [text, report] of headlines) test(text, () => assert.is(headline(report), text));

test('risks are counted by severity', () => {
  assert.is(riskText(small()), 'high (1 high, 2 medium, 1 low)');
  assert.is(riskText(nothing()), 'none');
});

test('objects: what does not happen is not said', () => {
  assert.is(objectsText({ added: 0, changed: 0, removed: 0, restarted: 0 }), 'no object changes');
  assert.is(objectsText({ added: 0, changed: 2, removed: 0, restarted: 1 }), 'objects: 2 changed; 1 workload restarts');
  assert.is(objectsText({ added: 1_000, changed: 0, removed: 3, restarted: 0 }), 'objects: 1,000 added, 3 removed; nothing restarts');
});

test('the base: a commit by its first digits, or the disk', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  assert.is(baseText({ kind: 'git', ref: 'origin/main', commit }), 'origin/main at 0123456789ab');
  assert.is(baseText({ kind: 'git', commit }), '0123456789ab');
  assert.is(baseText({ kind: 'disk' }), 'the files on disk');
});

test.run();
