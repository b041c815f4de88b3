import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { budgetOf, comparedLoss } from './budget.ts';

test('budgets are those of fleetc outage, in the times that a test can wait for', () => {
  assert.is(budgetOf('remote-scrape').survives, 0);
  assert.is(budgetOf('prometheus-agent').survives, 6 * 3600);
  assert.is(budgetOf('prometheus-agent', { truncation: 60 }).survives, 180);
  assert.is(budgetOf('thanos-sidecar', { retention: 90 }).survives, 90);
  assert.is(budgetOf('thanos-sidecar', { retention: 90 }).decides.name, 'retention');
});

test('what is lost may differ from what was predicted by so much, and no more', () => {
  assert.is(comparedLoss(120, 131.4, 30), 'predicted 120 s lost, measured 131 s, difference +11 s');
  assert.is(comparedLoss(120, 95, 30), 'predicted 120 s lost, measured 95 s, difference -25 s');
  assert.throws(() => comparedLoss(120, 151, 30), /difference \+31 s: more than 30 s/);
  assert.throws(() => comparedLoss(120, 89, 30), /difference -31 s/);
  assert.throws(() => comparedLoss(120, Number.NaN, 30));
});

test.run();
