import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agent, argsOf, everyOption, find, inventoryOf, partsOf, remote, resourcesOf, sidecar } from './example.ts';

test('G36 there is one Compactor, and never a second beside it', () => {
  const compactors = resourcesOf(everyOption).filter((resource) => JSON.stringify(resource).includes('"compact"'));
  assert.is(compactors.length, 1);
  const { spec } = find(resourcesOf(everyOption), 'StatefulSet', 'compactor');
  assert.is(spec.replicas, 1);
});

test('G36 the Compactor merges the copies of Receive and no others', () => {
  const labels = (edges: Parameters<typeof inventoryOf>[0]) =>
    argsOf(resourcesOf(inventoryOf(edges)), 'StatefulSet', 'compactor').filter((arg) => arg.startsWith('--deduplication.'));
  assert.equal(labels([agent(), remote()]), ['--deduplication.replica-label=receive_replica']);
  assert.equal(labels([remote(), sidecar()]), []);
});

test('the Compactor keeps what the inventory says, and deletes two days late', () => {
  const args = argsOf(
    resourcesOf(inventoryOf([], { retention: { raw: '10d', fiveMinutes: '20d', oneHour: '30d' } })),
    'StatefulSet',
    'compactor',
  );
  for (const wanted of [
    '--retention.resolution-raw=10d',
    '--retention.resolution-5m=20d',
    '--retention.resolution-1h=30d',
    '--delete-delay=48h',
    '--wait',
  ])
    assert.ok(args.includes(wanted), wanted);
});

test('G37 whichever options are in use, the bucket has a Store Gateway', () => {
  for (const edges of [[], [remote()], [agent()], [sidecar()]]) {
    const resources = resourcesOf(inventoryOf(edges));
    assert.ok(argsOf(resources, 'StatefulSet', 'store-gateway').includes('--objstore.config-file=/etc/thanos/objstore/objstore.yml'));
    assert.is(find(resources, 'Service', 'store-gateway').spec.clusterIP, 'None');
  }
});

test('scratch volumes are of the class that the inventory names, or of the default class, and as large as it says', () => {
  const claim = (storage: { class?: string; compactor?: string }, name = 'store-gateway') =>
    find(resourcesOf(inventoryOf([], { storage })), 'StatefulSet', name).spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec;
  assert.is(claim({ class: 'longhorn' }).storageClassName, 'longhorn');
  assert.not.ok('storageClassName' in claim({}));
  assert.is(claim({ compactor: '200Gi' }, 'compactor').resources.requests.storage, '200Gi');
  assert.is(claim({}, 'compactor').resources.requests.storage, '16Gi');
});

test('volumes of the Store Gateway and the Compactor grow with the fleet, in place: no claim of a StatefulSet, which could not change', () => {
  const sizes = (edges: Parameters<typeof inventoryOf>[0]) =>
    ['store-gateway', 'compactor'].map((name) => {
      const { spec } = find(resourcesOf(inventoryOf(edges)), 'StatefulSet', name);
      assert.is(spec.volumeClaimTemplates, undefined);
      return Number.parseInt(spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests.storage, 10);
    });
  const [store = 0, compactor = 0] = sizes([agent()]);
  const [largerStore = 0] = sizes(Array.from({ length: 300 }, (_, i) => agent(`agent-${i}`)));
  const [, largerCompactor = 0] = sizes(Array.from({ length: 100 }, (_, i) => remote(`remote-${i}`)));
  assert.ok(largerStore > store && largerCompactor > compactor);
});

test('the parts that open the bucket, and no others, ask for its Secret', () => {
  const asking = partsOf(everyOption)
    .filter(({ secrets }) => secrets.some(({ name, keys }) => name === 'thanos-objstore' && keys[0] === 'objstore.yml'))
    .map(({ name }) => name);
  assert.equal(asking, ['prometheus', 'store-gateway', 'compactor', 'ruler', 'receive-ingestor']);
});

test.run();
