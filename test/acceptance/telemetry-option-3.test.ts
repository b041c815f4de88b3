import { posix } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { compile } from '../../scripts/compile.ts';
import { hasErrors } from '../../scripts/diagnostic.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { aCentre, aFleet } from '../support/fleet.ts';
import {
  all,
  at,
  bytes,
  type Command,
  type ConfigMap,
  each,
  edgesOn,
  expanded,
  inCentre,
  isAgent,
  listAt,
  matches,
  type NamedFleet,
  type Operated,
  podNames,
  prometheus,
  type Service,
  seconds,
  targetOf,
  thanos,
  within,
} from '../support/manifests.ts';
import { fleets, named, otherVersions, sidecarPair } from './fleets.ts';

const withSidecars = fleets.filter((fleet) => edgesOn(fleet, 'thanos-sidecar').length > 0);

const servers = (of: readonly NamedFleet[]) => prometheus(of).filter((one) => !isAgent(one));

/** The sidecar in the same pods. */
const sidecarOf = ({ fleet, object }: Command): Command | undefined => thanos([fleet], 'sidecar').find((one) => one.object === object);

const atLeast = (image: string, major: number, minor: number): boolean => {
  const [, a = 0, b = 0] = (/:v(\d+)\.(\d+)\./.exec(image) ?? []).map(Number);
  return a > major || (a === major && b >= minor);
};

test('G31 every edge on thanos-sidecar has one Prometheus with a sidecar on the same data', () => {
  assert.ok(withSidecars.length > 5);
  for (const fleet of fleets) {
    assert.equal(
      servers([fleet])
        .map(({ cluster }) => cluster)
        .sort(),
      edgesOn(fleet, 'thanos-sidecar')
        .map(({ name }) => name)
        .sort(),
      fleet.name,
    );
    assert.is(thanos([fleet], 'sidecar').length, edgesOn(fleet, 'thanos-sidecar').length);
  }
  each(servers(withSidecars), (server) => {
    const sidecar = sidecarOf(server);
    if (sidecar === undefined) return 'has no sidecar';
    const paths = [server.flags.get('storage.tsdb.path')?.[0], sidecar.flags.get('tsdb.path')?.[0]].map((path) =>
      posix.normalize(`${path}/`),
    );
    if (paths[0] !== paths[1]) return `writes to ${paths.join(' and its sidecar reads ')}`;
    const volumes = [server, sidecar].map(
      ({ container }) => container.volumeMounts?.find(({ mountPath }) => posix.normalize(`${mountPath}/`) === paths[0])?.name,
    );
    return (volumes[0] === undefined || volumes[0] !== volumes[1]) && 'shares no volume with its sidecar';
  });
});

test('G31 blocks are either never compacted, or not before they are uploaded', () => {
  each(servers(withSidecars), (server) => {
    const sidecar = sidecarOf(server);
    const [min, max, delay] = ['min-block-duration', 'max-block-duration', 'delay-compact-file.path'].map(
      (name) => server.flags.get(`storage.tsdb.${name}`)?.[0],
    );
    const same = min === '2h' && max === '2h';
    const file = posix.join(
      sidecar?.flags.get('tsdb.path')?.[0] ?? 'nowhere',
      sidecar?.flags.get('shipper.meta-file-name')?.[0] ?? 'thanos.shipper.json',
    );
    // Thanos 0.41 takes the flag and compares the paths wrongly: 0.42 is the first that works.
    const delayed =
      delay !== undefined &&
      posix.normalize(delay) === file &&
      atLeast(server.container.image, 3, 9) &&
      atLeast(sidecar?.container.image ?? '', 0, 42);
    if ((min ?? max) !== undefined && !same) return `has blocks of ${min} to ${max}`;
    return same === delayed && `has ${same ? 'both forms' : `none of the two forms (${delay})`}`;
  });
  assert.ok(
    servers([otherVersions]).every(({ flags }) => flags.has('storage.tsdb.min-block-duration')),
    'the older Prometheus takes the other form',
  );
});

test('G31 the central Prometheus leaves the choice to an operator that knows it', () => {
  each(
    all<Operated>(fleets, 'Prometheus'),
    ({ object: { spec } }) => spec.disableCompaction !== undefined && 'chooses itself',
    ({ object: { spec } }) =>
      spec.thanos?.objectStorageConfig === undefined && 'uploads nothing, so that the operator leaves compaction on',
    // The operator decides by the versions that the resource says.
    ({ object: { spec } }) => !(spec.version !== undefined && spec.thanos?.version !== undefined) && 'says no versions',
    ({ object }) => [...within(object)].some(({ path }) => /block-?duration/i.test(path.at(-1) ?? '')) && 'sets the size of blocks',
  );
});

