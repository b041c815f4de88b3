import type { Check, Fault } from './check.ts';
import type { Operated } from './manifests.ts';
import { commandsWith, field, list, type Pods, prometheusConfigs, seconds, textOf, type View } from './view.ts';

/** A Prometheus with a sidecar: both containers, in one pod. */
function* withSidecar(view: View) {
  for (const sidecar of commandsWith(view, 'sidecar'))
    for (const prometheus of view.commands) if (prometheus.prometheus && prometheus.pods === sidecar.pods) yield { sidecar, prometheus };
}

/** The sidecar uploads blocks as they are: joined ones would be there twice. Either they are never joined, or only once uploaded. */
function* blocks(view: View): Iterable<Fault> {
  for (const { sidecar, prometheus } of withSidecar(view)) {
    const object = prometheus.pods.object;
    const of = (name: string) => prometheus.flags.get(`storage.tsdb.${name}`)?.[0];
    const fixed = of('min-block-duration') === '2h' && of('max-block-duration') === '2h';
    const anyFixed = of('min-block-duration') !== undefined || of('max-block-duration') !== undefined;
    const delayed = of('delay-compact-file.path');
    const [path, meta] = [
      sidecar.flags.get('tsdb.path')?.[0] ?? './data',
      sidecar.flags.get('shipper.meta-file-name')?.[0] ?? 'thanos.shipper.json',
    ];
    if (delayed === undefined ? !fixed : anyFixed)
      yield { object, message: 'joins blocks before they are uploaded, or has two rules about it' };
    if (delayed !== undefined && delayed !== `${path}/${meta}`)
      yield { object, message: `waits for ${delayed}, but the sidecar writes ${path}/${meta}` };
    if (of('path') !== undefined && of('path') !== path)
      yield { object, message: `writes to ${of('path')}, but the sidecar reads ${path}` };
    if ([...(prometheus.container.args ?? [])].some((arg) => arg.includes('xor2')))
      yield { object, message: 'encodes chunks as xor2, which the sidecar cannot read' };
  }
  for (const { pods, text } of prometheusConfigs(view))
    if (/\bxor2\b/.test(text)) yield { object: pods.object, message: 'encodes chunks as xor2, which the sidecar cannot read' };
}

/** Three blocks of two hours: the one being written, the one being cut, and one that waits for the bucket. */
function* retention(view: View): Iterable<Fault> {
  for (const { pods, config, flags } of prometheusConfigs(view)) {
    if (![...withSidecar(view)].some(({ prometheus }) => prometheus.pods === pods)) continue;
    const configured = textOf(field(field(field(config, 'storage'), 'tsdb'), 'retention'), 'time');
    const written = configured || (flags.get('storage.tsdb.retention.time')?.[0] ?? '15d');
    if (seconds(written) < 6 * 3600) yield { object: pods.object, message: `keeps ${written}: less than three blocks` };
  }
}

/** StoreAPI shows every series to whoever asks, so outside the cluster it asks for a certificate. */
function* sidecarTls(view: View): Iterable<Fault> {
  for (const { flags, pods } of commandsWith(view, 'sidecar')) {
    const exposed = exposedServices(view, pods);
    const missing = ['grpc-server-tls-cert', 'grpc-server-tls-key', 'grpc-server-tls-client-ca'].filter((name) => !flags.has(name));
    if (exposed.length > 0 && missing.length > 0)
      yield { object: pods.object, message: `is reachable from outside without --${missing.join(', --')}` };
  }
}

const exposedServices = (view: View, pods: Pods) =>
  view.services.filter(
    (service) => service.pods.includes(pods) && service.type !== 'ClusterIP' && service.ports.some(({ port }) => port === 10901),
  );

/** Behind one Service for two replicas Query sees one of them at a time. */
function* sidecarServices(view: View): Iterable<Fault> {
  if (view.context.role !== 'edge') return;
  for (const { pods } of commandsWith(view, 'sidecar')) {
    const replicas = exposedServices(view, pods).map(({ selector }) => selector?.['statefulset.kubernetes.io/pod-name'] ?? '');
    const wanted = Array.from({ length: pods.replicas }, (_, i) => `${pods.ordinalName}-${i}`);
    if (replicas.sort().join() !== wanted.sort().join())
      yield { object: pods.object, message: 'has not exactly one Service for each replica' };
  }
}

function* queryFlags(view: View): Iterable<Fault> {
  for (const { flags, pods } of commandsWith(view, 'query')) {
    const wrong = ['endpoint', 'endpoint-strict', 'endpoint-group', 'endpoint-group-strict'].filter((name) => flags.has(name));
    if (wrong.length > 0)
      yield { object: pods.object, message: `--${wrong.join(', --')} cannot have TLS of its own: --endpoint.sd-config-file` };
    if (!flags.has('endpoint.sd-config-file')) yield { object: pods.object, message: 'lacks --endpoint.sd-config-file' };
  }
}

/** Names of the labels in which copies of a series differ; `thanos_ruler_replica` is the operator's. */
const replicaLabels = ['prometheus_replica', 'receive_replica', 'rule_replica'];
const allowedReplicaLabels = [...replicaLabels, 'prometheus', 'thanos_ruler_replica'];

function* queryReplicaLabels(view: View): Iterable<Fault> {
  for (const { flags, pods } of commandsWith(view, 'query')) {
    const labels = flags.get('query.replica-label') ?? [];
    const missing = replicaLabels.filter((label) => !labels.includes(label));
    const extra = labels.filter((label) => !allowedReplicaLabels.includes(label));
    if (missing.length + extra.length > 0) yield { object: pods.object, message: `does not merge copies by ${replicaLabels.join(', ')}` };
  }
}

