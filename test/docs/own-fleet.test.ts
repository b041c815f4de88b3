import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';

test('the fleet with which the README lets people begin compiles without a word', () => {
  const [, after = ''] = readFileSync('README.md', 'utf8').split('## Your own fleet\n');
  // A file is named in the sentence before its text.
  const [first = '', ...rest] = (after.split('\n## ')[0] ?? '').split('```ts\n');
  let path = pathIn(first);
  const sources = new Map<string, string>();
  for (const block of rest) {
    const [text = '', next = ''] = block.split('```');
    sources.set(path, text);
    path = pathIn(next);
  }
  assert.equal([...sources.keys()], ['clusters/fleet.ts', 'clusters/centre.ts', 'clusters/edges.ts']);
  const { sourced, inventory, diagnostics } = checkSources(sources);
  assert.equal(diagnostics, []);
  assert.is(inventory?.edges.length, 12);
  assert.equal(sourced && compile(sourced).diagnostics, []);
});

const pathIn = (sentence: string): string => /`(clusters\/[a-z]+\.ts)`/.exec(sentence)?.[1] ?? '';

test.run();
