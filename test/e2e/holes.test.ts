import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holesIn, missed, timesOf } from './holes.ts';

test('no hole where every scrape is there, a little early or late', () => {
  assert.equal(holesIn([100, 110.2, 119.9, 130], 10), []);
});

test('one missed scrape is a hole', () => {
  assert.equal(holesIn([100, 110, 130, 140], 10), [{ from: 110, to: 130 }]);
});

test('a hole lies between the last sample before and the first after it, whatever order the copies come in', () => {
  const copies = [
    { metric: {}, values: [[150, '1'] as const, [160, '1'] as const] },
    { metric: {}, values: [[100, '1'] as const, [110, '1'] as const, [150, '1'] as const] },
  ];
  const holes = holesIn(timesOf(copies), 10);
  assert.equal(holes, [{ from: 110, to: 150 }]);
  assert.is(missed(holes[0] ?? { from: 0, to: 0 }, 10), 3);
});

test.run();
