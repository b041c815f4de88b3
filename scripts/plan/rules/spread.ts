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
    else if (endpoints(then) < endpoints(now))
      yield { what: 'The hashring changes', detail: `from ${endpoints(then)} to ${endpoints(now)} ingestors` };
  },
};

const ingestorsRemoved: ObjectRule = {
  code: 'risk/ingestors-removed',
  severity: 'high',
  why: 'They stop at once, while routers learn of it within minutes: until then writes that need two of them fail and are sent again, and samples that only they have are missing until they are in the bucket, or for good where the upload fails.',
  check:
    'Keep the number in receive.replicas, and lower it by one a merge, each when the one before has uploaded its blocks; their volume claims stay behind for you to delete.',
  *find({ before, after }): Iterable<Found> {
    const [then, now] = [endpoints(hashringsOf(before)), endpoints(hashringsOf(after))];
    if (now > 0 && now < then)
      yield {
        what: 'Receive loses ingestors',
        detail: `from ${then} to ${now}`,
        // The two others that have its samples go on.
        ...(then - now === 1 && { severity: 'medium' as const }),
      };
  },
};

const shardsOf = (resource: Resource | undefined): number | undefined => {
  if (resource?.kind !== 'Prometheus') return undefined;
  const shards = at(resource, 'spec', 'shards');
  return typeof shards === 'number' ? shards : 1;
};

const shardsAdded: ObjectRule = {
  code: 'risk/shards-added',
  severity: 'low',
  why: 'Targets move to other shards: the same series go on there, and queries find both parts.',
  check: 'That the centre has nodes with the memory and the volume for one shard more.',
  *find({ before, after }): Iterable<Found> {
    const [then, now] = [shardsOf(before), shardsOf(after)];
    if (then !== undefined && now !== undefined && now > then)
      yield { what: 'Prometheus gets more shards', detail: `from ${then} to ${now}` };
  },
};

const shardsRemoved: ObjectRule = {
  code: 'risk/shards-removed',
  severity: 'high',
  why: 'What a shard collected in its last hours and has not uploaded is lost with it: up to three hours, of all its targets.',
  check: 'Keep the number in prometheus.shards; where it has to fall, do it when a hole of three hours does no harm.',
  *find({ before, after }): Iterable<Found> {
    const [then, now] = [shardsOf(before), shardsOf(after)];
    if (then !== undefined && now !== undefined && now < then) yield { what: 'Prometheus loses shards', detail: `from ${then} to ${now}` };
  },
};

export const spreadRules: readonly ObjectRule[] = [hashringChanged, ingestorsRemoved, shardsAdded, shardsRemoved];
