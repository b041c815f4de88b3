import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { type ParseCache, rendererOf } from '../../scripts/kustomize/render.ts';
import { header } from '../../scripts/kustomize/yaml.ts';
import { planReport } from '../../scripts/plan/plan-report.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, allOptions, anEdge } from '../support/fleet.ts';
import { mixedFleet, nameOf } from '../support/mixed-fleet.ts';
import { reportOf, reportOfSides, sideOf } from '../support/plan.ts';

const validate = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync('scripts/schemas/plan.schema.json', 'utf8')));

/** The report, which has to be what its schema says, after JSON. */
function valid(report: PlanReport): PlanReport {
  assert.ok(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors, null, 1));
  return report;
}

const edited = (sources: ReadonlyMap<string, string>, path: string, from: string, to: string) => {
  const text = sources.get(path) ?? '';
  assert.ok(text.includes(from), `${path} has no ${from}`);
  return new Map([...sources, [path, text.replace(from, to)]]);
};
const interval = (sources: ReadonlyMap<string, string>) =>
  edited(sources, 'clusters/fleet.ts', '"name"', '"scrapeInterval": "60s",\n  "name"');

const mixed = sideOf(mixedFleet(30));
const slower = sideOf(interval(mixedFleet(30)));
const whole = valid(reportOfSides(mixed, slower));

test('nothing changes', () => {
  const report = valid(reportOfSides(mixed, mixed));
  assert.equal(
    { ...report, groups: [] },
    {
      version: 1,
      fleet: 'test',
      base: { kind: 'git', ref: 'origin/main' },
      summary: {
        risk: 'none',
        files: { created: 0, updated: 0, deleted: 0 },
        objects: { added: 0, changed: 0, removed: 0, restarted: 0 },
        clusters: { touched: 0, total: 31 },
        regions: { touched: 0, total: 2 },
        rings: { touched: 0, total: 2 },
      },
      causes: [],
      risks: [],
      groups: [],
      classes: [],
      clusters: [],
      files: [],
    },
  );
});

test('another scrape interval is one class for each option, over regions and rings, and one for the centre', () => {
  assert.equal(
    whole.classes.map(({ title, clusters }) => [title, clusters.length]),
    [
      // The centre of half the samples needs less, where that is a step.
      ['prometheus-agent: 1 object changed', 10],
      ['thanos-sidecar: 1 object changed', 10],
      ['centre: 43 objects changed, 2 restarted', 1],
    ],
  );
  const [agents] = whole.classes;
  assert.match(agents?.changes[0]?.diff ?? '', /^-\s+scrape_interval: 30s\n\+\s+scrape_interval: 60s$/m);
  assert.equal(whole.causes, [
    {
      kind: 'inventory',
      what: 'scrapeInterval was "30s" and is now "60s".',
      file: 'clusters/fleet.ts',
      line: 2,
      field: 'scrapeInterval',
      before: '"30s"',
      after: '"60s"',
    },
  ]);
});

test('what happens to the objects about each edge alike is told of one', () => {
  const { changes } = whole.classes[2] ?? { changes: [] };
  const told = changes.map(({ object, also = [] }) => [object.kind, object.name, also.length]);
  assert.equal(told, [
    ['Deployment', 'receive-router', 0],
    ['StatefulSet', 'compactor', 0],
    ['Prometheus', 'central', 0],
    ['ScrapeConfig', 'edge-0000-cadvisor', 9],
    ['ScrapeConfig', 'edge-0000-kube-state-metrics', 9],
    ['ScrapeConfig', 'edge-0000-kubelet', 9],
    ['ScrapeConfig', 'edge-0000-node-exporter', 9],
  ]);
});

test('regions and rings are counted with the clusters that do not change', () => {
  assert.equal(
    whole.groups.map(({ region, ring, clusters }) => [region, ring, clusters.touched, clusters.total]),
    [
      ['kr', '', 1, 1],
      ['kr', 'stable', 16, 24],
      ['us', 'canary', 2, 3],
      ['us', 'stable', 2, 3],
    ],
  );
  assert.equal(whole.summary.clusters, { touched: 21, total: 31 });
});

test('the report does not hang on the order of the inventory or of files', () => {
  const backwards = (tree: FileTree): FileTree => new Map([...tree].reverse());
  const report = reportOfSides({ ...mixed, tree: backwards(mixed.tree) }, { ...slower, tree: backwards(slower.tree) });
  assert.is(JSON.stringify(report), JSON.stringify(whole));
});

test('a volume that is its own does not divide a class, and another change of one cluster stands alone', () => {
  const sizes = (edge: number) => ({ storage: { size: `${10 + edge}Gi` } });
  const before = mixedFleet(12, sizes);
  const report = valid(
    reportOf(before, interval(mixedFleet(12, (edge) => ({ ...sizes(edge), ...(edge === 4 ? { labels: { site: 'x' } } : {}) })))),
  );
  const agents = report.classes.filter(({ title }) => title.startsWith('prometheus-agent'));
  assert.equal(
    agents.map(({ clusters }) => clusters),
    [[nameOf(1), nameOf(7), nameOf(10)], [nameOf(4)]],
  );
});

