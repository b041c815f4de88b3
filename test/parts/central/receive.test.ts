import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../../scripts/kustomize/yaml.ts';
import { hashrings } from '../../../scripts/telemetry/hashring.ts';
import { agent, argsOf, everyOption, find, inventoryOf, partsOf, remote, resourcesOf, versions, type Yaml } from './example.ts';

const resources = resourcesOf(everyOption);
const router = argsOf(resources, 'Deployment', 'receive-router');
const ingestor = argsOf(resources, 'StatefulSet', 'receive-ingestor');
const flag = (args: readonly string[], name: string): string | undefined =>
  args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

test('G26 router: ketama over the hashring file, an odd replication factor of three or more, a label', () => {
  assert.is(router[0], 'receive');
  assert.is(flag(router, 'receive.hashrings-file'), '/etc/thanos/hashring/hashrings.json');
  assert.is(flag(router, 'receive.hashrings-algorithm'), 'ketama');
  assert.is(flag(router, 'receive.replication-factor'), '3');
  assert.is(flag(router, 'label'), 'receive_role="router"');
});

test('G26 router: mutual TLS, and the tenant from the certificate', () => {
  for (const [name, file] of [
    ['cert', 'tls.crt'],
    ['key', 'tls.key'],
    ['client-ca', 'ca.crt'],
  ])
    assert.is(flag(router, `remote-write.server-tls-${name}`), `/etc/thanos/tls/${file}`);
  assert.is(flag(router, 'receive.tenant-certificate-field'), 'commonName');
  const { secrets } = partsOf(everyOption).find(({ name }) => name === 'receive-router') as Yaml;
  assert.equal(
    secrets.map(({ name, keys }: Yaml) => [name, keys]),
    [['receive-router-tls', ['ca.crt', 'tls.crt', 'tls.key']]],
  );
});

test('no Receive opens the second way to write, which asks for no certificate, to others', () => {
  for (const args of [router, ingestor]) assert.is(flag(args, 'receive.capnproto-address'), '127.0.0.1:19391');
});

test('G26 router: it neither stores nor is one of the ring', () => {
  for (const arg of router) assert.not.match(arg, /^--(receive\.local-endpoint|objstore|tsdb)/);
});

test('a router of a Thanos that writes to ./data gets a place to write', () => {
  const [part] = partsOf(inventoryOf([agent()]), { ...versions, thanos: '0.41.0' }).filter(({ name }) => name === 'receive-router');
  const { containers, volumes } = find(part?.resources ?? [], 'Deployment', 'receive-router').spec.template.spec;
  assert.ok(containers[0].volumeMounts.some(({ mountPath }: Yaml) => mountPath === '/data'));
  assert.ok(volumes.some(({ name, emptyDir }: Yaml) => name === 'data' && emptyDir !== undefined));
  assert.not.ok(find(resources, 'Deployment', 'receive-router').spec.template.spec.volumes.some(({ name }: Yaml) => name === 'data'));
});

test('G27 ingestor: no hashring, no replication, its own replica label, the tenant as cluster', () => {
  for (const arg of ingestor) assert.not.match(arg, /^--receive\.(hashrings|replication-factor|local-endpoint)/);
  assert.match(flag(ingestor, 'label') ?? '', /^[a-z_]+="\$\(POD_NAME\)"$/);
  const [{ env }] = find(resources, 'StatefulSet', 'receive-ingestor').spec.template.spec.containers;
  assert.equal(env, [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]);
  assert.is(flag(ingestor, 'receive.tenant-label-name'), 'cluster');
});

test('G27 ingestor: keeps blocks for two days, and uploads them', () => {
  assert.is(flag(ingestor, 'tsdb.retention'), '48h');
  assert.is(flag(ingestor, 'objstore.config-file'), '/etc/thanos/objstore/objstore.yml');
  const [{ volumeMounts }] = find(resources, 'StatefulSet', 'receive-ingestor').spec.template.spec.containers;
  assert.ok(volumeMounts.some(({ mountPath }: Yaml) => mountPath === flag(ingestor, 'tsdb.path')));
});

test('an ingestor takes remote write from nobody but itself', () => {
  assert.is(flag(ingestor, 'remote-write.address'), '127.0.0.1:19291');
});

test('G28 the hashring has every ingestor and nothing else, under its governing Service', () => {
  const [{ endpoints }] = JSON.parse(find(resources, 'ConfigMap', 'receive-hashrings').data['hashrings.json']);
  const { metadata, spec } = find(resources, 'StatefulSet', 'receive-ingestor');
  const service = find(resources, 'Service', spec.serviceName);
  assert.is(service.spec.clusterIP, 'None');
  assert.is(service.spec.publishNotReadyAddresses, true);
  assert.equal(
    service.spec.ports.map(({ name, port }: Yaml) => [name, port]),
    [['grpc', 10901]],
  );
  assert.equal(
    endpoints,
    [0, 1, 2, 3].map((i) => `${metadata.name}-${i}.${spec.serviceName}.metrics-central.svc.cluster.local:10901`),
  );
  assert.is(endpoints.length, spec.replicas);
  assert.ok(endpoints.length >= Number(flag(router, 'receive.replication-factor')));
});

