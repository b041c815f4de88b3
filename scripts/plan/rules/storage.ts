import { isEqual } from '../../kubernetes/equal.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { at, itemsOf, textOf, wordOf } from '../fields.ts';
import { type ObjectChange, objectOf } from '../object-change.ts';
import { isOperated } from '../pods.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** The claims that an object makes, by name: its own, those of its pods, or that of what the operator makes of it. */
function claimsOf(resource: Resource | undefined): ReadonlyMap<string, unknown> {
  if (resource === undefined) return new Map();
  if (resource.kind === 'PersistentVolumeClaim') return new Map([[resource.metadata.name, at(resource, 'spec')]]);
  if (resource.kind === 'StatefulSet')
    return new Map(
      itemsOf(at(resource, 'spec', 'volumeClaimTemplates')).map((claim) => [
        textOf(at(claim, 'metadata', 'name')) ?? '',
        at(claim, 'spec'),
      ]),
    );
  const operated = isOperated(resource) ? at(resource, 'spec', 'storage', 'volumeClaimTemplate', 'spec') : undefined;
  return operated === undefined ? new Map() : new Map([['storage', operated]]);
}

const volumeDeleted: ObjectRule = {
  code: 'risk/volume-deleted',
  severity: 'high',
  why: 'Nothing uses its volume any more: the data in it, such as a WAL or blocks not yet uploaded, is left behind or deleted.',
  check: 'That the data is in the bucket, or may be lost, and who removes claims that stay behind.',
  *find({ change, before, after }): Iterable<Found> {
    const [then, now] = [claimsOf(before), claimsOf(after)];
    const gone = [...then.keys()].filter((name) => !now.has(name));
    const fresh = [...now.keys()].filter((name) => !then.has(name));
    if (gone.length === 0) return;
    if (change === 'changed' && fresh.length > 0)
      yield { what: 'A volume claim is renamed: it begins empty', detail: `${gone.join(', ')} is now ${fresh.join(', ')}` };
    else yield { what: `The volume claim ${gone.join(', ')} is gone` };
  },
};

/** Bytes of a quantity such as `5Gi`; undefined where it is none. */
function bytesOf(quantity: unknown): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGTPE]i|[kMGTPE])?$/.exec(wordOf(quantity) ?? '') ?? [];
  if (number === undefined) return undefined;
  const power = ['', 'K', 'M', 'G', 'T', 'P', 'E'].indexOf(unit.charAt(0).toUpperCase());
  return Number(number) * (unit.endsWith('i') ? 1024 : 1000) ** power;
}

/** Claims of another size, with both sizes as they are written. */
function* resized({ before, after }: Pick<ObjectChange, 'before' | 'after'>) {
  const then = claimsOf(before);
  for (const [name, claim] of claimsOf(after)) {
    const [old, size] = [then.get(name), claim].map((spec) => textOf(at(spec, 'resources', 'requests', 'storage')));
    const [was, is] = [bytesOf(old), bytesOf(size)];
    if (was !== undefined && is !== undefined && was !== is) yield { name, grows: is > was, detail: `from ${old} to ${size}` };
  }
}

const volumeShrunk: ObjectRule = {
  code: 'risk/volume-shrunk',
  severity: 'high',
  why: 'Kubernetes never makes a volume smaller: the change is refused, or the volume has to be made anew, empty.',
  check: 'Whether the old size can stay, or how the data moves.',
  *find(change) {
    for (const { name, grows, detail } of resized(change)) if (!grows) yield { what: `The volume claim ${name} shrinks`, detail };
  },
};

/** https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/storage.md */
const volumeGrown: ObjectRule = {
  code: 'risk/volume-grown',
  severity: 'high',
  why: 'Volumes that exist keep their size: Kubernetes refuses the change of a StatefulSet, and prometheus-operator ends all its pods to make it anew around the old volumes, which then fill up.',
  check:
    'That the claims were enlarged by hand before; or keep the size, with storage.size of the edge, receive.storage or prometheus.storage.',
  *find(change) {
    // A claim by itself may grow, where its class allows it.
    if (objectOf(change).kind === 'PersistentVolumeClaim') return;
    for (const { name, grows, detail } of resized(change)) if (grows) yield { what: `The volume claim ${name} grows`, detail };
  },
};

const storageClassChanged: ObjectRule = {
  code: 'risk/storage-class-changed',
  severity: 'high',
  why: 'A volume keeps the class that it was made with: another one needs a new volume, empty.',
  check: 'Whether the clusters have the class, and how the data moves.',
  *find(change) {
    const { before, after } = change;
    if (objectOf(change).kind === 'StorageClass') yield { what: `A StorageClass is ${change.change}` };
    const then = claimsOf(before);
    for (const [name, claim] of claimsOf(after)) {
      const old = then.get(name);
      const [was, is] = [old, claim].map((spec) => textOf(at(spec, 'storageClassName')) ?? 'the default');
      if (old !== undefined && was !== is)
        yield { what: `The volume claim ${name} has another storage class`, detail: `from ${was} to ${is}` };
    }
  },
};

/** What Kubernetes refuses to change, by kind. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
const immutable: Readonly<Record<string, readonly (readonly string[])[]>> = {
  StatefulSet: [
    ['spec', 'volumeClaimTemplates'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'selector'],
  ],
  Deployment: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  ReplicaSet: [['spec', 'selector']],
  Job: [
    ['spec', 'template'],
    ['spec', 'selector'],
    ['spec', 'completions'],
    ['spec', 'completionMode'],
  ],
  Service: [['spec', 'clusterIP']],
  RoleBinding: [['roleRef']],
  ClusterRoleBinding: [['roleRef']],
  StorageClass: [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  PersistentVolumeClaim: [
    ['spec', 'accessModes'],
    ['spec', 'storageClassName'],
    ['spec', 'volumeName'],
    ['spec', 'volumeMode'],
    ['spec', 'selector'],
  ],
  Secret: [['type']],
};

const immutableField: ObjectRule = {
  code: 'risk/immutable-field',
  severity: 'high',
  why: 'Kubernetes refuses the update: the sync fails, and everything of the Application that comes later waits.',
  check: 'Whether the field can stay; else delete the object by hand first, with --cascade=orphan where its pods should stay.',
  *find({ before, after }) {
    if (before === undefined || after === undefined || before.kind !== after.kind) return;
    for (const path of immutable[after.kind] ?? [])
      if (!isEqual(at(before, ...path), at(after, ...path))) yield { what: `${path.join('.')} changes, which Kubernetes does not allow` };
    const frozen = ['ConfigMap', 'Secret'].includes(after.kind) && at(before, 'immutable') === true;
    if (
      frozen &&
      !(
        isEqual(at(before, 'data'), at(after, 'data')) &&
        isEqual(at(before, 'binaryData'), at(after, 'binaryData')) &&
        at(after, 'immutable') === true
      )
    )
      yield { what: 'An immutable object changes, which Kubernetes does not allow' };
  },
};

export const storageRules: readonly ObjectRule[] = [volumeDeleted, volumeShrunk, volumeGrown, storageClassChanged, immutableField];