test('a new cluster: its objects, its Application, what the centre and Argo CD get, all in one report', () => {
  const report = valid(
    reportOf(
      allOptions(),
      new Map(
        [...allOptions(), ...aFleet([anEdge('fresh', 'prometheus-agent', 90)])]
          .filter(([path]) => path !== 'clusters/fleet.ts')
          .concat([...allOptions()].filter(([path]) => path === 'clusters/fleet.ts')),
      ),
    ),
  );
  const fresh = report.clusters.find(({ name }) => name === 'fresh');
  assert.is(fresh?.change, 'added');
  assert.equal([fresh?.objects.changed, fresh?.objects.removed], [0, 0]);
  const own = report.classes.find(({ clusters }) => clusters.includes('fresh'));
  assert.ok(own?.changes.some(({ object, change }) => object.kind === 'Application' && object.name === 'edge-fresh' && change === 'added'));
  assert.equal(
    report.clusters.map(({ name }) => name),
    ['centre', 'fresh', 'Argo CD'],
  );
  assert.is(report.summary.clusters.total, 5);
  assert.equal(
    report.causes.map(({ what, cluster, file, line }) => [what, cluster, file, line]),
    [['A cluster is new: prometheus-agent.', 'fresh', 'clusters/fresh.ts', 1]],
  );
});

test('a cluster that moves to another region is one cluster, and its Application moves', () => {
  const regions = { regions: ['kr', 'us'] };
  const report = valid(
    reportOf(
      aFleet([aCentre(), anEdge('e', 'prometheus-agent', 10)], regions),
      aFleet([aCentre(), anEdge('e', 'prometheus-agent', 10, { region: 'us' })], regions),
    ),
  );
  const moved = report.clusters.find(({ name }) => name === 'e');
  assert.equal([moved?.change, moved?.region, moved?.objects.added, moved?.objects.removed], ['changed', 'us', 0, 0]);
  assert.ok(
    report.classes.flatMap(({ changes }) => changes).some(({ object, change }) => object.name === 'edge-e' && change === 'changed'),
  );
});

test('a field of a list is named by the name of its item, and clusters with the same change share a cause', () => {
  const nodes = (name: string, ...more: readonly string[]) =>
    [...more, `${name}-a`, `${name}-b`].map((node, i) => ({
      name: node,
      address: `192.0.2.${(name === 'e1' ? 10 : 20) + i + (more.length > 0 ? 0 : 1)}`,
    }));
  const fleet = (more: readonly string[], labels: object) =>
    aFleet([
      aCentre(),
      ...['e1', 'e2'].map((name) => anEdge(name, 'prometheus-agent', 0, { nodes: nodes(name, ...(name === 'e1' ? more : [])), labels })),
    ]);
  const report = valid(reportOf(fleet([], {}), fleet(['first'], { site: 'x' })));
  const causes = report.causes.map(({ cluster, field, before, after, also }) => ({ cluster, field, before, after, also }));
  assert.equal(causes, [
    { cluster: 'e1', field: 'nodes[0]', before: undefined, after: '{"name":"first","address":"192.0.2.10"}', also: undefined },
    { cluster: 'e1', field: 'labels.site', before: undefined, after: '"x"', also: ['e2'] },
  ]);
});

test('a file that somebody edited is a cause, with its name', () => {
  const path = 'overlays/kr/edge-0001/secrets.yaml';
  const text = mixed.tree.get(path) ?? '';
  const report = valid(
    reportOfSides({ ...mixed, tree: new Map([...mixed.tree, [path, text.replace('keys: ca.crt', 'keys: other.crt')]]) }, mixed),
  );
  assert.equal(
    report.causes.map(({ kind, file }) => [kind, file]),
    [['edited', path]],
  );
  assert.equal(
    report.clusters.map(({ name, objects }) => [name, objects.changed]),
    [['edge-0001', 1]],
  );
});

