import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { isDestinationMatched, isKindPermitted, isSourcePermitted } from '../../../scripts/argocd/admit.ts';
import { isWatched } from '../../support/trees.ts';
import type { Answers, Questions } from './harness.ts';

// Where fleetc judges as Argo CD does, it has rules of its own: here is everything that they could see otherwise.

const patterns = ['', '*', 'a', 'b', 'a*', '*a', 'a-?', '!a', '!b*', '!*'];
const namespaces = ['', '*', 'ns', 'ns-*', '!ns', '!kube-*'];
const servers = ['', '*', 'https://a:6443', 'https://*:6443', '!https://a:6443'];
const repositories = [
  'https://git.example/fleet.git',
  'https://git.example/fleet',
  'https://GIT.example/Fleet.git',
  'https://git.example/*',
  'https://git.example/**',
  '*',
  '!https://git.example/fleet.git',
  '!https://git.example/*',
];
const kinds = [undefined, [], ['ConfigMap'], ['*'], ['Config*'], ['ConfigMap', 'Role']];

const project = (spec: IAppProject['spec']): IAppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'one', namespace: 'argocd' },
  spec,
});

const pairs = <A, B>(some: readonly A[], others: readonly B[]): readonly (readonly [A, B])[] =>
  some.flatMap((a) => others.map((b) => [a, b] as const));

export function questions(): Questions {
  const projects: IAppProject[] = [];
  const add = (spec: IAppProject['spec']): number => projects.push(project(spec)) - 1;

  const oneDestination = pairs(patterns, pairs(servers, namespaces)).map(([name, [server, namespace]]) => [{ name, server, namespace }]);
  const twoDestinations = pairs(patterns, patterns).map(([a, b]) => [
    { name: a, namespace: 'ns' },
    { name: b, server: '!https://a:6443', namespace: '*' },
  ]);
  const destinations = [...oneDestination, ...twoDestinations].flatMap((list) => {
    const place = add({ destinations: list });
    return [
      { name: 'a', server: 'https://a:6443' },
      { name: 'b', server: 'https://b:6443' },
      { name: '', server: 'https://kubernetes.default.svc' },
    ].flatMap((cluster) => ['ns', 'ns-2', 'kube-system', ''].map((namespace) => ({ project: place, ...cluster, namespace })));
  });

  const sources = [...repositories.map((one) => [one]), ...pairs(repositories, repositories).map((two) => [...two])].flatMap(
    (sourceRepos) => {
      const place = add({ sourceRepos });
      return [
        'https://git.example/fleet.git',
        'https://git.example/fleet/',
        'https://git.example/team/fleet',
        'https://git.example/other.git',
      ].map((repoURL) => ({ project: place, repoURL }));
    },
  );

  const listed = (list: readonly string[] | undefined, group: string) => list?.map((kind) => ({ group, kind }));
  const kindQuestions = pairs(kinds, pairs(kinds, ['', '*', 'rbac*'])).flatMap(([allowed, [denied, group]]) => {
    const [white, black] = [listed(allowed, group), listed(denied, group)];
    const place = add({
      ...(white === undefined
        ? {}
        : { namespaceResourceWhitelist: white, clusterResourceWhitelist: [...white, { group, kind: 'Role', name: 'a*' }] }),
      ...(black === undefined ? {} : { namespaceResourceBlacklist: black, clusterResourceBlacklist: black }),
    });
    return pairs(['ConfigMap', 'Role'], pairs(['', 'rbac.authorization.k8s.io'], pairs(['a-1', 'b'], [true, false]))).map(
      ([kind, [of, [name, namespaced]]]) => ({ project: place, kind, group: of, name, namespaced }),
    );
  });

  const paths = pairs(
    [
      '/overlays/kr/a',
      '/overlays/kr/a/',
      '/overlays/kr/a;/base/rings/stable/agent',
      '/overlays/kr/*.yaml',
      '/overlays/kr/a/*.yaml',
      '/base/r?ngs',
      ' /overlays/kr/a ; ',
    ],
    [
      'overlays/kr/a/kustomization.yaml',
      'overlays/kr/a/deep/file.yaml',
      'overlays/kr/ab/kustomization.yaml',
      'overlays/kr/a.yaml',
      'base/rings/stable/agent/kustomization.yaml',
      'base/rings/canary/agent/kustomization.yaml',
      'README.md',
    ],
  ).map(([generatePaths, changed]) => ({ generatePaths, source: 'overlays/kr/a', changed }));

  return { projects, sources, destinations, kinds: kindQuestions, paths };
}

/** What our own rules say. */
export function ours({ projects, sources, destinations, kinds: asked, paths }: Questions): Answers {
  const at = (place: number): IAppProject => projects[place] as IAppProject;
  return {
    sources: sources.map(({ project: place, repoURL }) => isSourcePermitted(at(place), repoURL)),
    destinations: destinations.map(({ project: place, name, server, namespace }) =>
      isDestinationMatched(at(place), { name, server }, namespace),
    ),
    kinds: asked.map(({ project: place, ...object }) => isKindPermitted(at(place), object)),
    paths: paths.map(({ generatePaths, changed }) =>
      isWatched(
        generatePaths
          .split(';')
          .map((path) => path.trim())
          .filter(Boolean),
        changed,
      ),
    ),
  };
}

/** The questions that two sides answer otherwise. */
export function disagreements(asked: Questions, one: Answers, other: Answers): readonly unknown[] {
  return (['sources', 'destinations', 'kinds', 'paths'] as const).flatMap((about) => {
    if (one[about].length !== asked[about].length || other[about].length !== asked[about].length)
      throw new Error(`${about}: not all are answered`);
    return asked[about]
      .map((question, index) => ({
        about,
        question: 'project' in question ? { ...question, project: asked.projects[question.project]?.spec } : question,
        one: one[about][index],
        other: other[about][index],
      }))
      .filter((answer) => answer.one !== answer.other);
  });
}
