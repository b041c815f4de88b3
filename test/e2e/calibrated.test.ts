import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { different } from './calibrated.ts';

const found = {
  figures: [{ figure: 'a/memory', measured: 104 }],
  coefficients: [{ id: 'series.nodeExporter', measured: 530 }],
  silent: [],
};

test('figures and coefficients may be off by a part, and no more', () => {
  assert.is(different(found, { 'a/memory': 100, 'series.nodeExporter': 530 }, 0.05), undefined);
  assert.match(different(found, { 'a/memory': 100 }, 0.03) ?? '', 'a/memory: measured 104, the program says 100');
});

test('what was not measured, or what no program says, is not the same', () => {
  assert.match(different(found, { 'b/memory': 100 }, 0.05) ?? '', 'b/memory: measured undefined');
  assert.is.not(different(found, { 'a/memory': Number.NaN }, 0.05), undefined);
});

test.run();