test('another compiler is a cause: of other parts, and of all files of a shape', () => {
  const older = new Map(
    [...mixed.tree].map(([path, text]): [string, string] => [
      path.replace(/^(base\/parts\/prometheus-agent)\/[0-9a-f]{12}\//, '$1/000000000000/'),
      text.replace(/(parts\/prometheus-agent)\/[0-9a-f]{12}/, '$1/000000000000').replace('fleetc.dev/ring', 'fleetc.dev/wave'),
    ]),
  );
  assert.equal(
    valid(reportOfSides({ ...mixed, tree: older }, mixed)).causes.map(({ kind }) => kind),
    ['compiler'],
  );
});

test('a part that was edited in its folder is told by the name of the folder', () => {
  const [path, text] = [...mixed.tree].find(([file]) => /^base\/parts\/prometheus-agent\/.*\/configmap-/.test(file)) as [string, string];
  const report = valid(
    reportOfSides({ ...mixed, tree: new Map([...mixed.tree, [path, text.replace('scrape_interval: 30s', 'scrape_interval: 1s')]]) }, mixed),
  );
  assert.equal(
    report.causes.map(({ kind, file }) => [kind, file]),
    [['edited', path]],
  );
  assert.equal(
    report.classes.map(({ clusters }) => clusters.length),
    [10],
  );
});

test('without a valid inventory of the base, the causes say so and the rest is whole', () => {
  const unknown = valid(reportOfSides({ ...mixed, inventory: undefined }, slower));
  assert.equal(
    unknown.causes.map(({ what }) => what),
    ['The inventory of the base is not valid, so what changed in it is not known.'],
  );
  assert.equal(
    unknown.classes.map(({ id, clusters }) => [id, clusters]),
    whole.classes.map(({ id, clusters }) => [id, clusters]),
  );
  const nothing = valid(reportOfSides({ tree: new Map(), inventory: undefined, sources: new Map() }, mixed));
  assert.equal(
    nothing.causes.map(({ what }) => what),
    ['There was no fleet before.'],
  );
  assert.ok(nothing.clusters.filter(({ name }) => name !== 'Argo CD').every(({ change }) => change === 'added'));
});

const broken: readonly [name: string, files: Record<string, string>][] = [
  ['broken YAML', { 'overlays/kr/edge-0001/kustomization.yaml': 'a: [' }],
  ['no kustomization', { 'overlays/kr/edge-0001/kustomization.yaml': '' }],
  ['another field', { 'overlays/kr/edge-0001/kustomization.yaml': `${header}namePrefix: x\n` }],
  ['an object that is no object', { 'overlays/kr/edge-0001/secrets.yaml': '- 1\n' }],
];
for (const [name, files] of broken)
  test(`an overlay of the base with ${name} is told as such`, () => {
    const report = valid(reportOfSides({ ...mixed, tree: new Map([...mixed.tree, ...Object.entries(files)]) }, mixed));
    const [cluster] = report.clusters;
    assert.is(cluster?.name, 'edge-0001');
    assert.is(cluster?.change, 'changed');
    assert.ok((cluster?.objects.added ?? 0) > 10);
    assert.match(cluster?.unreadable ?? '', /^overlays\//);
  });

test('an overlay whose kustomization was deleted is told as such', () => {
  const tree = new Map(mixed.tree);
  tree.delete('overlays/kr/edge-0001/kustomization.yaml');
  assert.match(reportOfSides({ ...mixed, tree }, mixed).clusters[0]?.unreadable ?? '', 'overlays/kr/edge-0001/kustomization.yaml');
});

test('broken files of Argo CD are told as such', () => {
  const tree = new Map([...mixed.tree, ['generated/argocd/edge-kr-00.yaml', 'a: [']]);
  const report = valid(reportOfSides({ ...mixed, tree }, mixed));
  assert.match(report.clusters.at(-1)?.unreadable ?? '', 'generated/argocd/edge-kr-00.yaml');
});

test('our own tree that does not render is a bug, not a report', () => {
  const tree = new Map([...mixed.tree, ['overlays/kr/edge-0001/kustomization.yaml', 'a: [']]);
  assert.throws(() => reportOfSides(mixed, { ...mixed, tree }), /^bug: /);
});

test('clusters that no change reaches are not rendered', () => {
  const rendered: string[] = [];
  const parsed: ParseCache = new Map();
  const watched = (tree: FileTree) => {
    const renderer = rendererOf(tree, parsed);
    return {
      ...renderer,
      render: (folder: string) => {
        if (folder.startsWith('overlays/')) rendered.push(folder);
        return renderer.render(folder);
      },
    };
  };
  const after = sideOf(mixedFleet(30, (edge) => (edge === 1 ? { storage: { size: '9Gi' } } : {})));
  planReport(mixed, after, { kind: 'disk' }, watched);
  assert.equal(rendered, ['overlays/kr/edge-0001', 'overlays/kr/edge-0001']);
});

test('no byte of a Secret and nothing that looks like a token is in a report', () => {
  const secrets = {
    'overlays/kr/edge-0001/secrets.yaml': `${header}apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: edge-metrics\ndata:\n  a: aHVudGVyMg==\nstringData:\n  b: hunter2\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: edge-metrics\ndata:\n  token: ghp_0123456789abcdefghijABCDEFGHIJ012345\n  url: https://user:hunter2@example.org/\n`,
  };
  const text = JSON.stringify(valid(reportOfSides({ ...mixed, tree: new Map([...mixed.tree, ...Object.entries(secrets)]) }, mixed)));
  for (const secret of ['aHVudGVyMg', 'hunter2', 'ghp_']) assert.not.ok(text.includes(secret), secret);
});

test.run();
