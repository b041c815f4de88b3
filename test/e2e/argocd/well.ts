import type { Api, Live } from '../kubernetes/api.ts';

/** What the controllers of Kubernetes and prometheus-operator would report of objects that run well. */
interface Counted extends Live {
  readonly metadata: Live['metadata'] & { readonly generation?: number };
  readonly spec?: { readonly replicas?: number; readonly type?: string };
  readonly status?: unknown;
}

type Status = (object: Counted) => object | undefined;

const condition = (type: string, reason: string) => ({
  type,
  status: 'True',
  reason,
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

const operated: Status = ({ metadata: { generation = 1 }, spec }) => {
  const replicas = spec?.replicas ?? 1;
  const available = { ...condition('Available', 'AllPodsReady'), observedGeneration: generation };
  return {
    paused: false,
    replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
    unavailableReplicas: 0,
    conditions: [available],
  };
};

const statuses: readonly (readonly [list: string, status: Status])[] = [
  [
    '/apis/apps/v1/deployments',
    ({ metadata, spec }) => {
      const replicas = spec?.replicas ?? 1;
      const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
      return { observedGeneration: metadata.generation, ...counts, conditions: [condition('Available', 'MinimumReplicasAvailable')] };
    },
  ],
  [
    '/apis/apps/v1/statefulsets',
    ({ metadata, spec }) => {
      const replicas = spec?.replicas ?? 1;
      const counts = {
        replicas,
        updatedReplicas: replicas,
        readyReplicas: replicas,
        availableReplicas: replicas,
        currentReplicas: replicas,
      };
      return { observedGeneration: metadata.generation, ...counts, currentRevision: 'one', updateRevision: 'one' };
    },
  ],
  [
    '/apis/apps/v1/daemonsets',
    ({ metadata }) => ({
      observedGeneration: metadata.generation,
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      updatedNumberScheduled: 1,
      numberReady: 1,
      numberAvailable: 1,
      numberMisscheduled: 0,
    }),
  ],
  [
    '/apis/policy/v1/poddisruptionbudgets',
    () => ({
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      disruptionsAllowed: 1,
      conditions: [condition('DisruptionAllowed', 'SufficientPods')],
    }),
  ],
  ['/api/v1/services', ({ spec }) => (spec?.type === 'LoadBalancer' ? { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } : undefined)],
  ['/apis/monitoring.coreos.com/v1/prometheuses', operated],
  ['/apis/monitoring.coreos.com/v1/alertmanagers', operated],
  ['/apis/monitoring.coreos.com/v1/thanosrulers', operated],
];

/** Lets all that a server has run well, as far as nobody has said so yet. */
export async function runWell(api: Api): Promise<void> {
  for (const [list, status] of statuses) {
    const answer = await api.request('GET', list);
    // A server without the operator's kinds, or not ready for them yet.
    if (answer.status !== 200) continue;
    const { items } = JSON.parse(answer.body) as { readonly items: readonly Counted[] };
    for (const item of items) {
      const { name, namespace, generation } = item.metadata;
      const told = status(item);
      const key = `${api.url} ${list} ${item.metadata.uid} ${generation}`;
      if (told === undefined || done.has(key)) continue;
      const place = list.replace(/\/([a-z]+)$/, `/namespaces/${namespace}/$1/${name}/status`);
      await api.expect('PATCH', place, { status: told }, 'application/merge-patch+json');
      done.add(key);
    }
  }
}

const done = new Set<string>();
