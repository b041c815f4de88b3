import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSources } from '../scripts/inventory/read.ts';
import { compileApart, type Surroundings } from './support/built-cli.ts';
import { mixedFleet } from './support/mixed-fleet.ts';

/** The same fleet in another place, in another land, and made the other way round. */
const seoul: Surroundings = { env: { TZ: 'Asia/Seoul', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }, folder: 'İstanbul & co/a b/fleet' };
const losAngeles: Surroundings = {
  env: { TZ: 'America/Los_Angeles', LANG: 'C', LC_ALL: 'C', NO_COLOR: '1' },
  folder: 'f',
  order: (paths) => paths.toReversed(),
};

for (const [name, sources] of [
  ['the fleet of this repository', readSources('.').sources],
  ['a fleet of every option', mixedFleet(30)],
] as const)
  test(`${name} compiles to the same bytes in another folder, time zone, locale and order of files`, () => {
    const [one, other] = [compileApart(sources, seoul), compileApart(sources, losAngeles)];
    assert.equal([...one.files.keys()], [...other.files.keys()]);
    for (const [path, text] of one.files) assert.is(text, other.files.get(path), path);
    assert.is(one.hash, other.hash);
    assert.is(one.stdout, other.stdout);
    assert.ok(one.files.size > 40, `only ${one.files.size} files`);
  });

test('clusters in one list or in a file each make the same bytes', () => {
  const sources = mixedFleet(9);
  const edges = [...sources].filter(([path]) => path.startsWith('clusters/edge-')).reverse();
  const others = [...sources].filter(([path]) => !path.startsWith('clusters/edge-'));
  const list = `export default [\n${edges.map(([, text]) => text.replace('export default ', '').replace(/;\n$/, '')).join(',\n')}];\n`;
  assert.is(compileApart(new Map([...others, ['clusters/all.ts', list]])).hash, compileApart(sources).hash);
});

test('the surroundings of these tests reach the process that compiles', () => {
  const told = ({ env = {} }: Surroundings) =>
    spawnSync(process.execPath, ['-p', 'Intl.DateTimeFormat().resolvedOptions().locale + new Date(0).getTimezoneOffset()'], {
      encoding: 'utf8',
      env: { ...env },
    }).stdout.trim();
  assert.is(told(seoul), 'tr-TR-540');
  assert.is(told(losAngeles), 'en-US480');
});

test.run();
