import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { risksBlock } from '../../../../scripts/plan/formats/markdown/risks.ts';
import type { Risk } from '../../../../scripts/plan/formats/risk-groups.ts';

const risks = (codes: number, each: number): Risk[] =>
  Array.from({ length: codes * each }, (_, index) => ({
    code: `risk/number-${index % codes}`,
    severity: 'medium' as const,
    what: `Something happens to object ${index}.`,
    why: `Because of ${index % codes}.`,
    check: 'Look at it.',
    object: `ConfigMap edge-metrics/object-${index}`,
    clusters: [`edge-${index}`],
  }));

const bullets = (text: string | undefined) => (text ?? '').split('• ').length - 1;

test('a few risks of one code all stand there; one more than fits is no reason for a count', () => {
  for (const many of [1, 6, 7]) {
    const text = risksBlock(risks(1, many), 12_000, 60_000);
    assert.is(bullets(text), many);
    assert.not.match(text ?? '', 'more like it');
  }
  const text = risksBlock(risks(1, 8), 12_000, 60_000);
  assert.is(bullets(text), 6);
  assert.match(text ?? '', '_and 2 more like it_');
  assert.match(text ?? '', 'In 8 clusters: edge-0, edge-1, edge-2, edge-3, edge-4 and 3 more');
});

test('the more codes there are, the less each says, within the share', () => {
  const told = [10, 20, 30].map((codes) => {
    const text = risksBlock(risks(codes, 50), 12_000, 60_000) ?? '';
    assert.ok(text.length <= 12_000, String(text.length));
    for (let code = 0; code < codes; code += 1) assert.match(text, `risk/number-${code}\``);
    return bullets(text) / codes;
  });
  assert.equal(told, [6, 3, 1]);
});

test('codes without number: their counts, beyond the share if need be', () => {
  const text = risksBlock(risks(300, 2), 8_000, 60_000) ?? '';
  assert.ok(text.length > 8_000);
  assert.match(text, '| 🟠&nbsp;**medium** | `risk/number-299` | 2 | 2 |');
});

test('and what even so does not fit is counted', () => {
  const text = risksBlock(risks(300, 2), 1_000, 2_000) ?? '';
  assert.ok(text.length <= 2_000);
  const shown = text.split('`risk/').length - 1;
  assert.match(text, `**${300 - shown} further codes**, ${2 * (300 - shown)} risks`);
});

test.run();
