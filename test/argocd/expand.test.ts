import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { edgeApplicationSet } from '../../scripts/argocd/application-set.ts';
import { expand, matchesPath, type ParamFiles } from '../../scripts/argocd/expand.ts';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { fleet, input, inventory, tree } from './example.ts';

const set = edgeApplicationSet(fleet(), 'edge-kr-00');
const values = {
  cluster: 'a',
  region: 'kr',
  ring: 'stable',
  option: 'remote-scrape',
  overlay: 'overlays/kr/a',
  generatePaths: '/overlays/kr/a',
};
const file = (content: Record<string, unknown>): ParamFiles => new Map([['generated/argocd/params/edge-kr-00/a.yaml', content]]);

test('F24: the ApplicationSets expand to one Application for each cluster that the hub delivers to', () => {
  const files = argocdFiles(input());
  const paramFiles = new Map(
    [...files].filter(([path]) => path.includes('/params/')).map(([path, [first]]) => [path, first as Record<string, string>]),
  );
  const sets = [...files.values()]
    .flat()
    .filter((object): object is IApplicationSet => 'kind' in object && object.kind === 'ApplicationSet');
  const applications = sets.flatMap((one) => expand(one, paramFiles));
  assert.equal(
    applications.map(({ metadata, spec }) => [metadata.name, spec.destination.name, spec.source?.path, spec.project]),
    [
      ['central-cluster-01', 'cluster-01', 'overlays/kr/cluster-01', 'central'],
      ['edge-cluster-02', 'cluster-02', 'overlays/kr/cluster-02', 'edge-kr-00'],
      ['edge-cluster-03', 'cluster-03', 'overlays/kr/cluster-03', 'edge-kr-00'],
    ],
  );
  for (const application of applications) {
    assert.not.match(JSON.stringify(application), /\{\{|<no value>/);
    assert.ok(tree(inventory()).has(`${application.spec.source?.path}/kustomization.yaml`));
    assert.is(application.spec.destination.server, undefined);
    new Application(application).validate();
  }
});

test('F24: a parameter that is missing, empty or no string is an error, never "<no value>"', () => {
  assert.is(expand(set, file(values)).length, 1);
  const { ring: _, ...without } = values;
  assert.throws(() => expand(set, file(without)), /map has no entry for key "ring"/);
  assert.throws(() => expand(set, file({})), /no entry/);
  assert.throws(() => expand(set, file({ ...values, ring: true })), /not a string/);
});

test('a parameter called path is not what a template sees', () => {
  const wrong = {
    ...set,
    spec: {
      ...set.spec,
      template: { ...set.spec.template, spec: { ...set.spec.template.spec, source: { repoURL: 'x', path: '{{.path}}' } } },
    },
  };
  assert.throws(() => expand(wrong, file({ ...values, path: 'overlays/kr/a' })), /not a string/);
});

test('an expansion that Argo CD would do differently is refused', () => {
  assert.throws(() => expand({ ...set, spec: { ...set.spec, goTemplate: false } }, file(values)), /no value/);
  assert.throws(() => expand({ ...set, spec: { ...set.spec, templatePatch: 'spec: {}' } }, file(values)), /templatePatch/);
  const range = { ...set, spec: { ...set.spec, template: { ...set.spec.template, metadata: { name: '{{range .x}}{{end}}' } } } };
  assert.throws(() => expand(range, file(values)), /more than a field/);
});

test('F25: the pattern takes the parameter files of its own folder only', () => {
  const pattern = 'generated/argocd/params/edge-kr-00/*.yaml';
  assert.ok(matchesPath(pattern, 'generated/argocd/params/edge-kr-00/a.yaml'));
  for (const path of [
    'generated/argocd/params/edge-kr-01/a.yaml',
    'generated/argocd/params/edge-kr-00/a.json',
    'generated/argocd/params/central/a.yaml',
  ])
    assert.not(matchesPath(pattern, path), path);
});

test.run();
