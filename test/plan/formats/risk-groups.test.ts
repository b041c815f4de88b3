import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameOfCode, type Risk, riskGroups } from '../../../scripts/plan/formats/risk-groups.ts';

const risk = (code: string, object: string, clusters: readonly string[], severity: Risk['severity'] = 'low', why = 'why'): Risk => ({
  code,
  severity,
  what: `${code} of ${object}`,
  why,
  check: 'check',
  object,
  clusters,
});

const given = [
  risk('a', 'x', ['1']),
  risk('b', 'y', ['1'], 'high'),
  risk('a', 'z', ['2', '1']),
  risk('a', 'w', ['3'], 'medium'),
  risk('a', 'v', ['4'], 'low', 'another'),
];

const told = (groups: ReturnType<typeof riskGroups>) =>
  groups.map(({ code, severity, risks, clusters }) => [severity, code, risks.map(({ object }) => object).join(''), clusters.join('')]);

test('alike grave and with the same to say: one group, the gravest first', () => {
  assert.equal(told(riskGroups(given)), [
    ['high', 'b', 'y', '1'],
    ['medium', 'a', 'w', '3'],
    ['low', 'a', 'xz', '12'],
    ['low', 'a', 'v', '4'],
  ]);
});

test('by code, whatever is said', () => {
  assert.equal(told(riskGroups(given, true)), [
    ['high', 'b', 'y', '1'],
    ['medium', 'a', 'w', '3'],
    ['low', 'a', 'xzv', '124'],
  ]);
});

const anyRisk = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c'),
    fc.constantFrom('x', 'y'),
    fc.array(fc.constantFrom('1', '2')),
    fc.constantFrom('low' as const, 'high' as const),
    fc.constantFrom('p', 'q'),
  )
  .map(([code, object, clusters, severity, why]) => risk(code, object, clusters, severity, why));

test('every risk is in one group', () => {
  fc.assert(
    fc.property(fc.array(anyRisk), fc.boolean(), (risks, byCode) => {
      const grouped = riskGroups(risks, byCode).flatMap((group) => group.risks);
      assert.is(grouped.length, risks.length);
      assert.equal(new Set(grouped), new Set(risks));
    }),
  );
});

test('a code as words', () => {
  assert.is(nameOfCode('risk/object-deleted'), 'Object deleted');
  assert.is(nameOfCode('risk/rbac-widened'), 'RBAC widened');
});

test.run();
