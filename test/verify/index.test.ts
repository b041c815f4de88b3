import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checks } from '../../scripts/verify/index.ts';
import { cases } from './cases.ts';
import { agentContext, agentEdge, centralContext, centre, codes, sidecarContext, sidecarEdge } from './example.ts';

test('what is right trips nothing', () => {
  assert.equal(codes(agentEdge(), agentContext), []);
  assert.equal(codes(sidecarEdge(), sidecarContext), []);
  assert.equal(codes(centre(), centralContext), []);
});

test('every check has a name of its own and is tried below', () => {
  const all = checks.map(({ code }) => code);
  assert.is(new Set(all).size, all.length);
  assert.equal([...new Set(cases.map(({ code }) => code))].sort(), [...all].sort());
});

for (const { code, what, manifests, context } of cases)
  test(`${code}: ${what}`, () => {
    assert.equal(codes(manifests(), context), [code]);
  });

test.run();
