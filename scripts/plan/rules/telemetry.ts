import { isEqual } from '../../kubernetes/equal.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { parseYaml } from '../../kustomize/yaml.ts';
import { identityConfigMap } from '../../parts/edge/collector.ts';
import { at, type Fields, fieldsOf, itemsOf, textOf, wordOf } from '../fields.ts';
import { argumentsOf, containersOf, isWorkload, useOfConfigMap } from '../pods.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** What a ConfigMap's texts say, as far as they are YAML. A thousand clusters share one ConfigMap's data. */
const known = new WeakMap<object, readonly unknown[]>();

function configurationsOf(resource: Resource | undefined): readonly unknown[] {
  const data = resource?.kind === 'ConfigMap' ? at(resource, 'data') : undefined;
  if (typeof data !== 'object' || data === null) return [];
  const configurations =
    known.get(data) ??
    Object.values(data)
      .filter((text): text is string => typeof text === 'string' && /^(?:global|remote_write):/m.test(text))
      .flatMap(parsed);
  known.set(data, configurations);
  return configurations;
}

function parsed(text: string): readonly unknown[] {
  try {
    return parseYaml(text);
  } catch {
    // Prometheus refuses it, too, and keeps what it has.
    return [];
  }
}

/** External labels with their values, of a configuration, of what the operator makes, or of a command line. */
function externalLabelsOf(resource: Resource | undefined): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (resource === undefined) return labels;
  const add = (pairs: unknown) => {
    for (const [name, value] of Object.entries(fieldsOf(pairs))) labels.set(name, String(value));
  };
  for (const configuration of configurationsOf(resource)) add(at(configuration, 'global', 'external_labels'));
  if (resource.kind === 'ConfigMap' && resource.metadata.name === identityConfigMap)
    for (const [name, value] of Object.entries(fieldsOf(at(resource, 'data')))) labels.set(name.toLowerCase(), String(value));
  if (resource.kind === 'Prometheus') {
    add(at(resource, 'spec', 'externalLabels'));
    for (const [field, standard] of [
      ['replicaExternalLabelName', 'prometheus_replica'],
      ['prometheusExternalLabelName', 'prometheus'],
    ] as const) {
      const name = textOf(at(resource, 'spec', field)) ?? standard;
      if (name !== '') labels.set(name, field);
    }
  }
  if (resource.kind === 'ThanosRuler') add(at(resource, 'spec', 'labels'));
  if (isWorkload(resource))
    for (const container of containersOf(resource).values())
      for (const argument of argumentsOf(container)) {
        const [, name, value] = /^--label=([^=]+)=(.*)$/s.exec(argument) ?? [];
        if (name !== undefined && value !== undefined) labels.set(name, value);
      }
  return labels;
}

const isReplica = (label: string): boolean => /(?:^|_)replica$/.test(label);

/** Labels that a querier or a compactor takes for copies of the same series. */
const replicaFlagsOf = (resource: Resource | undefined): ReadonlySet<string> =>
  new Set(
    resource === undefined || !isWorkload(resource)
      ? []
      : [...containersOf(resource).values()]
          .flatMap(argumentsOf)
          .filter((argument) => /^--(?:query|deduplication)\.replica-label=/.test(argument)),
  );

const replicaLabelLost: ObjectRule = {
  code: 'risk/replica-label-lost',
  severity: 'high',
  why: 'Copies of a series are no longer known as copies: queries count them twice, or the store refuses blocks that overlap.',
  check: 'Which label tells replicas apart from now on, and that Query and the Compactor know it.',
  *find({ before, after }) {
    if (before === undefined || after === undefined) return;
    const now = externalLabelsOf(after);
    const lost = [...externalLabelsOf(before).keys()].filter((label) => isReplica(label) && !now.has(label));
    if (lost.length > 0) yield { what: `The replica label ${lost.join(', ')} is gone` };
    const flags = replicaFlagsOf(after);
    const forgotten = [...replicaFlagsOf(before)].filter((flag) => !flags.has(flag));
    if (forgotten.length > 0) yield { what: `The flag ${forgotten.join(', ')} is gone` };
  },
};

const externalLabelChanged: ObjectRule = {
  code: 'risk/external-label-changed',
  severity: 'high',
  why: 'Every series gets another name: history and alerts end, others begin, and what still waits in a WAL is not sent.',
  check: 'Dashboards, rules and tenants that know the old label, and whether edges are connected while it changes.',
  *find({ before, after }) {
    if (before === undefined || after === undefined) return;
    const [then, now] = [externalLabelsOf(before), externalLabelsOf(after)];
    for (const label of [...new Set([...then.keys(), ...now.keys()])].sort()) {
      const [was, is] = [then.get(label), now.get(label)];
      if (was === is || (is === undefined && isReplica(label))) continue;
      yield {
        what: `The external label ${label} ${was === undefined ? 'is new' : is === undefined ? 'is gone' : 'changes'}`,
        ...(was !== undefined && is !== undefined && { detail: `from ${was} to ${is}` }),
      };
    }
  },
};

