import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDestinationMatched, isKindPermitted, isSourcePermitted, refusals } from '../../scripts/argocd/admit.ts';
import { expand } from '../../scripts/argocd/expand.ts';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { input, resource } from './example.ts';

const project = (spec: IAppProject['spec']): IAppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'p' },
  spec,
});
const cluster = { name: 'a', server: 'https://a' };

// The table of argo-cd's TestAppProject_IsDestinationPermitted, as far as it concerns names and servers.
for (const [name, destinations, namespace, want] of [
  ['a name is enough', [{ name: 'a', namespace: 'n' }], 'n', true],
  ['a server is enough', [{ server: 'https://a', namespace: 'n' }], 'n', true],
  ['a name or a server is enough: "*" beside a name allows every cluster', [{ name: 'b', server: '*', namespace: 'n' }], 'n', true],
  ['another name is refused', [{ name: 'b', namespace: 'n' }], 'n', false],
  ['another namespace is refused', [{ name: 'a', namespace: 'n' }], 'm', false],
  ['a glob matches', [{ name: '?', namespace: 'n*' }], 'nn', true],
  ['no destination allows nothing', [], 'n', false],
  [
    'a denial wins over a later match',
    [
      { name: '!a', namespace: 'n' },
      { name: 'a', namespace: 'n' },
    ],
    'n',
    false,
  ],
  [
    'a denied namespace is refused',
    [
      { server: 'https://a', namespace: '!n' },
      { server: '*', namespace: '*' },
    ],
    'n',
    false,
  ],
] as const)
  test(`destination: ${name}`, () => {
    assert.is(isDestinationMatched(project({ destinations: destinations.map((item) => ({ ...item })) }), cluster, namespace), want);
  });

test('kinds: an absent list of namespaced kinds allows all, an empty one none; cluster-scoped kinds need an entry', () => {
  const object = { group: 'apps', kind: 'Deployment', name: 'x', namespaced: true };
  assert.ok(isKindPermitted(project({}), object));
  assert.not(isKindPermitted(project({ namespaceResourceWhitelist: [] }), object));
  assert.ok(isKindPermitted(project({ namespaceResourceWhitelist: [{ group: 'apps', kind: 'Deployment' }] }), object));
  assert.not(isKindPermitted(project({ namespaceResourceWhitelist: [{ group: '', kind: 'Deployment' }] }), object));
  assert.not(isKindPermitted(project({ namespaceResourceBlacklist: [{ group: '*', kind: '*' }] }), object));
  const role = { group: 'rbac', kind: 'ClusterRole', name: 'x', namespaced: false };
  assert.not(isKindPermitted(project({}), role));
  assert.ok(isKindPermitted(project({ clusterResourceWhitelist: [{ group: 'rbac', kind: 'ClusterRole' }] }), role));
  assert.ok(isKindPermitted(project({ clusterResourceWhitelist: [{ group: 'rbac', kind: 'ClusterRole', name: 'x' }] }), role));
  assert.not(isKindPermitted(project({ clusterResourceWhitelist: [{ group: 'rbac', kind: 'ClusterRole', name: 'y' }] }), role));
});

test('sources: an exact URL, a glob of one path segment, a denial', () => {
  const url = 'https://github.com/acme/fleet.git';
  for (const [sourceRepos, want] of [
    [[url], true],
    [['https://github.com/acme/fleet'], true],
    [['https://github.com/acme/other'], false],
    [['https://github.com/*/fleet'], true],
    [['https://*/fleet'], false],
    [['*', '!https://github.com/acme/fleet'], false],
    [[], false],
  ] as const)
    assert.is(isSourcePermitted(project({ sourceRepos: [...sourceRepos] }), url), want, sourceRepos.join());
});

test('F31: the project of every Application admits its repository, its destination and everything that is rendered for it', () => {
  const given = input();
  const files = argocdFiles(given);
  const all = [...files.values()].flat();
  const paramFiles = new Map(
    [...files].filter(([path]) => path.includes('/params/')).map(([path, [first]]) => [path, first as Record<string, string>]),
  );
  const applications = all
    .filter((object): object is IApplicationSet => 'kind' in object && object.kind === 'ApplicationSet')
    .flatMap((set) => expand(set, paramFiles));
  assert.is(applications.length, 3);
  for (const application of applications) {
    const own = all.find(
      (object): object is IAppProject =>
        'kind' in object && object.kind === 'AppProject' && (object as IAppProject).metadata.name === application.spec.project,
    );
    assert.ok(own);
    const name = application.spec.destination.name ?? '';
    const resources = given.overlays.get(name)?.flat() ?? [];
    const known = { name, server: `https://${name}` };
    assert.equal([...refusals(own, application, known, resources)], []);
    assert.equal(
      [...refusals(own, application, known, [...resources, resource('v1', 'LimitRange', 'x', 'kube-system')])],
      [`namespace kube-system of ${name} is no destination`, 'LimitRange is not allowed'],
    );
    assert.equal(
      [...refusals(own, application, { name: 'other', server: 'https://other' }, [])],
      [`namespace ${application.spec.destination.namespace} of other is no destination`],
    );
  }
});

test.run();
