import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { alsoText, causeRows } from '../../../scripts/plan/formats/cause-rows.ts';

const cause = (cluster: string | undefined, field: string, also?: string[]): PlanReport['causes'][number] => ({
  kind: 'inventory',
  what: `${field} changed`,
  field,
  ...(cluster !== undefined && { cluster }),
  ...(also !== undefined && { also }),
});

test('few causes stand one by one', () => {
  const rows = causeRows([cause('a', 'nodes[0].address'), cause('b', 'nodes[1].address', ['c', 'd'])], 2);
  assert.equal(rows.map(alsoText), ['', 'the same in 2 more clusters']);
});

test('many of one field are one row where the first of them stood, elements of a list among them', () => {
  const rows = causeRows(
    [
      cause(undefined, 'nodes'),
      cause('a', 'nodes[0].address'),
      cause('b', 'option'),
      cause('b', 'nodes[1].address', ['c']),
      cause('a', 'nodes[7].address'),
    ],
    3,
  );
  assert.equal(
    rows.map(({ cluster, field, causes, also }) => ({ cluster, field, causes, also })),
    [
      { cluster: undefined, field: 'nodes', causes: 1, also: [] },
      { cluster: 'a', field: 'nodes[0].address', causes: 3, also: ['b', 'c'] },
      { cluster: 'b', field: 'option', causes: 1, also: [] },
    ],
  );
  assert.is(alsoText(rows[1] as (typeof rows)[number]), 'and 2 more like it, in 2 more clusters');
});

test.run();
