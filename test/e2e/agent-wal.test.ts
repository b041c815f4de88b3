import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keptUntil, losesItsPlace } from './agent-wal.ts';

for (const [stuck, loses, kept] of [
  // The first truncation that deletes is the fourth: segments 0 and 1.
  [0, 4, 1],
  [0.9, 4, 1],
  [1.1, 6, 2],
  [2.1, 6, 3],
  // The shortest cut that loses: three periods.
  [2.99, 6, 3],
  [3, 8, 4],
  [4.99, 8, 5],
] as const)
  test(`a queue that stands still since ${stuck} periods loses its place after ${loses}`, () => {
    assert.is(losesItsPlace(stuck * 60, 60), loses * 60);
    assert.is(keptUntil(stuck * 60, 60), kept * 60);
  });

test('whenever the cut begins, three periods are bridged, and five are the most', () => {
  const bridged = Array.from({ length: 400 }, (_, index) => losesItsPlace(index / 10, 1) - index / 10);
  assert.ok(Math.min(...bridged) >= 3);
  assert.ok(Math.max(...bridged) <= 5);
});

test.run();
