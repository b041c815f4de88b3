import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { Api } from './api.ts';

/** What a program asks of the API server; `*` stands for every verb. */
export interface Right {
  readonly verbs: readonly string[];
  readonly group?: string;
  /** Such as `pods` or `nodes/metrics`. */
  readonly resource: string;
  /** Every namespace unless said. */
  readonly namespace?: string;
}

/** One who asks, and what may and may not be done. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly may: readonly Right[];
  readonly mayNot: readonly Right[];
}

const read = ['list', 'watch'];
const fetch = ['get', 'list', 'watch'];

/** Nobody whom fleetc binds needs any of these. */
const never: readonly Right[] = [
  { verbs: fetch, resource: 'secrets' },
  { verbs: fetch, resource: 'configmaps' },
  { verbs: ['create', 'update', 'patch', 'delete'], resource: 'pods' },
  { verbs: ['create'], resource: 'pods/exec' },
  { verbs: ['get', 'create'], resource: 'nodes/proxy' },
  { verbs: ['create'], resource: 'serviceaccounts/token' },
  { verbs: ['escalate', 'bind', 'create'], group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verbs: ['impersonate'], resource: 'users' },
];

const account = (namespace: string, name: string): Pick<Identity, 'user' | 'groups'> => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`],
});

/** Prometheus on an edge: node discovery, the kubelets' metrics, the pods of node-exporter. */
const collector = (name: string): Identity => ({
  ...account('edge-metrics', name),
  may: [
    { verbs: fetch, resource: 'nodes' },
    { verbs: ['get'], resource: 'nodes/metrics' },
    { verbs: fetch, resource: 'pods', namespace: 'edge-metrics-host' },
  ],
  mayNot: [...never, { verbs: fetch, resource: 'pods' }, { verbs: fetch, resource: 'pods', namespace: 'kube-system' }],
});

interface Bound extends Resource {
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}
interface KubeStateMetrics extends Resource {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } } };
}
/** The groups that the API server serves, by the name of the resource. */
export type Groups = ReadonlyMap<string, string>;

/** Whom the bindings of a cluster name, with what each has to be able to do: from what its program is told to watch. */
export function identitiesOf(objects: readonly Resource[], groups: Groups): readonly Identity[] {
  const bound = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as unknown as readonly Bound[];
  const names = new Set(bound.flatMap(({ subjects }) => subjects.map(({ kind, namespace, name }) => `${kind} ${namespace ?? ''}/${name}`)));
  return [...names].map((name) => {
    switch (name) {
      case 'ServiceAccount edge-metrics/prometheus-agent':
        return collector('prometheus-agent');
      case 'ServiceAccount edge-metrics/edge-prometheus':
        return collector('edge-prometheus');
      case 'ServiceAccount edge-metrics/kube-state-metrics':
        return kubeStateMetrics(objects, groups);
      case 'ServiceAccount edge-metrics/central-scraper':
        return scraper(account('edge-metrics', 'central-scraper'));
      case 'User /central-scraper':
        return scraper({ user: 'central-scraper', groups: ['system:authenticated'] });
      case 'ServiceAccount metrics-central/prometheus':
        return central;
      default:
        throw new Error(`nobody says what ${name} needs`);
    }
  });
}

const scraper = (who: Pick<Identity, 'user' | 'groups'>): Identity => ({
  ...who,
  may: [{ verbs: ['get'], resource: 'nodes/metrics' }],
  mayNot: [
    ...never,
    { verbs: fetch, resource: 'nodes' },
    { verbs: fetch, resource: 'pods' },
    { verbs: ['create'], resource: 'nodes/metrics' },
  ],
});

const central: Identity = {
  ...account('metrics-central', 'prometheus'),
  may: [
    { verbs: fetch, resource: 'pods', namespace: 'metrics-central' },
    { verbs: fetch, resource: 'services', namespace: 'metrics-central' },
    { verbs: fetch, resource: 'endpointslices', group: 'discovery.k8s.io', namespace: 'metrics-central' },
  ],
  mayNot: [
    ...never,
    { verbs: fetch, resource: 'secrets', namespace: 'metrics-central' },
    { verbs: fetch, resource: 'pods' },
    { verbs: fetch, resource: 'nodes' },
  ],
};

function kubeStateMetrics(objects: readonly Resource[], groups: Groups): Identity {
  const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'kube-state-metrics');
  const args = (found as KubeStateMetrics | undefined)?.spec.template.spec.containers[0]?.args ?? [];
  const resources =
    args
      .find((arg) => arg.startsWith('--resources='))
      ?.slice('--resources='.length)
      .split(',') ?? [];
  if (resources.length === 0) throw new Error('kube-state-metrics is not told what to watch');
  return {
    ...account('edge-metrics', 'kube-state-metrics'),
    may: resources.map((resource) => ({ verbs: read, resource, group: groups.get(resource) ?? unknown(resource) })),
    mayNot: never,
  };
}

const unknown = (resource: string): never => {
  throw new Error(`the server has no resource ${resource}`);
};

interface Review {
  readonly status: { readonly allowed: boolean };
}

/** Each answer of the server that is not as it should be; gives how many it was asked for. */
export async function wrongRights(
  api: Api,
  { user, groups, may, mayNot }: Identity,
): Promise<{ readonly asked: number; readonly wrong: readonly string[] }> {
  const questions = [...may.map((right) => ({ right, wanted: true })), ...mayNot.map((right) => ({ right, wanted: false }))].flatMap(
    ({ right: { verbs, ...attributes }, wanted }) => verbs.map((verb) => ({ attributes, verb, wanted })),
  );
  const answers = await Promise.all(
    questions.map(async ({ attributes: { resource, group = '', namespace }, verb, wanted }) => {
      const [name, subresource] = resource.split('/');
      const attributes = { verb, group, resource: name, subresource, namespace };
      const { status } = await api.expect<Review>('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, groups, resourceAttributes: attributes },
      });
      const where = namespace === undefined ? '' : ` in ${namespace}`;
      return status.allowed === wanted ? [] : [`${user} ${wanted ? 'may not' : 'may'} ${verb} ${resource}${where}`];
    }),
  );
  return { asked: questions.length, wrong: answers.flat() };
}
