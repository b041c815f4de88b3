import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judged } from './back-test.ts';

const modelled = { low: 80, middle: 100, high: 300 };
const of = (measured: number) => ({ measured, modelled, unit: 'count' as const });

test('half and twice the middle hold, and nothing beyond', () => {
  const rule = 'half to twice the middle';
  assert.is(judged(of(50), rule), 'measured 50, modelled 100 (80-300), ratio 0.50');
  assert.is(judged(of(200), rule), 'measured 200, modelled 100 (80-300), ratio 2.00');
  assert.throws(() => judged(of(49), rule), /measured 49, .* ratio 0\.49: not half to twice the middle/);
  assert.throws(() => judged(of(201), rule), /ratio 2\.01/);
});

test('by its range a figure may be further off on the wide side, and less on the narrow one', () => {
  assert.match(judged(of(300), 'within the range'), 'ratio 3.00');
  assert.throws(() => judged(of(79), 'within the range'), /not within the range/);
  assert.throws(() => judged(of(301), 'within the range'), /not within the range/);
});

test('a figure that is not there is no figure', () => {
  assert.throws(() => judged(of(Number.NaN), 'within the range'));
  assert.throws(() => judged(of(Number.NaN), 'half to twice the middle'));
});

test.run();