test('G31 nothing encodes floats as xor2', () => {
  each(all(fleets), ({ object }) => /xor2/i.test(JSON.stringify(object)) && 'encodes floats as xor2, which Thanos does not read');
});

/** External labels of all that uploads blocks or is asked by Query, replica by replica. */
const externalLabels = (fleet: NamedFleet): readonly { readonly where: string; readonly labels: Readonly<Record<string, string>> }[] => [
  ...prometheus([fleet]).flatMap((one) =>
    podNames(one.object).map((pod) => ({
      where: `${one.where} ${pod}`,
      labels: Object.fromEntries(
        Object.entries(at(one.config, 'global', 'external_labels') ?? {}).map(([name, value]) => [name, expanded(String(value), one, pod)]),
      ),
    })),
  ),
  ...thanos([fleet], 'receive')
    .filter(({ object }) => object.kind === 'StatefulSet')
    .flatMap((one) =>
      podNames(one.object).map((pod) => ({
        where: `${one.where} ${pod}`,
        labels: Object.fromEntries(
          (one.flags.get('label') ?? []).map((label) => expanded(label, one, pod).replaceAll('"', '').split('=') as [string, string]),
        ),
      })),
    ),
  ...all<Operated>([fleet], 'Prometheus').flatMap(({ where, object }) =>
    Array.from({ length: object.spec.replicas ?? 1 }, (_, i) => ({
      where: `${where} ${i}`,
      labels: { [String(object.spec.replicaExternalLabelName)]: `prometheus-${object.metadata.name}-${i}` },
    })),
  ),
];

test('G32 external labels are there, and no two collectors of the fleet have the same', () => {
  for (const fleet of fleets) {
    const found = externalLabels(fleet);
    each(
      found,
      ({ labels }) => Object.keys(labels).length === 0 && 'has no external labels',
      // Prometheus drops a label whose variable is not set, with nothing but a warning.
      ({ labels }) => Object.values(labels).some((value) => value === '' || value.includes('$')) && `has ${JSON.stringify(labels)}`,
    );
    const keys = found.map(({ labels }) => JSON.stringify(Object.entries(labels).sort()));
    assert.equal(
      keys.filter((one, i) => keys.indexOf(one) !== i),
      [],
      fleet.name,
    );
  }
  each(
    prometheus(fleets).flatMap((one) => podNames(one.object).map((pod) => ({ where: `${one.where} ${pod}`, one, pod }))),
    ({ one, pod }) => {
      const of = (name: string) => expanded(String(at(one.config, 'global', 'external_labels', name)), one, pod);
      const { region } = one.fleet.inventory.edges.find(({ name }) => name === one.cluster) ?? {};
      return (of('cluster') !== one.cluster || of('region') !== region || of('prometheus_replica') !== pod) && 'is not who it says';
    },
  );
});

test('G33 gRPC that leaves the cluster is behind mutual TLS, one Service for each replica', () => {
  each(thanos(withSidecars, 'sidecar'), (sidecar) => {
    const exposed = all<Service>([sidecar.fleet], 'Service').filter(
      ({ cluster, object }) =>
        cluster === sidecar.cluster &&
        (object.spec.type ?? 'ClusterIP') !== 'ClusterIP' &&
        object.spec.ports.some((port) => targetOf(port, sidecar) === 10901),
    );
    const behindPod = (pod: string) =>
      exposed.filter(({ object: { spec } }) =>
        matches(spec.selector ?? {}, { ...sidecar.object.spec.template.metadata.labels, 'statefulset.kubernetes.io/pod-name': pod }),
      );
    const wrong = podNames(sidecar.object).filter((pod) => behindPod(pod).length !== 1);
    if (wrong.length > 0 || exposed.length !== podNames(sidecar.object).length)
      return `has ${exposed.length} Services for ${podNames(sidecar.object).join(', ')}`;
    const alone = exposed.every(({ object }) => object.spec.selector?.['statefulset.kubernetes.io/pod-name'] !== undefined);
    if (!alone) return 'has a Service that answers for any replica';
    const missing = ['cert', 'key', 'client-ca'].filter((name) => !sidecar.flags.has(`grpc-server-tls-${name}`));
    if (missing.length > 0) return `answers without ${missing.join(', ')}`;
    return exposed.some(({ object }) => object.spec.ports.length !== 1) && 'exposes more than gRPC';
  });
  assert.ok(thanos([sidecarPair], 'sidecar').every(({ object }) => object.spec.replicas === 2));
});

