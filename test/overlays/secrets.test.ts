import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueSecrets } from '../../scripts/overlays/secrets.ts';
import { allOptions, compiledFleet, objectOf, objectsOf } from '../support/fleet.ts';

const secret = (name: string, keys: readonly string[], purpose = 'p') => ({ namespace: 'n', name, keys, purpose });

test('a Secret that two parts need is listed once, with the keys and purposes of both', () => {
  assert.equal(uniqueSecrets([secret('b', ['x']), secret('a', ['x']), secret('b', ['x', 'y'], 'q')]), [
    secret('a', ['x']),
    secret('b', ['x', 'y'], 'p q'),
  ]);
});

test('without a secret store a cluster has a list of its Secrets, with keys and purpose', () => {
  const { data } = objectOf<{ data: Record<string, string> }>(compiledFleet(allOptions()), 'agent', 'ConfigMap', 'required-secrets');
  assert.equal(Object.keys(data).sort(), [
    'edge-metrics-host.node-exporter-tls',
    'edge-metrics.kube-state-metrics-tls',
    'edge-metrics.receive-client-tls',
    'edge-metrics.scrape-client-tls',
  ]);
  assert.match(data['edge-metrics.receive-client-tls'] ?? '', /^keys: ca\.crt, tls\.crt, tls\.key\npurpose: .*common name/);
});

test('with a secret store each Secret is an ExternalSecret that reads a path of the cluster alone', () => {
  const fleet = compiledFleet(allOptions({ secretStore: { name: 'vault', keyPrefix: 'edge/metrics' } }));
  const external = objectsOf<{
    metadata: { name: string; namespace: string };
    spec: { data: readonly { secretKey: string; remoteRef: object }[] };
  }>(fleet, 'agent', 'ExternalSecret');
  assert.equal(external.map(({ metadata }) => `${metadata.namespace}.${metadata.name}`).sort(), [
    'edge-metrics-host.node-exporter-tls',
    'edge-metrics.kube-state-metrics-tls',
    'edge-metrics.receive-client-tls',
    'edge-metrics.scrape-client-tls',
  ]);
  const defaults = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };
  for (const { metadata, spec } of external)
    for (const { secretKey, remoteRef } of spec.data)
      assert.equal(remoteRef, { key: `edge/metrics/agent/${metadata.namespace}/${metadata.name}`, property: secretKey, ...defaults });
  assert.is(objectsOf(fleet, 'agent', 'ConfigMap').filter(({ metadata }) => metadata.name === 'required-secrets').length, 0);
});

test.run();
