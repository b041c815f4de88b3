import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kinds } from '../../../scripts/plan/formats/kinds.ts';
import { alike, different, small } from './reports.ts';

test('objects are counted in every cluster of a class, and those that a change stands for with it', () => {
  assert.equal(kinds(alike()), [
    ['ConfigMap', { added: 0, changed: 5_000, removed: 0, restarted: 0 }],
    ['ScrapeConfig', { added: 0, changed: 4_999, removed: 0, restarted: 0 }],
    ['StatefulSet', { added: 0, changed: 4_999, removed: 0, restarted: 4_999 }],
  ]);
});

for (const report of [small(), alike(), different()])
  test(`the kinds together are the objects of the summary: ${report.classes.length} classes`, () => {
    const total = { added: 0, changed: 0, removed: 0, restarted: 0 };
    for (const [, counts] of kinds(report))
      for (const key of ['added', 'changed', 'removed', 'restarted'] as const) total[key] += counts[key];
    assert.equal(total, report.summary.objects);
  });

test.run();
