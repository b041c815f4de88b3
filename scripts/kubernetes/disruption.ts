import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { labels, selector } from './labels.ts';
import { wave } from './waves.ts';

/** One pod at a time may be evicted. None for a single replica: its budget would block the drain of a node for ever. */
export const disruptionBudgets = (name: string, namespace: string, replicas: number): DisruptionBudget[] =>
  replicas < 2 ? [] : [disruptionBudget(name, namespace)];

type DisruptionBudget = ReturnType<typeof disruptionBudget>;

const disruptionBudget = (name: string, namespace: string) =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: labels(name), annotations: wave.config },
    spec: { maxUnavailable: 1, selector: { matchLabels: selector(name) } },
  }) satisfies IPodDisruptionBudget;

/** Replicas on different nodes and in different zones as far as there are any: a centre of one node still runs them all. */
export const spread = (name: string) =>
  ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway' as const,
    labelSelector: { matchLabels: selector(name) },
  }));
