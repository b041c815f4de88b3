import { posix } from 'node:path';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDestinationMatched, isKindPermitted, isSourcePermitted, type KnownCluster, refusals } from '../../scripts/argocd/admit.ts';
import { everInCentre, everOnEdges, nothingElse } from '../../scripts/argocd/ever-run.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aFleet, anEdge, type CompiledFleet, compiledFleet } from '../support/fleet.ts';
import {
  applicationSetsOf,
  type Delivered,
  deliveriesOf,
  everywhere,
  filesFrom,
  fleetNamed,
  fleets,
  foldersFrom,
  generatePathsOf,
  hubObjects,
  isWatched,
  ofKind,
  overlaysOf,
  paramFilesOf,
  pathsThatDiffer,
  resourcesAt,
  tally,
  within,
} from '../support/trees.ts';

interface Delivery extends Delivered {
  readonly fleetName: string;
  readonly fleet: CompiledFleet;
  readonly here: string;
}

const deliveries = (): readonly Delivery[] =>
  [...fleets()].flatMap(([fleetName, fleet]) =>
    deliveriesOf(fleet).map((one) => ({ fleetName, fleet, here: `${fleetName}: ${one.argocd}/${one.application.metadata.name}`, ...one })),
  );

const applicationSets = () =>
  [...fleets()].flatMap(([fleetName, fleet]) =>
    applicationSetsOf(fleet.tree).map((set) => ({ fleetName, fleet, set, here: `${fleetName}: ${set.metadata.name}` })),
  );

/** Applications of an overlay, whichever Argo CD they are in. */
const ofOverlays = () => deliveries().filter(({ application }) => application.spec.source?.path?.startsWith('overlays/') === true);

// F23

