import { isEqual } from '../../kubernetes/equal.ts';
import { at, fieldsOf, itemsOf, textOf } from '../fields.ts';
import { objectOf } from '../object-change.ts';
import { isOperated, isWorkload } from '../pods.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** Objects whose end a rule of its own tells. */
const toldElsewhere = ['Namespace', 'PersistentVolumeClaim', 'CustomResourceDefinition', 'PodDisruptionBudget'];
const grave = ['Application', 'ApplicationSet', 'AppProject', 'Secret', 'ExternalSecret'];

const objectDeleted: ObjectRule = {
  code: 'risk/object-deleted',
  severity: 'medium',
  why: 'Argo CD prunes it from the cluster at the next sync, and what depends on it stops working.',
  check: 'That nothing refers to it any more, and that it is meant to go.',
  *find(change) {
    const object = objectOf(change);
    if (change.change !== 'removed' || toldElsewhere.includes(object.kind)) return;
    const severity = isWorkload(object) || isOperated(object) || grave.includes(object.kind) ? 'high' : 'medium';
    yield { what: `${object.kind} is deleted`, severity };
  },
};

const namespaceDeleted: ObjectRule = {
  code: 'risk/namespace-deleted',
  severity: 'high',
  why: 'Kubernetes deletes everything in it, volumes and Secrets that fleetc never made among them.',
  check: 'What is in the namespace on a live cluster: kubectl get all,pvc,secrets -n <namespace>.',
  *find(change) {
    if (change.change === 'removed' && objectOf(change).kind === 'Namespace') yield { what: 'A namespace is deleted' };
  },
};

const selectorChanged: ObjectRule = {
  code: 'risk/selector-changed',
  severity: 'medium',
  why: 'Other pods or objects are meant than before: traffic, rules or scraping move to them, or to none.',
  check: 'Which pods and objects the new selector finds, and which it does not find any more.',
  *find({ before, after }) {
    if (before === undefined || after === undefined || before.kind !== after.kind) return;
    const fields: readonly (readonly string[])[] = isOperated(after)
      ? Object.keys(fieldsOf(at(after, 'spec')))
          .concat(Object.keys(fieldsOf(at(before, 'spec'))))
          .filter((field) => field.endsWith('Selector') && field !== 'nodeSelector')
          .map((field) => ['spec', field])
      : ['Service', 'NetworkPolicy', 'PodDisruptionBudget', 'ServiceMonitor', 'PodMonitor'].includes(after.kind)
        ? [['spec', after.kind === 'NetworkPolicy' ? 'podSelector' : 'selector']]
        : [];
    for (const path of new Set(fields.map((field) => field.join('.')))) {
      const keys = path.split('.');
      if (!isEqual(at(before, ...keys), at(after, ...keys)))
        yield { what: `${keys.at(-1)} changes`, detail: fromTo(at(before, ...keys), at(after, ...keys)) };
    }
  },
};

const fromTo = (before: unknown, after: unknown): string => `from ${shown(before)} to ${shown(after)}`;
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const crdChanged: ObjectRule = {
  code: 'risk/crd-changed',
  severity: 'medium',
  why: 'Objects that do not fit the new definition are refused, and with a definition all its objects are deleted.',
  check: 'Which objects of this kind the clusters hold, and in which version.',
  *find(change): Iterable<Found> {
    const { before, after } = change;
    if (objectOf(change).kind !== 'CustomResourceDefinition' || before === undefined) return;
    if (after === undefined) {
      yield { what: 'A custom resource definition is deleted, with all objects of its kind', severity: 'high' };
      return;
    }
    const names = new Set(itemsOf(at(after, 'spec', 'versions')).map((version) => textOf(at(version, 'name'))));
    const gone = itemsOf(at(before, 'spec', 'versions'))
      .map((version) => textOf(at(version, 'name')) ?? '')
      .filter((name) => !names.has(name));
    yield gone.length > 0
      ? { what: 'A custom resource definition loses versions', detail: gone.join(', '), severity: 'high' }
      : { what: 'A custom resource definition changes' };
  },
};

export const objectRules: readonly ObjectRule[] = [objectDeleted, namespaceDeleted, selectorChanged, crdChanged];
