import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Inventory } from '../../../scripts/inventory/inventory.ts';
import { parseYaml } from '../../../scripts/kustomize/yaml.ts';
import type { Endpoint } from '../../../scripts/parts/central/query-endpoints.ts';
import { leafEndpoints, queryEndpoints } from '../../../scripts/parts/central/query-endpoints.ts';
import { bucketOf } from '../../../scripts/rollout/buckets.ts';
import { agent, argsOf, everyOption, find, inventoryOf, partsOf, remote, resourcesOf, sidecar, type Yaml } from './example.ts';

const endpoint = (cluster: string): Endpoint => ({ cluster, address: '192.0.2.1:30901', serverName: `thanos-sidecar.${cluster}` });

/** Query's own file and the leaves', as the centre's overlay asks for them: bucket by bucket. */
const everyFile = (inventory: Inventory, endpoints: readonly Endpoint[]) => [
  ...queryEndpoints(inventory, endpoints),
  ...[...new Set(endpoints.map(({ cluster }) => bucketOf(cluster)))].sort().flatMap((bucket) =>
    leafEndpoints(
      inventory,
      bucket,
      endpoints.filter(({ cluster }) => bucketOf(cluster) === bucket),
    ),
  ),
];

const fileOf = (inventory: Inventory, endpoints: readonly Endpoint[], name = 'query-endpoints'): Yaml => {
  const [file] = parseYaml(find(everyFile(inventory, endpoints), 'ConfigMap', name).data['endpoints.yaml']);
  return file;
};

const wayToEdges = (inventory: Inventory): Yaml =>
  find(
    queryEndpoints(
      inventory,
      inventory.edges.map(({ name }) => endpoint(name)),
    ),
    'NetworkPolicy',
    'query-to-edges',
  );

const addresses = (file: Yaml): readonly string[] => file.endpoints.map(({ address }: Yaml) => address);

const inCentre = (...services: readonly string[]) => services.map((service) => `dnssrv+_grpc._tcp.${service}.metrics-central.svc`);

test('G16 Query knows every label in which copies differ', () => {
  const labels = argsOf(resourcesOf(everyOption), 'Deployment', 'query').flatMap(
    (arg) => arg.match(/^--query\.replica-label=(.*)$/)?.[1] ?? [],
  );
  // The last is what the operator adds to every Ruler, beside ours.
  assert.equal(labels, ['prometheus_replica', 'receive_replica', 'rule_replica', 'thanos_ruler_replica']);
});

test('G16 the list of replica labels does not depend on the options in use', () => {
  const of = (inventory: Inventory) => argsOf(resourcesOf(inventory), 'Deployment', 'query');
  assert.equal(of(inventoryOf([remote()])), of(everyOption));
});

test('G35 Query finds stores by its file alone, read anew every minute', () => {
  const args = argsOf(resourcesOf(everyOption), 'Deployment', 'query');
  for (const arg of args) assert.not.match(arg, /^--(store|endpoint|endpoint-group|endpoint-strict)=/);
  assert.ok(args.includes('--endpoint.sd-config-file=/etc/thanos/endpoints/endpoints.yaml'));
  assert.ok(args.includes('--endpoint.sd-config-reload-interval=1m'));
  const { containers, volumes } = find(resourcesOf(everyOption), 'Deployment', 'query').spec.template.spec;
  assert.ok(volumes.some(({ configMap }: Yaml) => configMap?.name === 'query-endpoints'));
  // A mount of one file would never see a change.
  for (const mount of containers[0].volumeMounts) assert.is(mount.subPath, undefined);
});

for (const [edges, services] of [
  [[remote()], ['prometheus-operated', 'store-gateway', 'thanos-ruler-operated']],
  [[agent()], ['prometheus-operated', 'receive-ingestor', 'store-gateway', 'thanos-ruler-operated']],
  [[sidecar()], ['prometheus-operated', 'store-gateway', 'thanos-ruler-operated']],
] as const)
  test(`G35 with an edge on ${edges[0].option} the file lists ${services.join(', ')} once each`, () => {
    assert.equal(addresses(fileOf(inventoryOf(edges), [])), inCentre(...services));
  });

test('G35 a sidecar is asked over mutual TLS under the name in its certificate; no entry is strict', () => {
  const file = fileOf(everyOption, [endpoint('sidecar')]);
  assert.equal(file.default_client_config, { tls_config: { enabled: false } });
  assert.equal(file.endpoints.at(-1), {
    address: '192.0.2.1:30901',
    client_config: {
      tls_config: {
        enabled: true,
        ca_file: '/etc/thanos/client-tls/ca.crt',
        cert_file: '/etc/thanos/client-tls/tls.crt',
        key_file: '/etc/thanos/client-tls/tls.key',
      },
      server_name: 'thanos-sidecar.sidecar',
    },
  });
  for (const entry of file.endpoints) assert.is(entry.strict, undefined);
  for (const entry of file.endpoints) if (entry.address.startsWith('dns')) assert.is(entry.client_config, undefined);
});

