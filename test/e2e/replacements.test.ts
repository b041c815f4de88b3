import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { allOptions, compiledFleet } from '../support/fleet.ts';
import { rulerContainer } from './operator.ts';
import { containerOf, type PodName } from './pod.ts';
import { defaultsOf, discovered, replaced, replacementsOf, sooner } from './replacements.ts';

const fleet = compiledFleet(allOptions());
const objects = (cluster: string) => fleet.rendered.get(cluster) ?? [];
const table = replacementsOf({
  listen: { 9090: 41001, 10902: 41002 },
  reach: {
    'receive.example:19291': ['127.0.0.1:41003'],
    'dnssrv+_grpc._tcp.store.svc': ['127.0.0.1:41004', '127.0.0.1:41005'],
    'gone.svc': [],
  },
  paths: { '/prometheus': '/tmp/x/data', '/etc/prometheus/config': '/tmp/x/config' },
  times: { '--storage.agent.wal-truncate-frequency=2h': '30s', 'time: 3d': '90s' },
});

for (const [given, wanted] of [
  ['--web.listen-address=:9090', '--web.listen-address=127.0.0.1:41001'],
  ['--prometheus.url=http://127.0.0.1:9090', '--prometheus.url=http://127.0.0.1:41001'],
  ['--web.listen-address=:90901', '--web.listen-address=:90901'],
  ['--storage.tsdb.path=/prometheus', '--storage.tsdb.path=/tmp/x/data'],
  ['--config.file=/etc/prometheus/config/prometheus.yml', '--config.file=/tmp/x/config/prometheus.yml'],
  ['--config.file=/etc/prometheus/rules', '--config.file=/etc/prometheus/rules'],
  ['--tsdb.path=/prometheus-other', '--tsdb.path=/prometheus-other'],
  ['url: https://receive.example:19291/api/v1/receive', 'url: https://127.0.0.1:41003/api/v1/receive'],
  ['  - address: dnssrv+_grpc._tcp.store.svc\n', '  - address: 127.0.0.1:41004\n  - address: 127.0.0.1:41005\n'],
  ['--storage.agent.wal-truncate-frequency=2h', '--storage.agent.wal-truncate-frequency=30s'],
  ['--storage.agent.wal-truncate-frequency=2h30m', '--storage.agent.wal-truncate-frequency=2h30m'],
  ['        time: 3d\n', '        time: 90s\n'],
  ['--storage.agent.retention.max-time=2h', '--storage.agent.retention.max-time=2h'],
  ['  - address: gone.svc\n  - address: b\n', '  - address: b\n'],
] as const)
  test(`replaces addresses, ports and paths, whole: ${JSON.stringify(given)}`, () => assert.is(replaced(given, table), wanted));

test('what a program does unless told is said aloud, and only where nothing else is said', () => {
  const retention = ['--storage.agent.retention.min-time=5m', '--storage.agent.retention.max-time=4h'];
  assert.equal(defaultsOf('prometheus', ['--agent', '--storage.agent.wal-truncate-frequency=1h']), retention);
  assert.equal(defaultsOf('prometheus', ['--config.file=x']), ['--storage.tsdb.min-block-duration=2h']);
  assert.equal(defaultsOf('thanos', ['receive']), ['--receive.capnproto-address=:19391']);
  assert.equal(defaultsOf('thanos', ['receive', '--receive.capnproto-address=127.0.0.1:19391']), []);
});

/** Every workload that the run starts. */
const workloads: readonly (readonly [string, PodName])[] = [
  ['agent', { workload: 'node-exporter', pod: 'p' }],
  ['agent', { workload: 'prometheus-agent', pod: 'p' }],
  ['sidecar', { workload: 'edge-prometheus', container: 'prometheus', pod: 'p' }],
  ['sidecar', { workload: 'edge-prometheus', container: 'thanos-sidecar', pod: 'p' }],
  ...['receive-ingestor', 'receive-router', 'query', 'query-frontend', 'store-gateway', 'compactor', 'alert-gateway'].map(
    (workload) => ['centre', { workload, pod: 'p' }] as const,
  ),
];
for (const [cluster, name] of workloads)
  test(`touches nothing else of ${name.container ?? name.workload}: put back, every byte is as emitted`, () => {
    const { args, mounts } = containerOf(objects(cluster), name);
    const listen = { 8443: 41001, 8643: 41002, 9090: 41003, 9100: 41004, 10901: 41005, 10902: 41006, 19291: 41007, 19391: 41008 };
    const paths = Object.fromEntries(mounts.map(({ path }, index) => [path, `/tmp/y/${index}/end`]));
    const there = replacementsOf({ listen, reach: {}, paths, times: {} });
    const back = there.map(({ what, find, put }) => ({ what, find: put, put: find }));
    const texts = [...args, ...mounts.flatMap(({ from }) => (from.kind === 'files' ? Object.values(from.files) : []))];
    assert.ok(texts.some((text) => replaced(text, there) !== text));
    for (const text of texts) {
      const changed = replaced(text, there);
      assert.is(changed.split('\n').length, text.split('\n').length);
      // A port on loopback can have been said in two ways.
      const plain = (line: string): string => line.replaceAll('=127.0.0.1:', '=:');
      assert.is(plain(replaced(changed, back)), plain(text));
    }
  });

test('discovery by Kubernetes gives way to what it would find; every other key of the configuration stays', () => {
  for (const [cluster, workload] of [
    ['agent', 'prometheus-agent'],
    ['sidecar', 'edge-prometheus'],
  ] as const) {
    const map = objects(cluster).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === workload);
    const text = (map as unknown as { readonly data: Readonly<Record<string, string>> }).data['prometheus.yml'] ?? '';
    const after = discovered(text, (role) => [{ address: `127.0.0.1:${role.length}`, labels: { __meta_role: role } }]);
    const without = (config: string) => {
      const { scrape_configs, ...rest } = parse(config) as { readonly scrape_configs: readonly Readonly<Record<string, unknown>>[] };
      return { ...rest, scrape_configs: scrape_configs.map(({ kubernetes_sd_configs: _, static_configs: __, ...job }) => job) };
    };
    assert.equal(without(after), without(text));
    assert.not.match(after, 'kubernetes_sd_configs');
    assert.match(after, '__meta_role: node');
    assert.match(after, '__meta_role: pod');
  }
});

test('one alert fires sooner, the other rules are as emitted', () => {
  const groups = [{ name: 'g', rules: [{ alert: 'A', for: '10m' }, { alert: 'B', for: '10m' }, { record: 'c' }] }];
  assert.equal(sooner(groups, 'A', '30s'), [
    { name: 'g', rules: [{ alert: 'A', for: '30s' }, { alert: 'B', for: '10m' }, { record: 'c' }] },
  ]);
});

test('the Ruler gets the flags that the operator gives, and the rules that its selector chooses', () => {
  const { args, mounts } = rulerContainer(objects('centre'), 'thanos-ruler-central-0', 'EdgeClusterSilent', '30s');
  assert.ok(args.includes('--label=rule_replica="thanos-ruler-central-0"'));
  assert.ok(args.includes('--alert.label-drop=thanos_ruler_replica'));
  const [files] = mounts.flatMap(({ from }) => (from.kind === 'files' ? [from.files] : []));
  assert.ok(Object.keys(files ?? {}).includes('metrics-central-fleet.yaml'));
  assert.not.ok(Object.keys(files ?? {}).includes('metrics-central-central.yaml'));
});

test.run();