/** Where samples are sent, by the name of the queue. */
function remoteWritesOf(resource: Resource | undefined): ReadonlyMap<string, Fields> {
  const configured = configurationsOf(resource).flatMap((configuration) => itemsOf(at(configuration, 'remote_write')));
  const operated = resource?.kind === 'Prometheus' ? itemsOf(at(resource, 'spec', 'remoteWrite')) : [];
  return new Map([...configured, ...operated].map((queue, i) => [textOf(at(queue, 'name')) ?? `${i}`, fieldsOf(queue)]));
}

const tenantOf = (queue: Fields): string | undefined =>
  wordOf(
    Object.entries(fieldsOf(queue.headers)).find(([header]) => ['x-scope-orgid', 'thanos-tenant'].includes(header.toLowerCase()))?.[1],
  );

const remoteWriteChanged: ObjectRule = {
  code: 'risk/remote-write-changed',
  severity: 'high',
  why: 'A changed queue begins anew at the present: what an edge collected while its link was cut is never sent.',
  check: 'That the edges are connected and have caught up before it reaches them, and that the new address takes their data.',
  *find({ before, after }): Iterable<Found> {
    if (before === undefined || after === undefined) return;
    const [then, now] = [remoteWritesOf(before), remoteWritesOf(after)];
    for (const [name, queue] of then) {
      const next = now.get(name);
      if (next === undefined) yield { what: `The remote write ${name} is gone or has another name` };
      else if (queue.url !== next.url)
        yield {
          what: `The remote write ${name} sends elsewhere`,
          detail: `from ${wordOf(queue.url) ?? 'nowhere'} to ${wordOf(next.url) ?? 'nowhere'}`,
        };
      else if (tenantOf(queue) !== tenantOf(next))
        yield {
          what: `The remote write ${name} sends as another tenant`,
          detail: `from ${tenantOf(queue) ?? 'none'} to ${tenantOf(next) ?? 'none'}`,
        };
      else if (!isEqual(queue, next)) yield { what: `The remote write ${name} has other settings`, severity: 'medium' };
    }
  },
};

const isAgent = (resource: Resource): boolean =>
  [...containersOf(resource).values()]
    .flatMap(argumentsOf)
    .some((argument) => argument === '--agent' || /^--enable-feature=.*\bagent\b/.test(argument));

const agentRestarted: ObjectRule = {
  code: 'risk/agent-restarted',
  severity: 'medium',
  why: 'A restarted agent forgets which part of its WAL it has not sent: an edge whose link is cut loses what waits.',
  check: 'Which edges are out of reach now, and whether theirs may be restarted later.',
  *find({ restarts, after }) {
    if (restarts && after !== undefined && isWorkload(after) && isAgent(after)) yield { what: 'The agent is restarted' };
  },
};

const configNotReloaded: ObjectRule = {
  code: 'risk/config-not-reloaded',
  severity: 'medium',
  why: 'Pods that read it when they start go on with what was in it: the change waits for their next restart, whenever that is.',
  check: 'Whether to restart them: kubectl rollout restart.',
  *find({ edits, after }, around) {
    if (after?.kind !== 'ConfigMap' || !edits.some(({ path: [field] }) => field === 'data' || field === 'binaryData')) return;
    const { name, namespace } = after.metadata;
    const restarted = new Set(
      around.changes.filter(({ restarts, change: what }) => restarts || what !== 'changed').map(({ identity }) => identity),
    );
    const stale = around.after
      .filter(
        (resource) => isWorkload(resource) && resource.metadata.namespace === namespace && useOfConfigMap(resource, name) === 'at-start',
      )
      .filter(
        ({ apiVersion, kind, metadata }) =>
          !restarted.has(`${apiVersion}/${kind} ${namespace === undefined ? '' : `${namespace}/`}${metadata.name}`),
      )
      .map((resource) => `${resource.kind} ${resource.metadata.name}`);
    if (stale.length > 0) yield { what: `A configuration changes that ${stale.join(', ')} only reads at its start` };
  },
};

const skips = /\binsecure_?skip_?verify\\?["']?\s*:\s*true\b/gi;
const skipsKnown = new WeakMap<object, number>();

/** How many targets are scraped without a look at their certificate. */
function skipsIn(resource: Resource | undefined): number {
  const told =
    resource?.kind === 'ConfigMap'
      ? at(resource, 'data')
      : resource?.apiVersion.startsWith('monitoring.coreos.com/')
        ? at(resource, 'spec')
        : undefined;
  if (typeof told !== 'object' || told === null) return 0;
  const count = skipsKnown.get(told) ?? [...JSON.stringify(told).matchAll(skips)].length;
  skipsKnown.set(told, count);
  return count;
}

const verificationOff: ObjectRule = {
  code: 'risk/verification-off',
  severity: 'high',
  why: 'Whoever is on the way can take the place of the target, and gets the credentials that are sent to it.',
  check: 'Whether the target can have a certificate that the collector knows.',
  *find({ before, after }) {
    if (skipsIn(after) > skipsIn(before)) yield { what: 'The certificates of targets are no longer checked' };
  },
};

export const telemetryRules: readonly ObjectRule[] = [
  replicaLabelLost,
  externalLabelChanged,
  remoteWriteChanged,
  agentRestarted,
  configNotReloaded,
  verificationOff,
];