test('F23 every ApplicationSet is a strict goTemplate over git files at a full reference, with a literal project and no templatePatch', () => {
  const found = tally();
  for (const { set, here, fleet } of applicationSets()) {
    const { goTemplate, goTemplateOptions, generators, template, templatePatch } = set.spec;
    const { url, branch } = fleet.inventory.fleet.repository;
    found.see(goTemplate === true, () => `${here}: goTemplate`);
    found.see(JSON.stringify(goTemplateOptions) === '["missingkey=error"]', () => `${here}: ${JSON.stringify(goTemplateOptions)}`);
    found.see(templatePatch === undefined, () => `${here}: templatePatch`);
    found.see(!/\{\{|^default$|^$/.test(template.spec.project), () => `${here}: project ${template.spec.project}`);
    found.see(generators.length === 1 && Object.keys(generators[0] ?? {}).join() === 'git', () => `${here}: ${JSON.stringify(generators)}`);
    const git = generators[0]?.git;
    found.see(
      git?.repoURL === url && git.revision === `refs/heads/${branch}` && git.directories === undefined && git.template === undefined,
      () => `${here}: ${JSON.stringify(git)}`,
    );
    found.see(
      git?.files?.length === 1 && git.files.every(({ path }) => /^generated\/argocd\/params\/[a-z0-9-]+\/\*\.yaml$/.test(path)),
      () => `${here}: ${JSON.stringify(git?.files)}`,
    );
    found.see(
      template.spec.source?.repoURL === url && template.spec.source.targetRevision === git?.revision,
      () => `${here}: ${JSON.stringify(template.spec.source)}`,
    );
  }
  found.close(100);
});

// F24

test('F24 the templates and parameters expand to exactly one Application an overlay, every cluster has one, each of a unique name, with nothing left to fill in', () => {
  const found = tally();
  for (const [name, fleet] of fleets()) {
    const names = new Set<string>();
    const reached = new Map<string, number>();
    for (const { argocd, application } of deliveriesOf(fleet)) {
      const own = `${argocd}/${application.metadata.name}`;
      found.see(!names.has(own), () => `${name}: two Applications ${own}`);
      names.add(own);
      for (const { path, value } of within(application)) {
        // A label of the inventory may have no value.
        found.see(
          (value !== '' || path.includes('labels')) && value !== null && value !== undefined,
          () => `${name}: ${own}: ${path.join('.')} is empty`,
        );
        found.see(
          typeof value !== 'string' || !/<no value>|\{\{|\}\}|undefined|\[object/.test(value),
          () => `${name}: ${own}: ${path.join('.')}: ${String(value)}`,
        );
      }
      const path = application.spec.source?.path ?? '';
      if (path.startsWith('overlays/')) reached.set(path, (reached.get(path) ?? 0) + 1);
    }
    const overlays = overlaysOf(name, fleet);
    assert.equal([...reached].sort(), overlays.map(({ dir }) => [dir, 1]).sort(), name);
    const { central, edges } = fleet.inventory;
    assert.equal([...new Set(overlays.map(({ cluster }) => cluster))].sort(), [central, ...edges].map((cluster) => cluster.name).sort());
    for (const edge of edges) assert.is(overlays.filter(({ cluster }) => cluster === edge.name).length, 1, edge.name);
  }
  found.close(500);
});

test('F24 an Application reads the overlay of the cluster that it goes to, by its name; an autonomous edge by its own address', () => {
  const found = tally();
  let autonomous = 0;
  for (const { here, fleetName, fleet, application, argocd, cluster, params } of ofOverlays()) {
    const { source, destination } = application.spec;
    found.see(fleet.tree.has(`${source?.path}/kustomization.yaml`), () => `${here}: ${source?.path} has no kustomization.yaml`);
    found.see(
      overlaysOf(fleetName, fleet).some((overlay) => overlay.cluster === cluster && overlay.dir === source?.path),
      () => `${here}: ${source?.path} for ${cluster}`,
    );
    found.see((destination.name === undefined) !== (destination.server === undefined), () => `${here}: ${JSON.stringify(destination)}`);
    if (argocd === 'hub')
      found.see(
        params !== undefined && destination.name === params.cluster && destination.name === cluster,
        () => `${here}: ${JSON.stringify(destination)}`,
      );
    else {
      autonomous += 1;
      found.see(destination.server === 'https://kubernetes.default.svc', () => `${here}: ${JSON.stringify(destination)}`);
    }
    const isAutonomous = fleet.inventory.edges.find(({ name }) => name === cluster)?.delivery === 'autonomous';
    found.see(isAutonomous === (argocd === cluster), () => `${here}: the delivery of ${cluster} is not what the inventory says`);
  }
  assert.ok(autonomous > 3);
  found.close(200);
});

test('F24 what an autonomous edge applies is whole: projects, root and overlay, and none of it is in the hub', () => {
  let files = 0;
  for (const [name, fleet] of fleets()) {
    const hub = JSON.stringify([hubObjects(fleet.tree), [...paramFilesOf(fleet.tree)]]);
    for (const { name: edge, delivery } of fleet.inventory.edges) {
      const own = resourcesAt(fleet.tree, (path) => path === `generated/argocd/autonomous/${edge}.yaml`);
      if (delivery !== 'autonomous') {
        assert.equal(own, [], `${name}: ${edge}`);
        continue;
      }
      files += 1;
      const applications = deliveriesOf(fleet).filter(({ argocd }) => argocd === edge);
      assert.is(applications.length, 2);
      for (const { project, application } of applications)
        assert.ok(project, `${name}: ${application.metadata.name} names the project ${application.spec.project}, which is not there`);
      // The root keeps exactly this file up to date.
      const root = applications.find(({ application }) => application.spec.source?.path === 'generated/argocd/autonomous');
      assert.equal(root?.objects, own);
      assert.not.match(hub, new RegExp(`"(edge-)?${edge}"`));
    }
  }
  assert.ok(files > 3);
});

// F25

/** Argo CD's older globbing, in which a star crosses folders, and the newer one, in which it does not. */
const globs = [(pattern: string) => pattern.replaceAll('*', '.*'), (pattern: string) => pattern.replaceAll('*', '[^/]*')];

test('F25 no parameter file is empty, and the pattern of one ApplicationSet, greedy or not, matches it and nothing else of the tree', () => {
  const found = tally();
  for (const [name, { tree }] of fleets()) {
    const params = paramFilesOf(tree);
    assert.ok(params.size > 1, name);
    for (const [path, values] of params) {
      const { cluster, region, overlay, generatePaths, ...others } = (values ?? {}) as Record<string, unknown>;
      found.see(
        [cluster, region, overlay, generatePaths, ...Object.values(others)].every((value) => typeof value === 'string' && value.length > 0),
        () => `${name}: ${path}: ${JSON.stringify(values)}`,
      );
      found.see(!('path' in others), () => `${name}: ${path}: the generator replaces "path"`);
      found.see(
        posix.basename(path) === `${String(others.application ?? cluster)}.yaml` && parseYaml(tree.get(path) ?? '').length === 1,
        () => `${name}: ${path} is of ${String(cluster)}`,
      );
    }
    for (const glob of globs) {
      const matched = applicationSetsOf(tree).flatMap(({ spec }) => {
        const patterns = spec.generators.flatMap(({ git }) =>
          (git?.files ?? []).map((file) => new RegExp(`^${glob(file.path.replaceAll('.', '\\.'))}$`)),
        );
        return [...tree.keys()].filter((path) => patterns.some((pattern) => pattern.test(path)));
      });
      found.see(JSON.stringify([...matched].sort()) === JSON.stringify([...params.keys()].sort()), () => `${name}: ${matched.join(' ')}`);
    }
  }
  found.close(100);
});

// F26

/** The folders that an overlay is made of and that can change: a part never does, a new one gets a new folder. */
const mutableFolders = (tree: FileTree, dir: string): readonly string[] =>
  [...new Set(foldersFrom(tree, dir))].filter((folder) => !folder.startsWith('base/parts/'));

test('F26 manifest-generate-paths lists exactly the folders of the closure that can change: the overlay and its rings, not base/parts', () => {
  const found = tally();
  for (const { here, fleet, application } of ofOverlays()) {
    const want = mutableFolders(fleet.tree, application.spec.source?.path ?? '').map((folder) => `/${folder}`);
    // The files of a folder stand for it, and folders in it belong to it.
    const listed = generatePathsOf(application).map((path) => path.replace(/\/\*\.yaml$/, ''));
    const got = [...new Set(listed)].filter((path) => !listed.some((other) => path.startsWith(`${other}/`)));
    found.see(
      JSON.stringify(got.sort()) === JSON.stringify([...want].sort()),
      () => `${here}: ${generatePathsOf(application).join(';')} is not ${want.join(';')}`,
    );
  }
  found.close(40);
});

test('F26 every file of the closure outside base/parts is watched; no file of a sibling overlay, of a ring that is not in the closure, or of Argo CD is', () => {
  const found = tally();
  let siblings = 0;
  for (const { here, fleet, application } of ofOverlays()) {
    const dir = application.spec.source?.path ?? '';
    const paths = generatePathsOf(application);
    const closure = new Set(filesFrom(fleet.tree, dir));
    for (const file of fleet.tree.keys()) {
      if (file.startsWith('base/parts/')) continue;
      found.see(isWatched(paths, file) === closure.has(file), () => `${here}: ${file} is ${closure.has(file) ? 'not ' : ''}watched`);
      if (!closure.has(file) && file.startsWith('overlays/')) siblings += 1;
    }
    // A name that begins alike is another overlay.
    for (const file of [`${dir}0/kustomization.yaml`, `${dir}-2/secrets.yaml`])
      found.see(!isWatched(paths, file), () => `${here}: ${file} is watched`);
    // A file that a later compile adds is watched like those of now.
    const bucketed = [...closure].some((file) => file.startsWith(`${dir}/edges/`));
    for (const file of [`${dir}/new.yaml`, ...(bucketed ? [`${dir}/edges/zz.yaml`] : [])])
      found.see(isWatched(paths, file), () => `${here}: ${file}, which is new, is not watched`);
  }
  assert.ok(siblings > 200);
  found.close(1_000);
});

test('F26 an Application of a plain folder watches exactly the files that it syncs', () => {
  const found = tally();
  for (const { here, fleet, application } of deliveries()) {
    const { source } = application.spec;
    if (source?.directory === undefined) continue;
    const synced = new RegExp(`^${source.path}/${source.directory.include?.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
    found.see(source.directory.recurse !== true && [...fleet.tree.keys()].some((file) => synced.test(file)), () => here);
    for (const file of fleet.tree.keys())
      found.see(isWatched(generatePathsOf(application), file) === synced.test(file), () => `${here}: ${file}`);
  }
  found.close(1_000);
});

test('F26 whatever changes what is rendered for a cluster changes a file that it watches, and nothing else does', () => {
  const before = compiledFleet(aFleet(everywhere.clusters, everywhere.fleet));
  const changed = (cluster: string, change: Readonly<Record<string, unknown>>) =>
    aFleet(
      everywhere.clusters.map((one) => (one.name === cluster ? { ...one, ...change } : one)),
      everywhere.fleet,
    );
  const variants: readonly (readonly [string, ReadonlyMap<string, string>])[] = [
    ['a scrape interval', aFleet(everywhere.clusters, { ...everywhere.fleet, scrapeInterval: '60s' })],
    ['a version of node-exporter', aFleet(everywhere.clusters, { ...everywhere.fleet, versions: { nodeExporter: '1.10.2' } })],
    ['a bucket', aFleet(everywhere.clusters, { ...everywhere.fleet, objectStorage: { secretName: 'other', key: 'objstore.yml' } })],
    ['the URL of Receive', changed('centre', { receive: { url: 'https://other.example:19291/api/v1/receive' } })],
    ['a volume', changed('agent-kr', { storage: { class: 'slow', size: '9Gi' } })],
    [
      'an address',
      changed('scraped-kr', {
        nodes: [
          { name: 'scraped-kr-a', address: '198.51.100.7' },
          { name: 'scraped-kr-b', address: '192.0.2.11' },
        ],
      }),
    ],
    ['a label', changed('sidecar-jp', { labels: { owner: 'somebody' } })],
    ['an option', changed('scraped-jp', { option: 'prometheus-agent', settings: undefined })],
    ['a ring', changed('agent-jp', { ring: 'canary' })],
    ['an edge more', aFleet([...everywhere.clusters, anEdge('more', 'thanos-sidecar', 90, { region: 'jp' })], everywhere.fleet)],
  ];
  const found = tally();
  for (const [what, sources] of variants) {
    const after = compiledFleet(sources);
    const files = pathsThatDiffer(before.tree, after.tree);
    let rendered = 0;
    for (const { application, cluster } of deliveriesOf(after)) {
      if (application.spec.source?.path?.startsWith('overlays/') !== true || !before.rendered.has(cluster)) continue;
      const differs = JSON.stringify(before.rendered.get(cluster)) !== JSON.stringify(after.rendered.get(cluster));
      if (differs) rendered += 1;
      const watched = files.filter((file) => isWatched(generatePathsOf(application), file));
      found.see(
        differs === watched.length > 0,
        () =>
          `${what}: ${cluster} is ${differs ? 'changed, but watches none of' : 'unchanged, but watches'} ${(differs ? files : watched).slice(0, 5).join(' ')}`,
      );
    }
    assert.ok(rendered > 0, `${what} changes nothing`);
    // A part is never edited: its folder is another one.
    for (const path of before.tree.keys())
      if (path.startsWith('base/parts/') && after.tree.has(path))
        found.see(before.tree.get(path) === after.tree.get(path), () => `${what}: ${path} is edited`);
  }
  found.close(80);
});

// F27

test('F27 no Application and no template has sources, or overrides Kustomize', () => {
  const found = tally();
  for (const { here, application } of deliveries()) {
    found.see(application.spec.source !== undefined && !('sources' in application.spec), () => `${here}: sources`);
    for (const { path } of within(application.spec.source))
      found.see(!['kustomize', 'helm', 'plugin', 'chart'].includes(path[0] ?? ''), () => `${here}: source.${path.join('.')}`);
  }
  for (const { here, set } of applicationSets())
    for (const { path } of within(set.spec))
      found.see(!['kustomize', 'sources', 'helm', 'plugin'].includes(path.at(-1) ?? ''), () => `${here}: ${path.join('.')}`);
  found.close(500);
});

// F28

test('F28 every Application syncs by itself, prunes, heals, never to nothing, and never gives up; RollingSync is off', () => {
  const found = tally();
  for (const { here, application } of deliveries()) {
    const { automated, retry } = application.spec.syncPolicy ?? {};
    found.see(
      automated?.prune === true && automated.selfHeal === true && automated.allowEmpty === false && automated.enabled !== false,
      () => `${here}: ${JSON.stringify(automated)}`,
    );
    found.see(
      retry?.limit === -1 && retry.backoff?.duration !== undefined && retry.backoff.maxDuration !== undefined,
      () => `${here}: ${JSON.stringify(retry)}`,
    );
  }
  for (const { here, set } of applicationSets())
    found.see(set.spec.strategy === undefined, () => `${here}: ${JSON.stringify(set.spec.strategy)}`);
  found.close(100);
});

// F29

const isKept = (annotations: Readonly<Record<string, string>> | undefined) => {
  const options = (annotations?.['argocd.argoproj.io/sync-options'] ?? '').split(',');
  return options.includes('Prune=false') && options.includes('Delete=false');
};

test('F29 an ApplicationSet neither deletes nor lets go of its Applications, is never pruned, and stays small', () => {
  const found = tally();
  for (const { here, set, fleet } of applicationSets()) {
    found.see(
      set.spec.syncPolicy?.applicationsSync === 'create-update' && set.spec.syncPolicy.preserveResourcesOnDeletion === true,
      () => `${here}: ${JSON.stringify(set.spec.syncPolicy)}`,
    );
    found.see(
      JSON.stringify(set.metadata.finalizers) === '["resources-finalizer.argocd.argoproj.io"]',
      () => `${here}: ${JSON.stringify(set.metadata.finalizers)}`,
    );
    found.see(isKept(set.metadata.annotations), () => `${here}: ${JSON.stringify(set.metadata.annotations)}`);
    found.see(JSON.stringify(set).length < 200 * 1024, () => here);
    found.see(deliveriesOf(fleet).filter((one) => one.set?.metadata.name === set.metadata.name).length <= 1_000, () => here);
    // A deleted Application would take what it runs along.
    found.see(set.spec.template.metadata.finalizers === undefined, () => `${here}: finalizers of the template`);
  }
  found.close(100);
});

test('F29 projects and root Applications are never pruned either', () => {
  const found = tally();
  for (const [name, { tree }] of fleets())
    for (const object of resourcesAt(tree, (path) => /^generated\/argocd\/(autonomous\/)?[^/]+\.yaml$/.test(path)))
      found.see(isKept(object.metadata.annotations), () => `${name}: ${object.kind} ${object.metadata.name}`);
  found.close(50);
});

// F30

const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

test('F30 a project allows exactly the repository, clusters and namespaces of its Applications, and their kinds on any option, by explicit lists without a wildcard', () => {
  const found = tally();
  for (const [name, fleet] of fleets()) {
    const all = deliveriesOf(fleet);
    const projects = new Map(all.map(({ argocd, project, application }) => [`${argocd}/${application.spec.project}`, project]));
    for (const [id, project] of projects) {
      const here = `${name}: ${id}`;
      assert.ok(project, `${here} is not there`);
      const { sourceRepos = [], destinations = [], clusterResourceWhitelist, namespaceResourceWhitelist } = project.spec;
      const own = all.filter(({ argocd, application }) => `${argocd}/${application.spec.project}` === id);
      const objects = own.flatMap((one) => one.objects);
      const sorted = (list: Iterable<string>) => [...new Set(list)].sort();
      const kinds = (list: typeof clusterResourceWhitelist) =>
        (list ?? []).map((item) =>
          [item.group, item.kind, (item as { name?: string }).name].filter((part) => part !== undefined).join(' '),
        );

      found.see(
        JSON.stringify(sourceRepos) === JSON.stringify([fleet.inventory.fleet.repository.url]),
        () => `${here}: ${sourceRepos.join(' ')}`,
      );
      found.see(
        clusterResourceWhitelist !== undefined && namespaceResourceWhitelist !== undefined,
        () => `${here} leaves a list of kinds out`,
      );
      for (const { path, value } of within([sourceRepos, destinations, clusterResourceWhitelist, namespaceResourceWhitelist]))
        found.see(typeof value !== 'string' || !/[*?!]/.test(value), () => `${here}: ${path.join('.')}: ${String(value)}`);
      found.see(
        project.spec.clusterResourceBlacklist === undefined && project.spec.namespaceResourceBlacklist === undefined,
        () => `${here} has a list of what it forbids`,
      );
      for (const destination of destinations)
        found.see(
          (destination.name === undefined) !== (destination.server === undefined) && (destination.namespace ?? '') !== '',
          () => `${here}: ${JSON.stringify(destination)}`,
        );

      const { name: projectName } = project.metadata;
      const ever = projectName === 'argocd-root' ? nothingElse : projectName === 'central' ? everInCentre : everOnEdges;
      const allowed = (list: typeof clusterResourceWhitelist, want: readonly string[], what: string) =>
        found.see(
          JSON.stringify(sorted(kinds(list))) === JSON.stringify(sorted(want)) && kinds(list).length === new Set(want).size,
          () => `${here}: ${what}: ${sorted(kinds(list)).join(', ')} is not ${sorted(want).join(', ')}`,
        );
      allowed(
        clusterResourceWhitelist,
        [
          ...ever.clusterScoped.map((key) => key.replaceAll('/', ' ')),
          ...objects
            .filter(({ metadata }) => metadata.namespace === undefined)
            .map(({ apiVersion, kind, metadata }) => `${groupOf(apiVersion)} ${kind} ${metadata.name}`),
        ],
        'cluster-scoped kinds',
      );
      allowed(
        namespaceResourceWhitelist,
        [
          ...ever.namespaced.map((key) => key.replaceAll('/', ' ')),
          ...objects
            .filter(({ metadata }) => metadata.namespace !== undefined)
            .map(({ apiVersion, kind }) => `${groupOf(apiVersion)} ${kind}`),
        ],
        'namespaced kinds',
      );

      const places = destinations.map(({ name: cluster, server, namespace }) => `${cluster ?? server} ${namespace}`);
      const want = own.flatMap(({ application, objects: synced }) => {
        const { name: cluster, server, namespace } = application.spec.destination;
        return [namespace, ...synced.flatMap(({ metadata }) => metadata.namespace ?? [])].map((one) => `${cluster ?? server} ${one}`);
      });
      found.see(
        JSON.stringify(sorted(places)) === JSON.stringify(sorted(want)) && places.length === new Set(places).size,
        () => `${here}: destinations ${places.join(', ')} are not ${sorted(want).join(', ')}`,
      );

      const reachesArgocd = destinations.some(({ namespace }) => namespace === fleet.inventory.fleet.argocd.namespace);
      found.see(reachesArgocd === (project.metadata.name === 'argocd-root'), () => `${here} reaches the namespace of Argo CD`);
    }
    // A project that no Application is in allows what nobody asked for.
    for (const project of ofKind<IAppProject & Resource>(hubObjects(fleet.tree), 'AppProject'))
      found.see(projects.has(`hub/${project.metadata.name}`), () => `${name}: nothing is in the project ${project.metadata.name}`);
  }
  found.close(500);
});

// F31: admit.ts is Argo CD's matching, so it is tried on what argocd-kustomize.md A4 says of it.

const project = (spec: IAppProject['spec']): IAppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'p' },
  spec,
});
const edge1: KnownCluster = { name: 'edge-1', server: 'https://edge-1:6443' };

for (const [what, destination, cluster, namespace, want] of [
  ['a name matches', { name: 'edge-1', namespace: 'n' }, edge1, 'n', true],
  ['a server matches', { server: 'https://edge-1:6443', namespace: 'n' }, edge1, 'n', true],
  [
    'server OR name: a wildcard server beside a name permits every cluster',
    { name: 'other', server: '*', namespace: 'n' },
    edge1,
    'n',
    true,
  ],
  [
    'server OR name: another name beside the right server is enough',
    { name: 'other', server: 'https://edge-1:6443', namespace: 'n' },
    edge1,
    'n',
    true,
  ],
  [
    'AND namespace: a right cluster with another namespace is not enough',
    { name: 'edge-1', server: 'https://edge-1:6443', namespace: 'm' },
    edge1,
    'n',
    false,
  ],
  ['a name is not a prefix', { name: 'edge-1', namespace: 'n' }, { name: 'edge-10', server: 'https://edge-10:6443' }, 'n', false],
  ['a namespace is not a prefix', { name: 'edge-1', namespace: 'edge-metrics' }, edge1, 'edge-metrics-host', false],
  ['neither name nor server matches no cluster', { namespace: 'n' }, edge1, 'n', false],
] as const)
  test(`F31 destinations: ${what}`, () =>
    assert.is(isDestinationMatched(project({ destinations: [destination] }), cluster, namespace), want));

for (const [what, spec, object, want] of [
  ['no list of namespaced kinds allows all of them', {}, { group: 'apps', kind: 'Deployment', name: 'a', namespaced: true }, true],
  [
    'an empty list of namespaced kinds allows none',
    { namespaceResourceWhitelist: [] },
    { group: 'apps', kind: 'Deployment', name: 'a', namespaced: true },
    false,
  ],
  [
    'the group counts',
    { namespaceResourceWhitelist: [{ group: '', kind: 'Deployment' }] },
    { group: 'apps', kind: 'Deployment', name: 'a', namespaced: true },
    false,
  ],
  ['no list of cluster-scoped kinds allows none', {}, { group: '', kind: 'Namespace', name: 'a', namespaced: false }, false],
  [
    'an empty list of cluster-scoped kinds allows none',
    { clusterResourceWhitelist: [] },
    { group: '', kind: 'Namespace', name: 'a', namespaced: false },
    false,
  ],
  [
    'a kind at large allows every name',
    { clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }] },
    { group: '', kind: 'Namespace', name: 'kube-system', namespaced: false },
    true,
  ],
  [
    'an entry with a name allows that one',
    { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'a' }] },
    { group: '', kind: 'Namespace', name: 'a', namespaced: false },
    true,
  ],
  [
    'an entry with a name allows no other',
    { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'a' }] },
    { group: '', kind: 'Namespace', name: 'kube-system', namespaced: false },
    false,
  ],
  [
    'an entry for namespaced kinds says nothing of cluster-scoped ones',
    { namespaceResourceWhitelist: [{ group: '', kind: 'Namespace' }] },
    { group: '', kind: 'Namespace', name: 'a', namespaced: false },
    false,
  ],
] as const)
  test(`F31 kinds: ${what}`, () => assert.is(isKindPermitted(project(structuredClone(spec) as IAppProject['spec']), object), want));

test('F31 repositories: only those listed, and an empty list allows none', () => {
  const url = 'https://git.example/fleet.git';
  for (const [sourceRepos, want] of [
    [[url], true],
    [[], false],
    [['https://git.example/other.git'], false],
    [['https://git.example/fleet.git.evil'], false],
    [['*'], true],
  ] as const)
    assert.is(isSourcePermitted(project({ sourceRepos: [...sourceRepos] }), url), want, sourceRepos.join());
});

test('F31 the project of every Application admits its repository, destination and objects, and not one thing more', () => {
  const found = tally();
  const stranger = (kind: string, namespace?: string): Resource => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'stranger', ...(namespace !== undefined && { namespace }) },
  });
  for (const { here, application, project: own, cluster, objects } of deliveries()) {
    assert.ok(own, `${here}: no project ${application.spec.project}`);
    assert.is(own.metadata.namespace, application.metadata.namespace);
    const { name = 'in-cluster', server = `https://${cluster}.example:6443` } = application.spec.destination;
    const known = { name, server };
    found.see(
      [...refusals(own, application, known, objects)].length === 0,
      () => `${here}: ${[...refusals(own, application, known, objects)].join('; ')}`,
    );
    const namespace = application.spec.destination.namespace ?? '';
    for (const [what, others, at, from] of [
      ['a namespace', [stranger('ConfigMap', 'kube-system')], known, application],
      ['a kind', [stranger('PersistentVolumeClaim', namespace)], known, application],
      ['a cluster-scoped kind', [stranger('Namespace')], known, application],
      ['a cluster', [], { name: `${name}-else`, server: `${server}0` }, application],
      [
        'a repository',
        [],
        known,
        { ...application, spec: { ...application.spec, source: { ...application.spec.source, repoURL: 'https://git.example/other.git' } } },
      ],
    ] as const)
      found.see([...refusals(own, from, at, others)].length > 0, () => `${here} admits ${what} of somebody else`);
  }
  found.close(300);
});

test('F31 the fleets of these checks have every kind of Application', () => {
  const { tree, inventory } = fleetNamed('two regions and two rings');
  assert.equal(new Set(inventory.edges.map(({ delivery }) => delivery)), new Set(['push', 'agent', 'autonomous']));
  assert.ok(applicationSetsOf(tree).length > 3);
  assert.ok(
    deliveriesOf(fleetNamed('secret store')).some(({ application }) => application.spec.source?.path === 'generated/argocd/clusters'),
  );
});

test.run();
