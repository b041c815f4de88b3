import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet, objectOf, objectsOf } from '../support/fleet.ts';

interface ScrapeConfig {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly jobName: string;
    readonly staticConfigs: readonly { readonly targets: readonly string[] }[];
    readonly authorization?: { readonly credentials: { readonly name: string; readonly key: string } };
    readonly tlsConfig: { readonly insecureSkipVerify?: boolean; readonly ca?: unknown; readonly cert?: unknown };
  };
}

const fleetOf = (...edges: readonly Readonly<Record<string, unknown>>[]): CompiledFleet => compiledFleet(aFleet([aCentre(), ...edges]));
const scrapeConfigs = (fleet: CompiledFleet) => objectsOf<ScrapeConfig>(fleet, 'centre', 'ScrapeConfig');
const shared = { settings: { credentials: { secretName: 'shared' } } };

test('an edge with a Secret of its own has four ScrapeConfigs of its own', () => {
  assert.equal(
    scrapeConfigs(fleetOf(anEdge('a', 'remote-scrape', 1), anEdge('b', 'remote-scrape', 3)))
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['a', 'b'].flatMap((edge) => ['cadvisor', 'kube-state-metrics', 'kubelet', 'node-exporter'].map((job) => `${edge}-${job}`)),
  );
});

test('edges of one bucket that share a Secret share their ScrapeConfigs', () => {
  const names = ['edge-0', 'edge-1', 'edge-2', 'edge-3', 'edge-4', 'edge-5', 'edge-6', 'edge-7', 'edge-8', 'edge-9', 'edge-10', 'edge-11'];
  const fleet = fleetOf(...names.map((name, i) => anEdge(name, 'remote-scrape', 2 * i + 1, shared)));
  const nodeTargets = scrapeConfigs(fleet)
    .filter(({ spec }) => spec.jobName === 'node-exporter')
    .map(({ spec }) => spec.staticConfigs.length);
  assert.is(
    nodeTargets.reduce((sum, count) => sum + count),
    24,
  );
  assert.ok(nodeTargets.length < names.length, 'no two of them share a bucket');
});

test('a ScrapeConfig has at most 800 targets', () => {
  const nodes = Array.from({ length: 700 }, (_, i) => ({ name: `n${i}`, address: `10.0.${i >> 8}.${i & 255}` }));
  const more = nodes.map(({ name, address }) => ({ name, address: address.replace('10.0', '10.9') }));
  // `edge-3` and `edge-34` share a bucket.
  const fleet = fleetOf(
    anEdge('edge-3', 'remote-scrape', 1, { ...shared, nodes }),
    ...Array.from({ length: 40 }, (_, i) => `other-${i}`)
      .slice(0, 1)
      .map((name) => anEdge(name, 'remote-scrape', 1, { ...shared, nodes: more })),
  );
  const sizes = scrapeConfigs(fleet).map(({ spec }) => spec.staticConfigs.length);
  assert.ok(Math.max(...sizes) <= 800);
  assert.is(
    sizes.reduce((sum, size) => sum + size),
    2 * 3 * 700 + 2,
  );
});

test('a kubelet is shown a client certificate, or a token where the edge says so', () => {
  const fleet = fleetOf(
    anEdge('certificate', 'remote-scrape', 1),
    anEdge('token', 'remote-scrape', 3, { settings: { credentials: { kubelet: 'token' } } }),
  );
  const certificate = objectOf<ScrapeConfig>(fleet, 'centre', 'ScrapeConfig', 'certificate-kubelet').spec;
  assert.is(certificate.authorization, undefined);
  assert.equal(certificate.tlsConfig.cert, { secret: { name: 'scrape-certificate', key: 'kubelet.crt' } });
  const token = objectOf<ScrapeConfig>(fleet, 'centre', 'ScrapeConfig', 'token-kubelet').spec;
  assert.equal(token.authorization, { credentials: { name: 'scrape-token', key: 'kubelet-token' } });
  assert.is(token.tlsConfig.cert, undefined);
  objectOf(fleet, 'token', 'Secret', 'central-scraper-token');
});

test('verification is skipped for the kubelets of an edge that says so, and for nothing else', () => {
  const fleet = fleetOf(anEdge('unsafe', 'remote-scrape', 1, { kubelet: { unsafeSkipVerify: true } }), anEdge('safe', 'remote-scrape', 3));
  assert.equal(
    scrapeConfigs(fleet)
      .filter(({ spec }) => spec.tlsConfig.insecureSkipVerify === true)
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['unsafe-cadvisor', 'unsafe-kubelet'],
  );
});

test('kube-state-metrics is reached at the node that the edge names', () => {
  const fleet = fleetOf(anEdge('a', 'remote-scrape', 1, { settings: { kubeStateMetrics: { node: 'a-b' } } }));
  assert.equal(objectOf<ScrapeConfig>(fleet, 'centre', 'ScrapeConfig', 'a-kube-state-metrics').spec.staticConfigs[0]?.targets, [
    '192.0.2.2:30443',
  ]);
});

test('in service-monitor mode edges with different credentials are refused, with both places', () => {
  const { sourced } = checkSources(
    aFleet([aCentre({ prometheus: { mode: 'service-monitor' } }), anEdge('a', 'remote-scrape', 1), anEdge('b', 'remote-scrape', 3)]),
  );
  if (sourced === undefined) throw new Error('the fleet is invalid');
  const [found, ...others] = compile(sourced).diagnostics.filter(({ severity }) => severity === 'error');
  assert.is(others.length, 0);
  assert.is(found?.code, 'remote-scrape/credentials-differ');
  assert.is(found?.span?.file, 'clusters/b.ts');
  assert.is(found?.related?.[0]?.span.file, 'clusters/a.ts');
});

test.run();
