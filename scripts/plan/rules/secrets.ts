import type { Resource } from '../../kubernetes/resource.ts';
import { at, fieldsOf, itemsOf, textOf } from '../fields.ts';
import { containersOf, isOperated, isWorkload, podSpecOf } from '../pods.ts';
import type { ObjectRule } from '../risk.ts';
import type { Surroundings } from '../surroundings.ts';

/** Names of the Secrets that an object asks for, with their namespaces. */
function secretsOf(resource: Resource): ReadonlySet<string> {
  const { kind, metadata } = resource;
  const found = new Set<string>();
  const add = (name: unknown, namespace = metadata.namespace ?? '') => {
    if (typeof name === 'string') found.add(`${namespace}/${name}`);
  };
  if (kind === 'ExternalSecret') add(at(resource, 'spec', 'target', 'name') ?? metadata.name);
  // The list that a cluster without a store has: its keys are `<namespace>.<name>`.
  if (kind === 'ConfigMap' && metadata.name.startsWith('required-secrets'))
    for (const key of Object.keys(fieldsOf(at(resource, 'data')))) add(key.slice(key.indexOf('.') + 1), key.slice(0, key.indexOf('.')));
  if (isWorkload(resource) || isOperated(resource)) {
    const pod = podSpecOf(resource);
    for (const volume of itemsOf(pod.volumes)) {
      add(at(volume, 'secret', 'secretName'));
      for (const source of itemsOf(at(volume, 'projected', 'sources'))) add(at(source, 'secret', 'name'));
    }
    for (const secret of itemsOf(pod.imagePullSecrets)) add(at(secret, 'name'));
    for (const container of containersOf(resource).values()) {
      for (const variable of itemsOf(container.env)) add(at(variable, 'valueFrom', 'secretKeyRef', 'name'));
      for (const source of itemsOf(container.envFrom)) add(at(source, 'secretRef', 'name'));
    }
  }
  if (resource.apiVersion.startsWith('monitoring.coreos.com/')) for (const name of keyReferences(at(resource, 'spec'), 'spec')) add(name);
  return found;
}

/** In the operator's kinds a Secret is named wherever there is a name with a key, unless it is a ConfigMap's. */
function* keyReferences(value: unknown, field: string): Iterable<string> {
  if (typeof value !== 'object' || value === null || field.startsWith('configMap')) return;
  const [name, key] = [textOf(at(value, 'name')), textOf(at(value, 'key'))];
  if (name !== undefined && key !== undefined) yield name;
  for (const [inner, item] of Object.entries(value)) yield* keyReferences(item, Array.isArray(value) ? field : inner);
}

/** The Secrets that nothing of the cluster asked for before, by the first object that does now. */
function newSecrets({ before, changes }: Surroundings): ReadonlyMap<string, readonly string[]> {
  const asked = new Set(before.flatMap((resource) => [...secretsOf(resource)]));
  const fresh = new Map<string, string[]>();
  for (const { identity, after } of changes)
    for (const secret of after === undefined ? [] : secretsOf(after)) {
      if (asked.has(secret)) continue;
      asked.add(secret);
      fresh.set(identity, [...(fresh.get(identity) ?? []), secret]);
    }
  return fresh;
}

/** Rules see one object after the other of the same cluster. */
const known = new WeakMap<Surroundings, ReadonlyMap<string, readonly string[]>>();

const secretNeeded: ObjectRule = {
  code: 'risk/secret-needed',
  severity: 'medium',
  ofNewClusters: true,
  why: 'fleetc writes no Secret: until somebody makes it, the pods that name it do not start.',
  check:
    'That the Secret is on the cluster, or in the store, before this is merged; overlays/<region>/<cluster>/secrets.yaml says what is in it.',
  *find({ identity }, around) {
    const fresh = known.get(around) ?? newSecrets(around);
    known.set(around, fresh);
    for (const secret of fresh.get(identity) ?? []) yield { what: `The Secret ${secret} is needed, which was not before` };
  },
};

export const secretRules: readonly ObjectRule[] = [secretNeeded];
