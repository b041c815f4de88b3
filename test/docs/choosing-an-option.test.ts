import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Recommendation, recommend } from '../../scripts/advise/recommend-edge.ts';
import { optionNames, thresholds } from '../../scripts/advise/rules.ts';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { readSources } from '../../scripts/inventory/read.ts';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';

/** Where tsc put the compiler of these tests. */
const built = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync('docs/choosing-an-option.md', 'utf8');

test('what the page, the chart and the README quote is what the commands print now: if not, npm run docs', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['docs/choosing-an-option/build.mjs', '--check', '--built', built], {
    encoding: 'utf8',
  });
  assert.is(stdout + stderr, '');
  assert.is(status, 0);
});

for (const [fleet, edges] of [
  ['bad-network', 12],
  ['autonomous', 60],
] as const)
  test(`the example ${fleet} compiles without a word, and each edge is on the option that is advised`, () => {
    const { sources, diagnostics: found } = readSources(`docs/choosing-an-option/${fleet}`);
    const { sourced, inventory, diagnostics } = checkSources(sources, found);
    assert.ok(sourced && inventory, JSON.stringify(diagnostics));
    assert.equal([...diagnostics, ...compile(sourced).diagnostics], []);
    assert.is(inventory.edges.length, edges);
    for (const { clusters, option, ranked } of recommend(inventory.edges, inventory)) assert.is(ranked[0]?.option, option, clusters[0]);
  });

function advised(sources: ReadonlyMap<string, string>): Recommendation {
  const { inventory, diagnostics } = checkSources(sources);
  const [first] = inventory === undefined ? [] : recommend(inventory.edges.slice(0, 1), inventory);
  assert.ok(first, JSON.stringify(diagnostics));
  return first;
}

const anyEdge = (change: Readonly<Record<string, unknown>>, option = 'prometheus-agent') =>
  aFleet([aCentre(), anEdge('a', option, 10, change)]);
const crowd = aFleet([
  aCentre(),
  ...Array.from({ length: thresholds.scraped + 1 }, (_, i) =>
    anEdge(`a${i}`, 'remote-scrape', 10, { nodes: [{ name: `a${i}`, address: `192.0.2.${i + 10}` }] }),
  ),
]);

for (const [path, sources, option] of [
  ['nobody can connect', anyEdge({ network: { ingress: 'none' }, delivery: 'agent' }), 'prometheus-agent'],
  ['a cut longer than the agent bridges', anyEdge({ network: { maxOffline: '1d' } }, 'thanos-sidecar'), 'thanos-sidecar'],
  ['alerts on the edge itself', anyEdge({ localAlerts: true }), 'thanos-sidecar'],
  ['no gap in a short cut', anyEdge({ network: { maxOffline: '1h' } }), 'prometheus-agent'],
  ['a line that is cut often', anyEdge({ network: { stability: 'unstable' } }), 'prometheus-agent'],
  ['more edges than one centre scrapes', crowd, 'prometheus-agent'],
  ['none of these', anyEdge({}), 'remote-scrape'],
] as const)
  test(`the diagram of the page and the rules agree: ${path}`, () => {
    assert.is(advised(sources).ranked[0]?.option, option);
  });

test('what the page says of costs in words: which option takes least and most, at every size of the chart', () => {
  for (const nodes of [1, 3, 10, 30]) {
    const pairs = optionNames.flatMap((option, i) =>
      [0, 1].map((j) =>
        anEdge(`${option}-${j}`, option, 0, {
          nodes: Array.from({ length: nodes }, (_, k) => ({ name: `n${k}`, address: `10.${i}.${j}.${k + 1}` })),
        }),
      ),
    );
    const { sizes, centre } = advised(aFleet([aCentre(), ...pairs]));
    const order = (of: (option: (typeof optionNames)[number]) => number) => [...optionNames].sort((a, b) => of(a) - of(b));
    assert.equal(
      order((option) => sizes[option].memory.value.middle),
      ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'],
      `edge, ${nodes}`,
    );
    assert.is(order((option) => sizes[option].sent.value.middle)[0], 'thanos-sidecar', `line, ${nodes}`);
    assert.equal(
      order((option) => centre[option].memory.value.middle),
      ['thanos-sidecar', 'remote-scrape', 'prometheus-agent'],
      `centre, ${nodes}`,
    );
  }
});

test('every link of the page leads to something', () => {
  for (const [, target] of page.matchAll(/\]\(((?!https?:|#)[^)\s]+)\)/g)) assert.ok(existsSync(`docs/${target}`), target);
});

test.run();
