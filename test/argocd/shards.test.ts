import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shardIndex, shardSizes, shards } from '../../scripts/argocd/shards.ts';
import { agent, fleet, inventory } from './example.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => agent(`edge-${String(i).padStart(5, '0')}`));
const withShards = (count: number) => fleet({ argocd: { namespace: 'argocd', version: '3.6', shards: count } });

test('a shard has the name of its region and its index, and only shards with an edge exist', () => {
  assert.equal(
    shards(inventory()).map(({ name, edges }) => [name, edges.map((edge) => edge.name)]),
    [['edge-kr-00', ['cluster-02', 'cluster-03']]],
  );
});

test('the shard of a cluster follows from its name: the first eight digits of its SHA-256', () => {
  // printf cluster-02 | sha256sum
  assert.is(shardIndex('cluster-02', 64), 0x7050b408 % 64);
});

test('F5: another edge moves no edge to another shard', () => {
  const place = (count: number) =>
    new Map(
      shards(inventory({ fleet: withShards(8), edges: many(count) })).flatMap(({ name, edges }) => edges.map((edge) => [edge.name, name])),
    );
  const [before, after] = [place(100), place(101)];
  assert.is(before.size, 100);
  for (const [edge, shard] of before) assert.is(after.get(edge), shard);
  assert.is(new Set(before.values()).size, 8);
});

test('F29: more than 1,000 edges in a shard are refused, with the number of shards that is enough', () => {
  assert.equal([...shardSizes(inventory({ edges: many(1000) }))], []);
  const [diagnostic, ...rest] = shardSizes(inventory({ edges: many(1500) }));
  assert.equal(rest, []);
  assert.is(diagnostic?.code, 'argocd/shard-too-large');
  assert.is(diagnostic?.hint, 'set argocd.shards to 2 in clusters/fleet.ts');
  assert.equal([...shardSizes(inventory({ fleet: withShards(2), edges: many(1500) }))], []);
});

test.run();
