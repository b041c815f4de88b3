import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, suggest } from '../../scripts/inventory/suggest.ts';

const known = ['region', 'ring', 'role', 'nodes', 'network', 'option'];

test('a slip of the keyboard finds its word', () => {
  for (const [slip, word] of [
    ['regoin', 'region'],
    ['regon', 'region'],
    ['rign', 'ring'],
    ['Role', 'role'],
    ['node', 'nodes'],
    ['netwrok', 'network'],
    ['optoin', 'option'],
  ] as const)
    assert.is(suggest(slip, known), word);
});

test('another word finds nothing', () => {
  for (const word of ['settings', 'x', 'colour', '', 'r'.repeat(500)]) assert.is(suggest(word, known), undefined, word);
});

test('the nearest word wins, and without one the known words are listed', () => {
  assert.is(suggest('rinq', ['rang', 'ring']), 'ring');
  assert.is(didYouMean('regoin', known), 'Did you mean "region"?');
  assert.is(didYouMean('colour', ['a', 'b']), 'Known: "a", "b".');
  assert.is(
    didYouMean(
      'colour',
      Array.from({ length: 14 }, (_, i) => `w${i}`),
    )?.endsWith('"w11" and 2 more.'),
    true,
  );
  assert.is(didYouMean('x', []), undefined);
});

test.run();
