import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerVersion } from '../scripts/compiler-version.ts';

test("the version in a commit's trailers is that of package.json", () => {
  assert.is(compilerVersion, (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version);
});

test.run();