interface Endpoint {
  readonly address: string;
  readonly strict: boolean;
  readonly serverName: unknown;
}

/** What the Queries of the centre ask, all together. */
function endpointsOf(view: View): readonly Endpoint[] {
  return commandsWith(view, 'query').flatMap(({ pods, container, flags }) => {
    const file = view.file(pods, container, flags.get('endpoint.sd-config-file')?.[0] ?? '');
    return list(field(file === undefined ? undefined : view.parsed(file.text), 'endpoints')).map((entry) => {
      const client = field(entry, 'client_config');
      return {
        address: textOf(entry, 'address'),
        strict: field(entry, 'strict') === true,
        serverName: field(client, 'server_name'),
      };
    });
  });
}

const inCluster = /^dns(?:srv)?\+(?:_([a-z]+)\._tcp\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc/;

function* queryEndpoints(view: View): Iterable<Fault> {
  const [query] = commandsWith(view, 'query');
  if (query === undefined) return;
  const { object } = query.pods;
  const endpoints = endpointsOf(view);
  const seen = new Set<string>();
  const asked = new Set<Pods>();
  for (const { address, strict, serverName } of endpoints) {
    if (seen.has(address)) yield { object, message: `asks ${address} twice` };
    seen.add(address);
    const [, , name, namespace] = inCluster.exec(address) ?? [];
    if (address.startsWith('dns') && strict) yield { object, message: `${address} cannot be strict, since DNS finds it` };
    if (name === undefined && !address.startsWith('dns') && typeof serverName !== 'string')
      yield { object, message: `does not check the name of ${address}` };
    for (const service of view.services)
      if (service.name === name && service.namespace === namespace) {
        if (!service.headless) yield { object, message: `asks ${address}, which is one pod at random: the Service is not headless` };
        for (const pods of service.pods) asked.add(pods);
      }
  }
  for (const pods of storesOf(view))
    if (!asked.has(pods)) yield { object, message: `does not ask ${pods.object.kind} ${pods.object.metadata.name}` };
}

/** Everything that answers StoreAPI, but routers, which hold nothing, and the Query that asks. */
function storesOf(view: View): readonly Pods[] {
  const holders = view.commands.filter(
    ({ thanos, flags }) =>
      (thanos !== undefined && ['store', 'rule', 'sidecar'].includes(thanos)) ||
      (thanos === 'receive' && !flags.has('receive.hashrings-file')),
  );
  const operated = view.pods.filter(
    ({ object }) => object.kind === 'ThanosRuler' || (object.kind === 'Prometheus' && (object as Operated).spec.thanos !== undefined),
  );
  return [...new Set([...holders.map(({ pods }) => pods), ...operated])];
}

/** Two Compactors on one bucket destroy it. */
function* compactor(view: View): Iterable<Fault> {
  const compactors = commandsWith(view, 'compact');
  const shards = new Map<string, number>();
  for (const { flags, pods } of compactors) {
    const shard = (flags.get('selector.relabel-config') ?? flags.get('selector.relabel-config-file') ?? []).join();
    shards.set(shard, (shards.get(shard) ?? 0) + pods.replicas);
    const labels = flags.get('deduplication.replica-label') ?? [];
    if (labels.some((label) => label !== 'receive_replica'))
      yield { object: pods.object, message: `merges copies by ${labels.join(', ')}: only receive_replica is safe` };
    if ((shards.get(shard) ?? 0) !== 1) yield { object: pods.object, message: 'is not the only one for its bucket' };
    const late = view.commands.some(
      (other) => other.thanos === 'receive' && seconds(other.flags.get('tsdb.out-of-order.time-window')?.[0] ?? '0s') > 0,
    );
    if (late && !flags.has('compact.enable-vertical-compaction'))
      yield { object: pods.object, message: 'lacks --compact.enable-vertical-compaction for samples out of order' };
  }
}

function* bucketReaders(view: View): Iterable<Fault> {
  const uses = storesOf(view).length > 0 && view.resources.some((resource) => /objectStorageConfig|--objstore\./.test(view.text(resource)));
  if (view.context.role !== 'central' || !uses) return;
  if (commandsWith(view, 'store').length === 0) yield { message: 'there is no Store Gateway, so that nobody reads the bucket' };
  if (commandsWith(view, 'compact').length === 0) yield { message: 'there is no Compactor, so that the bucket only grows' };
}

/** An alert that reaches nobody. */
function* alertmanagers({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<Operated>('ThanosRuler'))
    if ((object.spec.alertmanagersUrl ?? []).length === 0 && object.spec.alertmanagersConfig === undefined)
      yield { object, message: 'knows no Alertmanager' };
  for (const object of ofKind<Operated>('Prometheus'))
    if (object.spec.ruleSelector !== undefined && (object.spec.alerting?.alertmanagers ?? []).length === 0)
      yield { object, message: 'knows no Alertmanager' };
}

export const storeChecks: readonly Check[] = [
  { code: 'telemetry/block-upload', find: blocks },
  { code: 'telemetry/edge-retention', find: retention },
  { code: 'telemetry/sidecar-tls', find: sidecarTls },
  { code: 'telemetry/sidecar-service', find: sidecarServices },
  { code: 'telemetry/query-flags', find: queryFlags },
  { code: 'telemetry/query-replica-labels', find: queryReplicaLabels },
  { code: 'telemetry/query-endpoints', find: queryEndpoints },
  { code: 'telemetry/compactor', find: compactor },
  { code: 'telemetry/bucket-unread', find: bucketReaders },
  { code: 'telemetry/no-alertmanager', find: alertmanagers },
];
