import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { topology } from '../../../../scripts/plan/formats/markdown/topology.ts';
import { different, firstRing, nothing, small } from '../reports.ts';

test('a small fleet: down to the clusters that change', () => {
  assert.is(
    topology(small()),
    `\`\`\`mermaid
flowchart LR
  n0["inventory of example-fleet"]
  n0 ==> n1["centre · cluster-01"]:::changed
  n0 ==> n2["ring stable · 2 of 3"]:::changed
  n2 ==> n3["kr · 2 of 3"]:::changed
  n3 ==> n4["cluster-03 · prometheus-agent"]:::changed
  n3 ==> n5["cluster-04 · prometheus-agent"]:::changed
  classDef changed fill:#fff1d6,stroke:#9a6700,stroke-width:2px,color:#3b2300
\`\`\``,
  );
});

test('a large fleet: rings only, the unchanged ones dashed', () => {
  assert.match(topology(firstRing()) ?? '', 'n0 ==> n2["ring canary · 91 of 100"]:::changed\n  n0 -.-> n3["ring early · 0 of 400"]\n');
  assert.ok((topology(different()) ?? '').split('\n').length < 12);
});

test('no picture of one thing, nor of a hundred rings', () => {
  const report = firstRing(100);
  const [group] = report.groups;
  if (group === undefined) throw new Error('the fleet has groups');
  assert.is(topology({ ...report, groups: [group] }), undefined);
  assert.is(topology({ ...report, groups: Array.from({ length: 100 }, (_, index) => ({ ...group, ring: `ring-${index}` })) }), undefined);
  assert.is(topology({ ...nothing(), groups: [group] }), undefined);
});

test.run();
