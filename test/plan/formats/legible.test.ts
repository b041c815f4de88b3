import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clip, legible } from '../../../scripts/plan/formats/legible.ts';
import { nothing, small } from './reports.ts';

test('what hides is shown by its number, and every text but a diff is one line', () => {
  const report = legible({ ...nothing(), fleet: ' a\n b\u001b[31m\u202e\ud800\u00ad\u{e0041}c\t' });
  assert.is(report.fleet, 'a b\\u{1b}[31m\\u{202e}\\u{d800}\\u{ad}\\u{e0041}c');
});

test('a diff keeps its lines, and its carriage returns are seen', () => {
  const report = structuredClone(small());
  const [change] = report.classes[0]?.changes ?? [];
  if (change !== undefined) change.diff = '-a\r\n+\ta\n';
  assert.is(legible(report).classes[0]?.changes[0]?.diff, '-a\\u{d}\n+\ta\n');
});

test('an ordinary report stays as it is, letters of all the world and emoji with it', () => {
  const report = { ...small(), fleet: '서울 – zürich 👩‍💻' };
  assert.equal(legible(report), report);
});

test('a clipped text has no half of a character', () => {
  assert.is(clip('abc', 3), 'abc');
  assert.is(clip('abcd', 3), 'ab…');
  assert.is(clip('a😀bc', 3), 'a…');
});

test.run();
