import { AppProject, type IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupOf } from '../../scripts/argocd/app-project.ts';
import { type EverRun, everInCentre, everOnEdges } from '../../scripts/argocd/ever-run.ts';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { fleets } from '../support/emitted.ts';
import { agent, fleet, input, secretStore } from './example.ts';

const projects = (change: Parameters<typeof input>[0] = {}): readonly IAppProject[] =>
  [...argocdFiles(input(change)).values()]
    .flat()
    .filter((object): object is IAppProject => 'kind' in object && object.kind === 'AppProject');
/** Of the hub, whose files come after those of the edges with an Argo CD of their own. */
const project = (name: string, change: Parameters<typeof input>[0] = {}): IAppProject => {
  const found = projects(change).findLast(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no project ${name}`);
  return found;
};

test('F30: a shard may reach exactly its clusters, by name, in exactly their namespaces', () => {
  assert.equal(project('edge-kr-00').spec.destinations, [
    { name: 'cluster-02', namespace: 'edge-metrics' },
    { name: 'cluster-02', namespace: 'edge-metrics-host' },
    { name: 'cluster-03', namespace: 'edge-metrics' },
    { name: 'cluster-03', namespace: 'edge-metrics-host' },
  ]);
});

test('F30: the allowed kinds are those that are rendered or that an option may have run, cluster-scoped ones by name', () => {
  const { spec } = project('edge-kr-00');
  const kinds = spec.namespaceResourceWhitelist?.map(({ group, kind }) => `${group}/${kind}`) ?? [];
  assert.equal(kinds, [...everOnEdges.namespaced].sort());
  assert.ok(kinds.includes('apps/StatefulSet'), 'no edge of this shard runs one, but one may have');
  const named = spec.clusterResourceWhitelist?.map(({ group, kind, name }) => `${group}/${kind}/${name}`) ?? [];
  assert.equal(
    named,
    [
      ...everOnEdges.clusterScoped,
      '/Namespace/edge-metrics',
      '/Namespace/edge-metrics-host',
      'rbac.authorization.k8s.io/ClusterRole/prometheus-agent',
    ].sort(),
  );
});

test('what any fleet runs is in the lists, and nothing else is', () => {
  const [onEdges, inCentre] = [new Set<string>(), new Set<string>()];
  for (const { inventory, rendered } of fleets().values())
    for (const [overlay, objects] of rendered)
      for (const { apiVersion, kind, metadata } of objects)
        if (kind !== 'Namespace')
          (overlay.split('/')[0] === inventory.central.name ? inCentre : onEdges).add(
            [groupOf(apiVersion), kind, ...(metadata.namespace === undefined ? [metadata.name] : [])].join('/'),
          );
  const all = ({ namespaced, clusterScoped }: EverRun) => [...namespaced, ...clusterScoped].sort();
  assert.equal([...onEdges].sort(), all(everOnEdges));
  assert.equal([...inCentre].sort(), all(everInCentre));
});

test('F30: no project has a wildcard, an absent list, or a destination with both a name and a server', () => {
  const all = projects({ fleet: fleet({ secretStore }) });
  assert.equal(all.map(({ metadata }) => metadata.name ?? '').sort(), ['argocd-root', 'argocd-root', 'central', 'edge', 'edge-kr-00']);
  for (const { metadata, spec } of all) {
    assert.not.match(JSON.stringify(spec), /[*!]/);
    assert.equal(spec.sourceRepos, ['https://github.com/acme/fleet.git']);
    assert.ok(spec.namespaceResourceWhitelist?.length);
    assert.ok(spec.clusterResourceWhitelist);
    for (const { name, server } of spec.destinations ?? []) assert.is.not(name === undefined, server === undefined, metadata.name);
  }
});

test('F30: only the root project reaches the namespace of Argo CD, and nothing else', () => {
  for (const { metadata, spec } of projects())
    for (const { namespace } of spec.destinations ?? []) assert.is(namespace === 'argocd', metadata.name === 'argocd-root');
  assert.equal(project('argocd-root').spec.destinations, [{ server: 'https://kubernetes.default.svc', namespace: 'argocd' }]);
});

test('the root project allows ExternalSecrets only when clusters are registered through them', () => {
  const kinds = (change: Parameters<typeof input>[0]) =>
    project('argocd-root', change).spec.namespaceResourceWhitelist?.map(({ kind }) => kind);
  assert.equal(kinds({}), ['AppProject', 'Application', 'ApplicationSet']);
  assert.equal(kinds({ fleet: fleet({ secretStore }) }), ['AppProject', 'Application', 'ApplicationSet', 'ExternalSecret']);
});

test('a project is never pruned, and the largest one can be applied', () => {
  for (const { metadata } of projects())
    assert.match(metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '', /^Prune=false,Delete=false/);
  const edges = Array.from({ length: 1000 }, (_, i) =>
    agent(`cluster-with-a-name-of-forty-characters-${String(i).padStart(4, '0')}`.slice(-40)),
  );
  const large = project('edge-kr-00', { edges });
  assert.is(large.spec.destinations?.length, 2000);
  assert.ok(JSON.stringify(large).length < 1_000_000);
  assert.match(large.metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '', /ServerSideApply=true/);
});

test('the strict model of Argo CD accepts every project', () => {
  for (const one of projects()) new AppProject(one).validate();
});

test.run();
