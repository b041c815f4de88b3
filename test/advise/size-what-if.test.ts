import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddition, withAdditions } from '../../scripts/advise/size/what-if.ts';
import { aCentre, aFleet, allOptions, anEdge, compiledFleet } from '../support/fleet.ts';

const { inventory } = compiledFleet(allOptions({ regions: ['kr', 'eu'], rings: ['canary', 'stable'] }));

test('what is said is read, and what is not has a default', () => {
  assert.equal(parseAddition('add=500,region=eu,option=prometheus-agent,nodes=3', inventory), {
    add: 500,
    region: 'eu',
    option: 'prometheus-agent',
    nodes: 3,
    replicas: 1,
  });
  assert.equal(parseAddition(' add = 1 , region=eu, option=thanos-sidecar, replicas=2, ring=canary, pods=9, containers=12', inventory), {
    add: 1,
    region: 'eu',
    option: 'thanos-sidecar',
    nodes: 1,
    replicas: 2,
    ring: 'canary',
    pods: 9,
    containers: 12,
  });
});

for (const [text, says] of [
  ['', /"" is not one of add, region/],
  ['add=5,optoin=x', /"optoin" is not one of .*Did you mean "option"/],
  ['add=5', /option is missing/],
  ['option=remote-scrape,region=eu', /add=COUNT is missing/],
  ['add=0,region=eu,option=remote-scrape', /add is a whole number from 1 to 100000, not "0"/],
  ['add=1.5,region=eu,option=remote-scrape', /not "1\.5"/],
  ['add=1e9,region=eu,option=remote-scrape', /add is a whole number/],
  ['add=5,region=eu,option=prometheus-agnet', /"prometheus-agnet" is not an option\. Did you mean "prometheus-agent"/],
  ['add=5,option=remote-scrape', /region is missing: one of kr, eu, or a new one/],
  ['add=5,region=EU,option=remote-scrape', /"EU" cannot be a region/],
  ['add=5,region=eu,ring=canari,option=remote-scrape', /"canari" is not a ring of the fleet\. Did you mean "canary"/],
  ['add=5,region=eu,option=prometheus-agent,replicas=2', /replicas is for thanos-sidecar/],
  ['add=5,add=6,region=eu,option=remote-scrape', /add is there twice/],
  ['add,region=eu', /"add" is not add=VALUE/],
  ['add=5=6,region=eu', /"add=5=6" is not add=VALUE/],
  ['add=x,region=EU,option=y', /whole number.*not an option.*cannot be a region/],
] as const)
  test(`refused: ${text || 'nothing'}`, () => {
    const problem = parseAddition(text, inventory);
    assert.type(problem, 'string');
    assert.match(String(problem), says);
  });

test('a fleet with one region needs no region', () => {
  const only = compiledFleet(allOptions()).inventory;
  assert.is((parseAddition('add=1,option=remote-scrape', only) as { region: string }).region, 'kr');
});

test('edges are added, what is assumed is said, and the inventory stays as it is', () => {
  const bare = compiledFleet(aFleet([aCentre({ receive: undefined }), anEdge('one', 'remote-scrape', 10)])).inventory;
  const { inventory: imagined, assumed } = withAdditions(bare, [
    { add: 3, region: 'eu', option: 'prometheus-agent', nodes: 2, replicas: 1 },
  ]);
  assert.is(imagined.edges.length, 4);
  assert.is(bare.edges.length, 1);
  assert.is(bare.central.receive, undefined);
  assert.is(imagined.central.receive?.replicationFactor, 3);
  assert.is(assumed.length, 2);
  assert.match(assumed.join(' '), /"eu" becomes a region.*The centre gets Receive/);
});

test.run();
