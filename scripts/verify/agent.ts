import type { Check, Fault } from './check.ts';
import type { Operated } from './manifests.ts';
import { field, list, prometheusConfigs, seconds, textOf, type View } from './view.ts';

const isAgent = (flags: ReadonlyMap<string, readonly string[]>): boolean => flags.has('agent') || featuresOf(flags).includes('agent');

const featuresOf = (flags: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  (flags.get('enable-feature') ?? []).flatMap((text) => text.split(','));

/** Prometheus 3 knows --agent only; with the feature flag it starts as a server and then refuses the agent's storage. */
function* featureFlag({ commands }: View): Iterable<Fault> {
  for (const { pods, prometheus, flags } of commands)
    if (prometheus && featuresOf(flags).includes('agent'))
      yield { object: pods.object, message: '--enable-feature=agent is gone since Prometheus 3: --agent' };
}

function* serverStorage({ commands }: View): Iterable<Fault> {
  for (const { pods, prometheus, flags } of commands) {
    if (!prometheus || !isAgent(flags)) continue;
    const server = [...flags.keys()].filter((name) => name.startsWith('storage.tsdb.'));
    if (server.length > 0) yield { object: pods.object, message: `an agent refuses --${server.join(', --')}` };
    if (!flags.has('storage.agent.path')) yield { object: pods.object, message: 'does not say where its WAL is: --storage.agent.path' };
  }
}

function* configuration(view: View): Iterable<Fault> {
  for (const { pods, flags, config } of prometheusConfigs(view)) {
    if (!isAgent(flags)) continue;
    for (const name of ['rule_files', 'alerting', 'remote_read', 'storage'])
      if (field(config, name) !== undefined) yield { object: pods.object, message: `an agent refuses ${name}` };
    if (list(field(config, 'remote_write')).length === 0)
      yield { object: pods.object, message: 'an agent without remote_write keeps everything for nobody' };
  }
}

/** Receive before 0.43 answers 200 to what it does not understand, and throws it away. */
function* remoteWrite2(view: View): Iterable<Fault> {
  for (const { pods, config } of prometheusConfigs(view))
    for (const target of list(field(config, 'remote_write')))
      if (textOf(target, 'protobuf_message').includes('.v2.'))
        yield { object: pods.object, message: 'sends remote write 2.0, which Receive throws away' };
  for (const object of view.ofKind<Operated>('Prometheus'))
    if ((object.spec.remoteWrite ?? []).some(({ messageVersion }) => messageVersion === 'V2.0'))
      yield { object, message: 'sends remote write 2.0, which Receive throws away' };
}

function* remoteWriteTarget(view: View): Iterable<Fault> {
  const { role, remoteWriteUrl } = view.context;
  if (role !== 'edge') return;
  for (const { pods, config } of prometheusConfigs(view))
    for (const target of list(field(config, 'remote_write'))) {
      const url = textOf(target, 'url');
      const tls = field(target, 'tls_config');
      if (!/^https:\/\/[^/]+\/api\/v1\/receive$/.test(url) || /\.svc(\.|:|\/)/.test(url))
        yield { object: pods.object, message: `cannot reach Receive at ${url}` };
      else if (remoteWriteUrl !== undefined && url !== remoteWriteUrl)
        yield { object: pods.object, message: `writes to ${url}, not to the centre's ${remoteWriteUrl}` };
      if (field(target, 'name') === undefined)
        yield { object: pods.object, message: 'names no remote_write, so that a changed URL loses its place' };
      for (const file of ['ca_file', 'cert_file', 'key_file'])
        if (typeof field(tls, file) !== 'string')
          yield { object: pods.object, message: `has no ${file} for Receive, which wants a client certificate` };
    }
}

/** Kustomize's hash: ten of these characters. */
const hashed = /-[bcdfghkmt2456789]{10}$/;

/** A restart throws away what was not sent yet: a changed configuration must not cause one, and a stop must leave time to send. */
function* backlog(view: View): Iterable<Fault> {
  for (const { pods, flags, source } of prometheusConfigs(view)) {
    if (!isAgent(flags)) continue;
    if (hashed.test(source.metadata.name)) yield { object: pods.object, message: `restarts whenever ${source.metadata.name} changes` };
    if (!flags.has('config.auto-reload') && !featuresOf(flags).includes('auto-reload-config'))
      yield { object: pods.object, message: 'does not reload its configuration by itself' };
    const deadline = seconds(flags.get('storage.remote.flush-deadline')?.[0] ?? '1m');
    if ((pods.spec?.terminationGracePeriodSeconds ?? 30) <= deadline)
      yield { object: pods.object, message: `is killed before it has flushed for ${deadline} s` };
    if (!pods.keepsData) yield { object: pods.object, message: 'keeps its WAL in the pod' };
  }
}

export const agentChecks: readonly Check[] = [
  { code: 'telemetry/agent-feature-flag', find: featureFlag },
  { code: 'telemetry/agent-storage', find: serverStorage },
  { code: 'telemetry/agent-configuration', find: configuration },
  { code: 'telemetry/agent-backlog', find: backlog },
  { code: 'telemetry/remote-write-v2', find: remoteWrite2 },
  { code: 'telemetry/remote-write-target', find: remoteWriteTarget },
];
