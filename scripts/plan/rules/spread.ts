import { isEqual } from '../../kubernetes/equal.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { parseYaml } from '../../kustomize/yaml.ts';
import { at, itemsOf } from '../fields.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** Rings of Receive in a ConfigMap's texts; JSON is YAML. */
function hashringsOf(resource: Resource | undefined): readonly unknown[] {
  if (resource?.kind !== 'ConfigMap') return [];
  const texts = Object.entries((at(resource, 'data') ?? {}) as Readonly<Record<string, unknown>>);
  return texts.flatMap(([file, text]) => {
    if (typeof text !== 'string' || !/hashring/.test(file)) return [];
    try {
      return parseYaml(text).flatMap(itemsOf);
    } catch {
      return [];
    }
  });
}

const endpoints = (rings: readonly unknown[]): number =>
  rings.reduce<number>((sum, ring) => sum + itemsOf(at(ring, 'endpoints')).length, 0);
const sharding = (rings: readonly unknown[]): readonly unknown[] => rings.map((ring) => at(ring, 'shuffle_sharding_config', 'shard_size'));

const hashringChanged: ObjectRule = {
  code: 'risk/hashring-changed',
  severity: 'low',
  why: 'Series move to other ingestors, which hold them beside their own until the old copies are two hours old; a dashboard may miss up to two scrapes.',
  check: 'That the ingestors have memory to spare, and that no other one is being restarted.',
  *find({ before, after }): Iterable<Found> {
    const [then, now] = [hashringsOf(before), hashringsOf(after)];
    if (then.length === 0 || now.length === 0) return;
    if (!isEqual(sharding(then), sharding(now))) yield { what: 'Each tenant is on other ingestors', severity: 'medium' };
    else if (endpoints(then) !== endpoints(now))
      yield { what: 'The hashring changes', detail: `from ${endpoints(then)} to ${endpoints(now)} ingestors` };
  },
};

const shardsOf = (resource: Resource | undefined): number | undefined => {
  if (resource?.kind !== 'Prometheus') return undefined;
  const shards = at(resource, 'spec', 'shards');
  return typeof shards === 'number' ? shards : 1;
};

const shardsChanged: ObjectRule = {
  code: 'risk/shards-changed',
  severity: 'low',
  why: 'Targets move to other shards: the same series go on there, and queries find both parts.',
  check: 'That every node of the centre that takes a shard has the memory and the volume for it.',
  *find({ before, after }): Iterable<Found> {
    const [then, now] = [shardsOf(before), shardsOf(after)];
    if (then === undefined || now === undefined || then === now) return;
    if (now > then) yield { what: 'Prometheus gets more shards', detail: `from ${then} to ${now}` };
    else
      yield {
        what: 'Prometheus loses shards, and with them what they collected in the last hours and did not upload',
        detail: `from ${then} to ${now}`,
        severity: 'high',
      };
  },
};

export const spreadRules: readonly ObjectRule[] = [hashringChanged, shardsChanged];
