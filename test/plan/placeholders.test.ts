import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filled, placeholders } from '../../scripts/plan/placeholders.ts';

const own = new Map([
  ['name', 'edge-1'],
  ['region', 'kr'],
  ['nodes[0].name', 'edge-1-a'],
  ['nodes[0].address', '10.0.0.1'],
]);

const cases: readonly [text: string, expected: string][] = [
  ['edge-1', '⟨name⟩'],
  ['scrape-edge-1-kubelet', 'scrape-⟨name⟩-kubelet'],
  ['overlays/kr/edge-1', 'overlays/⟨region⟩/⟨name⟩'],
  ['10.0.0.1:9100', '⟨nodes[0].address⟩:9100'],
  // The longest value that fits.
  ['edge-1-a', '⟨nodes[0].name⟩'],
  // Whole words only, on both sides.
  ['edge-10', 'edge-10'],
  ['edge-1-ab', '⟨name⟩-ab'],
  ['ledge-1', 'ledge-1'],
  ['110.0.0.1', '110.0.0.1'],
  ['10.0.0.11', '10.0.0.11'],
  ['CLUSTER=edge-1\nREGION=kr\n', 'CLUSTER=⟨name⟩\nREGION=⟨region⟩\n'],
  // What looks like a placeholder is none.
  ['⟨name⟩ ⟨⟨ edge-1', '⟨⟨name⟩ ⟨⟨⟨⟨ ⟨name⟩'],
];
for (const [text, expected] of cases)
  test(`${JSON.stringify(text)} and back`, () => {
    assert.is(placeholders(own)(text), expected);
    assert.is(filled(expected, own), text);
  });

test('without own values only brackets are written twice', () => {
  assert.is(placeholders(new Map())('⟨name⟩ edge-1'), '⟨⟨name⟩ edge-1');
});

test('a value that a cluster does not have cannot be filled in', () => {
  assert.is(filled('⟨server⟩', own), undefined);
});

test.run();
