import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Change, plan } from '../../scripts/tree/plan.ts';

const cases: readonly [name: string, wanted: Record<string, string>, found: Record<string, string>, changes: Change[]][] = [
  ['nothing for two empty trees', {}, {}, []],
  ['nothing for equal trees, whatever the order of their files', { a: '1', b: '2' }, { b: '2', a: '1' }, []],
  ['what is only wanted is created', { a: '1' }, {}, [{ kind: 'create', path: 'a', after: '1' }]],
  ['an empty file is a file', { a: '' }, {}, [{ kind: 'create', path: 'a', after: '' }]],
  ['what is only found is deleted', {}, { a: '' }, [{ kind: 'delete', path: 'a', before: '' }]],
  ['what differs is updated', { a: '1\n' }, { a: '1' }, [{ kind: 'update', path: 'a', before: '1', after: '1\n' }]],
  [
    'changes come in the order of paths',
    { 'b/z': '1', 'a/y': '1', c: '1' },
    { 'b/a': '1', 'a/y': '2' },
    [
      { kind: 'update', path: 'a/y', before: '2', after: '1' },
      { kind: 'delete', path: 'b/a', before: '1' },
      { kind: 'create', path: 'b/z', after: '1' },
      { kind: 'create', path: 'c', after: '1' },
    ],
  ],
];
for (const [name, wanted, found, changes] of cases)
  test(name, () => assert.equal(plan(new Map(Object.entries(wanted)), new Map(Object.entries(found))), changes));

test.run();
