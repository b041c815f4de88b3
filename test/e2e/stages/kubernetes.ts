import { parseAllDocuments } from 'yaml';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { fleets } from '../../support/emitted.ts';
import type { Api } from '../kubernetes/api.ts';
import { type Applied, applyAll, deleteAll, serverSideApply } from '../kubernetes/apply.ts';
import { startControlPlane } from '../kubernetes/control-plane.ts';
import { installCustomResources } from '../kubernetes/custom-resources.ts';
import { changedByServer } from '../kubernetes/kept.ts';
import { mistakes } from '../kubernetes/mistakes.ts';
import { identitiesOf, wrongRights } from '../kubernetes/permissions.ts';
import { podOf, privileged, refusalOf } from '../kubernetes/pods.ts';
import type { Stage, StageRun } from '../stage.ts';

export const kubernetes: Stage = { name: 'kubernetes', needs: ['etcd', 'kube-apiserver', 'custom-resources'], run };

async function run({ folder, check, row }: StageRun): Promise<void> {
  const { api, seconds } = await startControlPlane(folder);
  const { gitVersion } = await api.expect<{ readonly gitVersion: string }>('GET', '/version');
  row('ok', 'etcd and kube-apiserver start', `${gitVersion}, ${seconds.toFixed(1)} s`);
  const started = await check(
    'the custom resources of prometheus-operator, Argo CD and External Secrets are installed',
    async () => `${await installCustomResources(api, ['prometheus-operator', 'argo-cd', 'external-secrets'])} definitions`,
  );
  if (!started) return row('not run', 'what needs them', 'as above');

  await api.expect('POST', '/api/v1/namespaces', { metadata: { name: 'argocd' } });
  for (const { what, object, says } of mistakes('argocd'))
    await check(`the server refuses ${what}`, async () => {
      const refusal = await serverSideApply(api, object).then(
        () => 'taken',
        (error: Error) => error.message,
      );
      if (!says.test(refusal)) throw new Error(refusal);
    });

  // Each cluster by itself, and Argo CD's own as one more.
  for (const [name, { rendered, tree }] of fleets()) {
    const clusters = [...rendered, ...argocdObjects(tree)];
    const found = new Findings();
    const begin = performance.now();
    await check(`${name}: the server takes every object`, async () => {
      for (const [cluster, objects] of clusters) await judge(api, cluster, objects, found);
      return `${found.objects} objects of ${clusters.length} clusters, ${((performance.now() - begin) / 1000).toFixed(1)} s`;
    });
    for (const concern of concerns) await check(`${name}: ${concern}`, () => found.of(concern));
  }
}

/** Warnings that nobody can act on. */
const known = [
  // Argo CD's own name: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Controlling-Resource-Modification/
  /^metadata\.finalizers: "resources-finalizer\.argocd\.argoproj\.io": prefer a domain-qualified finalizer name/,
];

const concerns = [
  'no object brings a warning',
  'the server keeps every field as it is written',
  'applied again, nothing changes',
  'Pod Security lets every pod in',
  'Pod Security keeps a privileged pod out where it should',
  'each account may do what its program needs, and no more',
] as const;
type Concern = (typeof concerns)[number];

/** What is wrong with the clusters of a fleet, and how much was looked at. */
class Findings {
  objects = 0;
  readonly #looked = new Map<Concern, number>();
  readonly #wrong = new Map<Concern, string[]>();

  add(concern: Concern, looked: number, wrong: Iterable<string>): void {
    this.#looked.set(concern, (this.#looked.get(concern) ?? 0) + looked);
    this.#wrong.set(concern, [...(this.#wrong.get(concern) ?? []), ...wrong]);
  }

  of(concern: Concern): string {
    const wrong = this.#wrong.get(concern) ?? [];
    if (wrong.length > 0) throw new Error([`${wrong.length} findings`, ...wrong].join('\n'));
    const looked = this.#looked.get(concern) ?? 0;
    if (looked === 0) throw new Error('nothing was looked at');
    return String(looked);
  }
}

async function judge(api: Api, cluster: string, objects: readonly Resource[], found: Findings): Promise<void> {
  const applied = await applyAll(api, objects);
  const old = applied.filter(({ made }) => !made);
  if (old.length > 0) throw new Error(`${cluster} finds ${old.length} objects of the cluster before it`);
  found.objects += applied.length;
  const title = ({ object: { kind, metadata } }: Applied): string => `${cluster}: ${kind} ${metadata.name}`;
  const each = (wrong: (one: Applied) => Iterable<string>): readonly string[] =>
    applied.flatMap((one) => [...wrong(one)].map((what) => `${title(one)}: ${what}`));
  found.add(
    'no object brings a warning',
    applied.length,
    each(({ warnings }) => warnings.filter((text) => !known.some((each) => each.test(text)))),
  );
  found.add(
    'the server keeps every field as it is written',
    applied.length,
    each(({ object, live }) => changedByServer(object, live)),
  );

  const again = new Map((await applyAll(api, objects)).map(({ path, live }) => [path, live.metadata.resourceVersion]));
  found.add(
    'applied again, nothing changes',
    applied.length,
    each(({ path, live }) => (again.get(path) === live.metadata.resourceVersion ? [] : ['changes'])),
  );

  const pods = objects.flatMap((object) => podOf(object) ?? []);
  const restricted = new Set(
    objects
      .filter(({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted')
      .map(({ metadata }) => metadata.name),
  );
  const answers = await Promise.all(
    pods.map(async (pod) => ({ pod, refusal: await refusalOf(api, pod), broken: await refusalOf(api, privileged(pod)) })),
  );
  found.add(
    'Pod Security lets every pod in',
    pods.length,
    answers.flatMap(({ pod, refusal }) => (refusal === undefined ? [] : [`${cluster}: ${pod.metadata.name}: ${refusal}`])),
  );
  const inside = answers.filter(({ pod }) => restricted.has(pod.metadata.namespace ?? ''));
  found.add(
    'Pod Security keeps a privileged pod out where it should',
    inside.length,
    inside.flatMap(({ pod, broken }) =>
      broken !== undefined && /violates PodSecurity "restricted/.test(broken)
        ? []
        : [`${cluster}: ${pod.metadata.name}: ${broken ?? 'let in'}`],
    ),
  );

  const groups = await api.groups();
  for (const identity of identitiesOf(objects, groups)) {
    const { asked, wrong } = await wrongRights(api, identity);
    found.add(
      'each account may do what its program needs, and no more',
      asked,
      wrong.map((what) => `${cluster}: ${what}`),
    );
  }
  await deleteAll(api, applied);
}

/** What is for an Argo CD: that of the fleet, and those of edges that have one of their own. The parameter files are no objects. */
function argocdObjects(tree: ReadonlyMap<string, string>): ReadonlyMap<string, readonly Resource[]> {
  const by = new Map<string, Resource[]>();
  for (const [path, text] of tree) {
    if (!/^generated\/argocd\/(?!params\/)/.test(path)) continue;
    const name = path.includes('/autonomous/') ? path : 'Argo CD';
    by.set(name, [...(by.get(name) ?? []), ...parseAllDocuments(text).map((document) => document.toJS() as Resource)]);
  }
  return by;
}