test('a larger hashring keeps the addresses of the smaller', () => {
  const of = (replicas: number) => hashrings({ name: 'receive-ingestor', namespace: 'metrics-central', replicas })[0]?.endpoints ?? [];
  assert.equal(of(6).slice(0, 4), of(4));
});

test('G30 ingestors leave one at a time, with time to upload', () => {
  assert.is(find(resources, 'PodDisruptionBudget', 'receive-ingestor').spec.maxUnavailable, 1);
  assert.is(find(resources, 'StatefulSet', 'receive-ingestor').spec.template.spec.terminationGracePeriodSeconds, 900);
});

test('remote write is open to edges, on the port of the URL that they are given', () => {
  const port = (url: string) =>
    find(
      resourcesOf(inventoryOf([agent()], { receive: { ...(everyOption.central.receive as NonNullable<Yaml>), url } })),
      'Service',
      'receive-router',
    ).spec.ports[0];
  assert.equal(port('https://receive.example:19291/api/v1/receive'), { name: 'remote-write', port: 19291, targetPort: 'remote-write' });
  assert.is(port('https://receive.example/api/v1/receive').port, 443);
  const [rule] = find(resources, 'NetworkPolicy', 'receive-router').spec.ingress;
  assert.equal(rule, { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 19291 }] });
  assert.is(find(resources, 'Service', 'receive-router').spec.externalTrafficPolicy, 'Local');
});

test('limits stop a runaway edge with an answer that its agent tries again after', () => {
  const [limits] = parseYaml(find(resources, 'ConfigMap', 'receive-limits').data['limits.yaml']) as Yaml[];
  // At least 262,144 series, in three copies.
  assert.is(limits.write.default.head_series_limit, 3 * 262_144);
  assert.is(limits.write.global.meta_monitoring_url, 'http://prometheus-operated.metrics-central.svc:9090');
});

test('one more small edge changes neither limits nor memory', () => {
  const several = (n: number) => resourcesOf(inventoryOf(Array.from({ length: n }, (_, i) => agent(`agent-${i}`))));
  for (const [kind, name] of [
    ['ConfigMap', 'receive-limits'],
    ['StatefulSet', 'receive-ingestor'],
    ['Deployment', 'receive-router'],
  ] as const)
    assert.equal(find(several(3), kind, name), find(several(4), kind, name));
});

test('an ingestor has the memory for its share of all copies', () => {
  const memory = (n: number) =>
    find(resourcesOf(inventoryOf(Array.from({ length: n }, (_, i) => agent(`agent-${i}`)))), 'StatefulSet', 'receive-ingestor').spec
      .template.spec.containers[0].resources;
  assert.equal(memory(1), { requests: { cpu: '50m', memory: '1536Mi' }, limits: { memory: '3Gi' } });
  // 100 edges of 7,400 series, three copies on four ingestors: 2.8 GB at 5 kB; 0.8 GB for the tenants, and 1.1 GB whatever there is.
  assert.equal(memory(100), { requests: { cpu: '300m', memory: '6Gi' }, limits: { memory: '12Gi' } });
});

test('ingestors and routers grow with the edges; with many tenants each is on some ingestors only', () => {
  const receive = (n: number) => {
    const all = resourcesOf(inventoryOf(Array.from({ length: n }, (_, i) => agent(`agent-${i}`))));
    const [ring] = JSON.parse(find(all, 'ConfigMap', 'receive-hashrings').data['hashrings.json']);
    const replicas = find(all, 'StatefulSet', 'receive-ingestor').spec.replicas;
    assert.is(ring.endpoints.length, replicas);
    return { replicas, routers: find(all, 'Deployment', 'receive-router').spec.replicas, sharding: ring.shuffle_sharding_config };
  };
  assert.equal(receive(1), { replicas: 4, routers: 2, sharding: undefined });
  assert.is(receive(150).sharding, undefined);
  assert.equal(receive(400).sharding, { shard_size: 4, cache_size: 512 });
  const { replicas, routers, sharding } = receive(1_000);
  assert.ok(replicas > 4 && routers === 2);
  // As many as there are copies, and one; a router remembers the ring of each of the 1,000.
  assert.equal(sharding, { shard_size: 4, cache_size: 1_024 });
  assert.ok(receive(3_000).routers > 2);
});

test('without an edge that writes there is no Receive', () => {
  assert.not.ok(resourcesOf(inventoryOf([remote()])).some(({ metadata }) => metadata.name.startsWith('receive-')));
});

test.run();
