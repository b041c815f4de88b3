import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checksOn, drift, evidencePage } from './evidence.ts';
import type { Row } from './report.ts';

const rows: readonly Row[] = [
  { stage: 'b', outcome: 'ok', what: 'a cut of 4 minutes loses nothing', said: 'caught up 31 s after' },
  { stage: 'a', outcome: 'ok', what: 'one | other', said: '1 | 2\nand more' },
  { stage: 'a', outcome: 'not run', what: 'Alertmanager', said: 'stands in' },
];
const circumstances = { date: '2026-11-23', machine: 'linux, 2 cores', programs: ['prometheus 3.16.0'] };
const page = evidencePage(['a', 'b'], rows, circumstances);
const change = (what: string, to: Partial<Row>): readonly Row[] => rows.map((row) => (row.what === what ? { ...row, ...to } : row));

test('a page holds each check once, by stage', () => {
  assert.equal(checksOn(page), [
    { stage: 'a', outcome: 'not run', what: 'Alertmanager' },
    { stage: 'a', outcome: 'ok', what: 'one | other' },
    { stage: 'b', outcome: 'ok', what: 'a cut of # minutes loses nothing' },
  ]);
});

test('the same run gives the same page, whatever order its checks ended in', () => {
  assert.is(evidencePage(['a', 'b'], [...rows].reverse(), circumstances), page);
});

test('versions, date and figures are no drift', () => {
  const other = [...change('a cut of 4 minutes loses nothing', { what: 'a cut of 5 minutes loses nothing', said: 'caught up 9 s after' })];
  assert.equal(drift(page, rows), []);
  assert.equal(drift(page, other), []);
  assert.equal(drift(evidencePage(['a', 'b'], rows, { ...circumstances, date: '2027-01-01', programs: [] }), rows), []);
});

test('a check that vanished, that is new, that ended otherwise is drift', () => {
  assert.equal(drift(page, rows.slice(0, 2)), ['a: Alertmanager: was not run, is gone']);
  assert.equal(drift(page, [...rows, { stage: 'b', outcome: 'ok', what: 'more', said: '' }]), ['b: more: is new (ok)']);
  assert.equal(drift(page, change('Alertmanager', { outcome: 'FAILED' })), ['a: Alertmanager: was not run, is FAILED']);
  assert.equal(drift(page, change('one | other', { outcome: 'not run' })), ['a: one | other: was ok, is not run']);
});

test('only the stages that ran are compared', () => {
  assert.equal(drift(page, rows.slice(0, 1)), []);
  assert.equal(drift(page, [...rows.slice(0, 1), { stage: 'a', outcome: 'not run', what: 'the stage', said: 'no program' }]), []);
});

test.run();
