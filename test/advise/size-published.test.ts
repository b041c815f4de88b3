import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { backTests, errorOf } from '../../scripts/advise/size/back-test.ts';

for (const one of backTests)
  test(`${one.what}: ${one.published} published`, () => {
    const error = errorOf(one);
    assert.ok(error < 2 && error > 0.5, `ours is ${error.toFixed(2)} times what was published`);
  });

test('too much and too little balance', () => {
  const mean = Math.exp(backTests.reduce((sum, one) => sum + Math.log(errorOf(one)), 0) / backTests.length);
  assert.ok(mean < 1.3 && mean > 1 / 1.3, `ours are ${mean.toFixed(2)} times what was published, on average`);
});

test.run();
