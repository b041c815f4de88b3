import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argocdFiles } from '../../scripts/argocd/files.ts';
import { centralParams, edgeParams, generatePaths } from '../../scripts/argocd/params.ts';
import { agent, input, inventory, tree } from './example.ts';

/** Argo CD's AppFilesHaveChanged, for absolute paths without a glob. */
const concerns = (paths: string, file: string): boolean => paths.split(';').some((path) => `/${file}`.startsWith(`${path}/`));

test('F25: a parameter file holds one object of strings, and no field that the generator would replace', () => {
  const files = [...argocdFiles(input())].filter(([path]) => path.startsWith('generated/argocd/params/'));
  assert.equal(
    files.map(([path]) => path),
    [
      'generated/argocd/params/central/cluster-01.yaml',
      'generated/argocd/params/edge-kr-00/cluster-02.yaml',
      'generated/argocd/params/edge-kr-00/cluster-03.yaml',
    ],
  );
  for (const [, documents] of files) {
    const [values = {}, ...rest] = documents;
    assert.equal(rest, []);
    for (const value of Object.values(values)) assert.type(value, 'string');
    assert.not('path' in values);
    assert.not('values' in values);
  }
});

test('the parameters of an edge and of the centre', () => {
  const given = inventory();
  const edge = given.edges[1];
  assert.ok(edge);
  assert.equal(edgeParams(given, edge, tree(given)), {
    cluster: 'cluster-03',
    region: 'kr',
    ring: 'canary',
    option: 'prometheus-agent',
    overlay: 'overlays/kr/cluster-03',
    generatePaths: '/overlays/kr/cluster-03;/base/rings/canary/node-exporter;/base/rings/canary/namespaces',
  });
  assert.equal(centralParams(given, tree(given)), [
    {
      application: 'cluster-01',
      cluster: 'cluster-01',
      region: 'kr',
      overlay: 'overlays/kr/cluster-01',
      generatePaths: '/overlays/kr/cluster-01',
    },
  ]);
});

test('the centre of a large fleet has an Application for each bucket of edges', () => {
  const given = inventory();
  const files = new Map([...tree(given), ['overlays/kr/cluster-01/edges/0d/kustomization.yaml', 'resources:\n  - edges.yaml\n']]);
  assert.equal(
    centralParams(given, files).map(({ application, overlay, generatePaths: paths }) => [application, overlay, paths]),
    [
      ['cluster-01', 'overlays/kr/cluster-01', '/overlays/kr/cluster-01/*.yaml'],
      ['cluster-01-edges-0d', 'overlays/kr/cluster-01/edges/0d', '/overlays/kr/cluster-01/edges/0d'],
    ],
  );
});

test('F26: an Application is rendered anew when a file changes that its overlay is made of, and for no other file', () => {
  const given = inventory({ edges: [agent('edge-1'), agent('edge-10'), agent('edge-2', { ring: 'canary' })] });
  const paths = generatePaths(tree(given), 'overlays/kr/edge-1');
  for (const file of [
    'overlays/kr/edge-1/kustomization.yaml',
    'base/rings/stable/node-exporter/kustomization.yaml',
    'base/rings/stable/namespaces/kustomization.yaml',
  ])
    assert.ok(concerns(paths, file), file);
  for (const file of [
    'overlays/kr/edge-10/kustomization.yaml',
    'base/rings/canary/node-exporter/kustomization.yaml',
    'base/parts/node-exporter/0123456789ab/kustomization.yaml',
    'clusters/fleet.ts',
  ])
    assert.not(concerns(paths, file), file);
});

test('F26: a ring file that moves to another digest changes no parameter file', () => {
  const given = inventory();
  const before = tree(given);
  const after = new Map([...before].map(([path, text]) => [path, text.replaceAll('0123456789ab', 'ba9876543210')]));
  for (const { name, region } of given.edges)
    assert.is(generatePaths(after, `overlays/${region}/${name}`), generatePaths(before, `overlays/${region}/${name}`));
});

test('an overlay without a kustomization is our bug', () => {
  assert.throws(() => generatePaths(new Map(), 'overlays/kr/nowhere'), /bug: overlays\/kr\/nowhere has no kustomization.yaml/);
});

test.run();