test('G37 the Ruler is a store that Query asks', () => {
  assert.ok(addresses(fileOf(inventoryOf([]), [])).some((address) => address.includes('thanos-ruler-operated')));
});

test('Query shows a client certificate only where it asks sidecars', () => {
  const secrets = (inventory: Inventory) =>
    partsOf(inventory)
      .find(({ name }) => name === 'query')
      ?.secrets.map(({ name }) => name);
  assert.equal(secrets(inventoryOf([remote(), agent()])), []);
  assert.equal(secrets(everyOption), ['query-client-tls']);
  const mounts = find(resourcesOf(inventoryOf([remote(), agent()])), 'Deployment', 'query').spec.template.spec.volumes;
  assert.equal(
    mounts.map(({ name }: Yaml) => name),
    ['endpoints'],
  );
});

test('Query may connect to the node ports of sidecars on the addresses of edges', () => {
  const egress = wayToEdges(everyOption).spec.egress;
  assert.equal(egress.at(-1), {
    to: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
    ports: [
      { protocol: 'TCP', port: 30901 },
      { protocol: 'TCP', port: 30902 },
    ],
  });
  assert.is(find(resourcesOf(inventoryOf([remote(), agent()])), 'NetworkPolicy', 'query').spec.egress.length, 1);
});

test('an edge that names its own endpoints opens their ports, and not the default ones', () => {
  const inventory = inventoryOf([sidecar('a', ['store.example:443', '[2001:db8::1]:10901']), sidecar('b', ['store-b.example:443'])]);
  assert.equal(wayToEdges(inventory).spec.egress, [
    {
      ports: [
        { protocol: 'TCP', port: 443 },
        { protocol: 'TCP', port: 10901 },
      ],
    },
  ]);
});

const many = (n: number) => inventoryOf(Array.from({ length: n }, (_, i) => sidecar(`edge-${i}`)));

test('up to a hundred sidecars Query asks them all itself', () => {
  const inventory = many(100);
  assert.is(queryEndpoints(inventory, []).length, 1);
  assert.not.ok(partsOf(inventory).some(({ name }) => name === 'query-leaves'));
});

test('beyond a hundred sidecars every one is asked by exactly one leaf, and Query asks the leaves', () => {
  const inventory = many(150);
  const names = inventory.edges.map(({ name }) => name);
  const endpoints = names.map(endpoint);
  assert.equal(
    addresses(fileOf(inventory, endpoints)),
    inCentre('prometheus-operated', 'store-gateway', 'thanos-ruler-operated', 'query-leaf'),
  );
  const files = everyFile(inventory, endpoints)
    .slice(1)
    .filter(({ kind }) => kind === 'ConfigMap');
  const servers: string[] = files.flatMap(({ metadata }) =>
    fileOf(inventory, endpoints, metadata.name).endpoints.map(({ client_config }: Yaml) => client_config.server_name),
  );
  assert.equal(servers.sort(), names.map((name) => `thanos-sidecar.${name}`).sort());
});

test('every leaf has a Deployment of one replica that reads its own file, and no two select the same pods', () => {
  const inventory = many(150);
  const [part] = partsOf(inventory).filter(({ name }) => name === 'query-leaves');
  const leaves = (part?.resources ?? []).filter(({ kind }) => kind === 'Deployment') as Yaml[];
  assert.ok(leaves.length > 1 && leaves.length <= 32);
  assert.equal(
    leaves.map(({ spec }) => spec.template.spec.volumes[0].configMap.name),
    everyFile(
      inventory,
      inventory.edges.map(({ name }) => endpoint(name)),
    )
      .slice(1)
      .filter(({ kind }) => kind === 'ConfigMap')
      .map(({ metadata }) => metadata.name),
  );
  assert.is(new Set(leaves.map(({ spec }) => JSON.stringify(spec.selector))).size, leaves.length);
  for (const { spec } of leaves) assert.is(spec.replicas, 1);
  assert.not.ok(part?.resources.some(({ kind }) => kind === 'PodDisruptionBudget'));
  // The leaves connect to the edges now, so Query needs neither the certificate nor the way out.
  assert.equal(partsOf(inventory).find(({ name }) => name === 'query')?.secrets, []);
});

test('one more edge changes the file of one leaf', () => {
  const files = (n: number) =>
    everyFile(
      many(n),
      many(n).edges.map(({ name }) => endpoint(name)),
    );
  const before = new Set(files(150).map((file) => JSON.stringify(file)));
  assert.is(files(151).filter((file) => !before.has(JSON.stringify(file))).length, 1);
});

test('Query Frontend asks Query, and caches in memory', () => {
  const args = argsOf(resourcesOf(everyOption), 'Deployment', 'query-frontend');
  assert.ok(args.includes('--query-frontend.downstream-url=http://query.metrics-central.svc:10902'));
  const cache = args.find((arg) => arg.startsWith('--query-range.response-cache-config='))?.split('=')[1] ?? '';
  assert.equal(JSON.parse(cache), { type: 'IN-MEMORY', config: { max_size: '512MB', validity: '6h' } });
});

test.run();
