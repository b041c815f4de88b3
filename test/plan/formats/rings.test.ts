import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { ringsOf } from '../../../scripts/plan/formats/rings.ts';

const objects = { added: 0, changed: 0, removed: 0, restarted: 0 };

const groups = (...places: readonly string[]): PlanReport['groups'] =>
  places.map((place) => {
    const [region = '', ring = ''] = place.split('/');
    return { region, ring, clusters: { touched: 0, total: 1 }, objects };
  });

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['one region has them all', ['kr/', 'kr/canary', 'kr/stable'], ['', 'canary', 'stable']],
  ['the first region lacks the first ring', ['kr/', 'kr/stable', 'us/canary', 'us/stable'], ['', 'canary', 'stable']],
  [
    'the first region lacks one in the middle',
    ['kr/canary', 'kr/stable', 'us/canary', 'us/early', 'us/stable'],
    ['canary', 'early', 'stable'],
  ],
];

for (const [name, places, rings] of cases) test(name, () => assert.equal(ringsOf(groups(...places)), rings));

test.run();
