import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bucketOf } from '../../scripts/rollout/buckets.ts';

test('a name is always in the same bucket: moving one would rewrite the fleet', () => {
  assert.equal(['cluster-02', 'cluster-03', 'cluster-04'].map(bucketOf), ['10', '0d', '1e']);
});

test('there are 32 buckets, and a thousand names fill them evenly', () => {
  const sizes = new Map<string, number>();
  for (let i = 0; i < 1000; i++) sizes.set(bucketOf(`edge-${i}`), (sizes.get(bucketOf(`edge-${i}`)) ?? 0) + 1);
  assert.is(sizes.size, 32);
  assert.ok(Math.max(...sizes.values()) < 60, `${Math.max(...sizes.values())} in one bucket`);
  for (const bucket of sizes.keys()) assert.match(bucket, /^[01][0-9a-f]$/);
});

test.run();