test('G33 the centre asks each replica at the port that its Service opens, unless the inventory gives another address', () => {
  for (const fleet of withSidecars)
    for (const edge of edgesOn(fleet, 'thanos-sidecar')) {
      if (edge.option !== 'thanos-sidecar') continue;
      const nodePorts = all<Service>([fleet], 'Service')
        .filter(({ cluster, object }) => cluster === edge.name && object.spec.type === 'NodePort')
        .flatMap(({ object }) => object.spec.ports.map(({ nodePort }) => nodePort));
      const address = edge.nodes[0]?.address ?? '';
      const wanted = edge.settings.endpoints ?? nodePorts.map((port) => `${address.includes(':') ? `[${address}]` : address}:${port}`);
      const asked = all<ConfigMap>([fleet], 'ConfigMap')
        .filter(inCentre)
        .flatMap(({ object }) => listAt({ file: parse(object.data['endpoints.yaml'] ?? '') as unknown }, 'file', 'endpoints'))
        .map((endpoint) => String(at(endpoint, 'address')))
        .filter((one) => wanted.includes(one));
      assert.is(wanted.length, edge.settings.replicas, `${fleet.name}: ${edge.name}`);
      assert.equal(asked.sort(), [...wanted].sort(), `${fleet.name}: ${edge.name}`);
    }
});

/** Where an edge Prometheus says how long it keeps blocks: in the file since 3.11, by a flag before. */
const retentionOf = ({ flags, config }: { readonly flags: Command['flags']; readonly config: unknown }): string | undefined =>
  (at(config, 'storage', 'tsdb', 'retention', 'time') as string | undefined) ?? flags.get('storage.tsdb.retention.time')?.[0];

test('G34 an edge keeps three blocks or more, and as long as the inventory says', () => {
  each(
    servers(withSidecars),
    (server) => !(seconds(retentionOf(server) ?? '0s') >= 6 * 3600) && `keeps ${retentionOf(server)}`,
    (server) => retentionOf(server) !== server.fleet.inventory.fleet.edgeRetention && 'keeps another time than the inventory says',
    (server) =>
      at(server.config, 'storage', 'tsdb', 'retention', 'time') !== undefined &&
      server.flags.has('storage.tsdb.retention.time') &&
      'says it twice',
    // The file was read in the wrong unit before 3.11.
    (server) =>
      at(server.config, 'storage', 'tsdb', 'retention') !== undefined &&
      !atLeast(server.container.image, 3, 11) &&
      'says it where this version reads it wrongly',
  );
});

/**
 * Telemetry formula D: samples a second times two bytes times the retention, a fifth on top, and the WAL. A node of thirty pods has some
 * 8,400 series (the reference of 25,000 for three nodes); the WAL is eight bytes a sample for eight hours, half on top, and 0.4 GiB.
 */
function neededBytes(nodes: number, retention: number, interval: number): number {
  const samples = (nodes * (25_000 / 3)) / interval;
  return samples * 2 * retention * 1.2 + samples * 8 * 3600 * 8 * 1.5 + 0.4 * 2 ** 30;
}

const tooSmall = (server: ReturnType<typeof servers>[number]): string | false => {
  const { fleet: settings, edges } = server.fleet.inventory;
  const nodes = edges.find(({ name }) => name === server.cluster)?.nodes.length ?? 0;
  const needed = neededBytes(nodes, seconds(retentionOf(server) ?? '0s'), seconds(settings.scrapeInterval));
  const claims = server.object.spec.volumeClaimTemplates ?? [];
  const size = claims.length === 1 ? bytes(claims[0]?.spec.resources.requests.storage ?? '') : 0;
  return size < needed && `has ${(size / 2 ** 30).toFixed(1)} GiB for ${(needed / 2 ** 30).toFixed(1)}`;
};

test('G34 the volume of an edge Prometheus holds what it keeps', () => {
  each(servers(withSidecars), tooSmall);
});

test('G34 an edge whose data would not fit into its volume gets a larger one, or somebody is told', () => {
  const nodes = Array.from({ length: 200 }, (_, i) => ({ name: `node-${i}`, address: `192.0.2.${i}` }));
  const sources = aFleet([aCentre(), { name: 'large', role: 'edge', region: 'kr', option: 'thanos-sidecar', nodes }], {
    edgeRetention: '15d',
  });
  const { sourced, diagnostics } = checkSources(sources);
  assert.ok(sourced !== undefined);
  const told = [...diagnostics, ...compile(sourced).diagnostics];
  if (told.some(({ message }) => message.includes('"large"') && /volume|storage|disk/.test(message)) || hasErrors(told)) return;
  each(servers([named('large edge', sources)]), tooSmall);
});

test.run();
