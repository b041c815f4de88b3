import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aCentre, aFleet, anEdge, compiledFleet } from '../support/fleet.ts';

const edges = (count: number, option: string) => Array.from({ length: count }, (_, i) => anEdge(`edge-${i}`, option, 2 * i));
const own = 'overlays/kr/centre/';
const filesOf = (tree: ReadonlyMap<string, string>) =>
  [...tree.keys()].filter((path) => path.startsWith(own)).map((path) => path.slice(own.length));

test('a small centre is one overlay, with a file for each bucket of edges', () => {
  const { tree } = compiledFleet(aFleet([aCentre(), ...edges(3, 'remote-scrape')]));
  const files = filesOf(tree);
  assert.equal(
    files.filter((file) => !file.startsWith('edges/')),
    ['kustomization.yaml', 'query-endpoints.yaml', 'secrets.yaml'],
  );
  assert.ok(files.filter((file) => /^edges\/[01][0-9a-f]\.yaml$/.test(file)).length >= 1);
  assert.is(files.filter((file) => file.endsWith('kustomization.yaml')).length, 1);
});

test('a centre that would hold more than 300 objects has an overlay for each bucket, and each holds fewer', () => {
  const { tree, rendered } = compiledFleet(aFleet([aCentre(), ...edges(80, 'remote-scrape')]));
  const overlays = filesOf(tree).filter((file) => file.endsWith('kustomization.yaml'));
  assert.ok(overlays.length > 10);
  for (const [name, resources] of rendered) assert.ok(resources.length > 0 && resources.length <= 300, `${name}: ${resources.length}`);
  assert.is([...rendered.keys()].filter((name) => name.startsWith('centre')).length, overlays.length);
});

test('a centre is divided when the inventory says so, however small', () => {
  const { tree } = compiledFleet(aFleet([aCentre({ applications: 'per-bucket' }), ...edges(1, 'remote-scrape')]));
  assert.is(filesOf(tree).filter((file) => file.endsWith('kustomization.yaml')).length, 2);
});

test('beyond a hundred sidecars no file lists them all: each is in the file of its bucket', () => {
  const { tree } = compiledFleet(aFleet([aCentre(), ...edges(101, 'thanos-sidecar')]));
  const listing = filesOf(tree).map((file) => [file, (tree.get(`${own}${file}`)?.match(/server_name: /g) ?? []).length] as const);
  assert.is(
    listing.reduce((sum, [, count]) => sum + count, 0),
    101,
  );
  assert.is(listing.find(([file]) => file === 'query-endpoints.yaml')?.[1], 0);
  assert.ok(Math.max(...listing.map(([, count]) => count)) < 12);
});

test.run();
