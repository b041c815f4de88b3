import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { Kustomization, Operation } from '../../scripts/kustomize/kustomization.ts';
import { renderKustomization } from '../../scripts/kustomize/render.ts';
import { parseYaml, toYaml } from '../../scripts/kustomize/yaml.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../support/fleet.ts';
import {
  allClusters,
  allOverlays,
  filesFrom,
  fleets,
  foldersFrom,
  kustomizationOf,
  tally,
  titleOf,
  within,
  yamlFiles,
} from '../support/trees.ts';

const kustomizations = (tree: FileTree) =>
  [...tree]
    .filter(([path]) => /(^|\/)kustomization\.yaml$/.test(path))
    .map(([path, text]) => ({ path, fields: parseYaml(text)[0] as Kustomization }));

const allKustomizations = () => [...fleets()].flatMap(([name, { tree }]) => kustomizations(tree).map((one) => ({ name, tree, ...one })));

// F6

const schema = JSON.parse(readFileSync('scripts/schemas/kustomization.schema.json', 'utf8')) as object;
const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);

test('F6 every kustomization.yaml validates against the strict schema', () => {
  const found = tally();
  for (const { name, path, fields } of allKustomizations())
    found.see(
      validate(fields),
      () => `${name}: ${path}: ${JSON.stringify(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`))}`,
    );
  found.close(200);
});

/** What the portable subset leaves out: the deprecated five, transformers, generators of Secrets, code and remote sources. */
const outside = [
  ...['bases', 'commonLabels', 'vars', 'patchesStrategicMerge', 'patchesJson6902'],
  ...['namespace', 'namePrefix', 'nameSuffix', 'commonAnnotations', 'openapi', 'helmCharts', 'helmChartInflationGenerator', 'helmGlobals'],
  ...[
    'replacements',
    'secretGenerator',
    'transformers',
    'validators',
    'generators',
    'crds',
    'configurations',
    'generatorOptions',
    'buildMetadata',
    'sortOptions',
  ],
];

test('F6 the schema is strict: it refuses every field outside the portable subset, another kind and another apiVersion', () => {
  const good = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: ['a.yaml'] };
  assert.ok(validate(good));
  for (const field of outside) assert.not(validate({ ...good, [field]: [] }), field);
  for (const bad of [
    { kind: 'Component' },
    { apiVersion: 'kustomize.config.k8s.io/v1alpha1' },
    { apiVersion: undefined },
    { resources: ['https://git.example/base'] },
    { resources: ['/etc/passwd'] },
    { resources: ['a/../../b'] },
    { labels: [{ pairs: { a: 'b' }, includeSelectors: true }] },
    { labels: [{ pairs: { a: 1 }, includeSelectors: false }] },
    { patches: [{ patch: 'x' }] },
    { patches: [{ target: {}, patch: 'x' }] },
    { patches: [{ target: { version: 'v1', kind: 'Service', name: '.*' }, patch: 'x' }] },
    { configMapGenerator: [{ name: 'a', namespace: 'b', literals: ['a=b'], options: {} }] },
  ])
    assert.not(validate(JSON.parse(JSON.stringify({ ...good, ...bad }))), JSON.stringify(bad));
});

test('F6 no kustomization.yaml has a field outside the portable subset, and each is a Kustomization of v1beta1', () => {
  const found = tally();
  for (const { name, path, fields } of allKustomizations()) {
    found.see(
      fields.apiVersion === 'kustomize.config.k8s.io/v1beta1' && fields.kind === 'Kustomization',
      () => `${name}: ${path}: ${fields.apiVersion} ${fields.kind}`,
    );
    for (const field of outside) found.see(!(field in fields), () => `${name}: ${path}: ${field}`);
  }
  for (const [name, { tree }] of fleets())
    for (const path of tree.keys())
      found.see(!/(^|\/)(kustomization\.yml|Kustomization)$/.test(path), () => `${name}: ${path}: a second name of the file`);
  found.close();
});

// F7

/** A text, and every text within it that somebody else reads as YAML: patches, and configuration in ConfigMaps. */
function* yamlTexts(place: string, text: string): Iterable<readonly [place: string, text: string]> {
  yield [place, text];
  for (const document of parseYaml(text))
    for (const { path, value } of within(document))
      if (typeof value === 'string' && /(\.ya?ml$|^patch$)/.test(path.at(-1) ?? '')) yield* yamlTexts(`${place} ${path.join('.')}`, value);
}

const read = (text: string, version: '1.1' | '1.2') => {
  const documents = parseAllDocuments(text, { version, strict: true, uniqueKeys: true });
  return {
    problems: documents.flatMap(({ errors, warnings }) => [...errors, ...warnings].map(({ message }) => message)),
    // Dates, numbers without end and sets would look alike, or look like nothing, as JSON.
    value: JSON.stringify(
      documents.map((document) => document.toJS({ maxAliasCount: 0 }) as unknown),
      (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? `a number: ${value}` : value),
    ),
  };
};

test('F7 no emitted YAML has a duplicate key or an anchor, and all of it reads alike as YAML 1.1 and 1.2', () => {
  const found = tally();
  const known = new Set<string>();
  for (const [name, { tree }] of fleets())
    for (const [path, whole] of yamlFiles(tree))
      for (const [place, text] of yamlTexts(`${name}: ${path}`, whole)) {
        if (known.has(text)) continue;
        known.add(text);
        const [old, current] = [read(text, '1.1'), read(text, '1.2')];
        found.see(
          old.problems.length + current.problems.length === 0,
          () => `${place}: ${[...old.problems, ...current.problems].join('; ')}`,
        );
        found.see(old.value === current.value, () => `${place}: reads differently under YAML 1.1`);
      }
  found.close(1_000);
});

test('F7 the reader of this test sees duplicate keys, anchors and values that the two versions take apart', () => {
  assert.is(read('a: 1\na: 2\n', '1.2').problems.length, 1);
  for (const text of ['a: no\n', 'a: 012\n', 'a: 12:30:45\n', 'a: 2024-01-01\n', 'a: 1_000\n', 'y: 1\n'])
    assert.ok(read(text, '1.1').value !== read(text, '1.2').value || read(text, '1.1').problems.length > 0, text);
  assert.throws(() => read('a: &x [1]\nb: *x\n', '1.2'));
});

// F9

test('F9 no emitted path is absolute, leaves the repository or holds a character that some disk or tool reads otherwise', () => {
  const found = tally();
  for (const [name, { tree }] of fleets()) {
    const lowered = new Set<string>();
    for (const path of tree.keys()) {
      found.see(
        /^(base|overlays|generated)\/([A-Za-z0-9][-A-Za-z0-9._]*\/)*[A-Za-z0-9][-A-Za-z0-9._]*$/.test(path) &&
          path === posix.normalize(path),
        () => `${name}: ${path}`,
      );
      found.see(path.split('/').every((part) => part.length <= 255) && path.length < 1_000, () => `${name}: ${path} is too long`);
      found.see(!lowered.has(path.toLowerCase()), () => `${name}: ${path} is one with another where case does not count`);
      lowered.add(path.toLowerCase());
      for (const folder of path.split('/').map((_, i, parts) => parts.slice(0, i).join('/')))
        found.see(!tree.has(folder), () => `${name}: ${folder} is a file and a folder`);
    }
  }
  found.close();
});

test('F9 every resource of a kustomization is there, relative, inside the repository, with .. only in front; a file is in its own folder', () => {
  const found = tally();
  for (const { name, tree, path, fields } of allKustomizations())
    for (const resource of fields.resources ?? []) {
      const place = () => `${name}: ${path}: ${resource}`;
      const folder = posix.dirname(path);
      const target = posix.join(folder, resource);
      found.see(!/^\/|:|\?|\\|\/\/|\/$/.test(resource), place);
      found.see(!/[^/.]\/\.\.(\/|$)/.test(resource) && !target.startsWith('..'), place);
      found.see(
        tree.has(target) ? target.startsWith(`${folder}/`) : tree.has(`${target}/kustomization.yaml`),
        () => `${place()} is not there, or is a file of another folder`,
      );
    }
  found.close(500);
});

test('F9 every file under base/ and overlays/ is used by some overlay', () => {
  const found = tally();
  for (const [name, { tree }] of fleets()) {
    const used = new Set(
      [...tree.keys()]
        .filter((path) => /^overlays\/.*\/kustomization\.yaml$/.test(path))
        .flatMap((path) => filesFrom(tree, posix.dirname(path))),
    );
    for (const path of tree.keys())
      if (!path.startsWith('generated/')) found.see(used.has(path), () => `${name}: nothing includes ${path}`);
  }
  found.close();
});

// F10

test('F10 each part is once in the graph of an overlay, each folder once, and there are no components', () => {
  const found = tally();
  for (const { fleetName, fleet, cluster, dir } of allOverlays()) {
    const folders = foldersFrom(fleet.tree, dir);
    const parts = folders.filter((folder) => folder.startsWith('base/parts/')).map((folder) => folder.split('/')[2]);
    // An overlay below that of a centre has nothing but files of its own.
    assert.ok(parts.length > 1 || dir.includes('/edges/'), `${fleetName}: ${cluster} has ${parts.length} parts`);
    found.see(new Set(parts).size === parts.length, () => `${fleetName}: ${cluster}: ${parts.join(' ')}`);
    found.see(new Set(folders).size === folders.length, () => `${fleetName}: ${cluster}: a diamond in ${folders.join(' ')}`);
    found.see(
      folders.slice(1).every((folder) => /^base\/(parts\/[^/]+\/[0-9a-f]{12}|rings\/[^/]+\/[^/]+)$/.test(folder)),
      () => `${fleetName}: ${cluster}: ${folders.join(' ')}`,
    );
  }
  for (const { name, path, fields } of allKustomizations())
    found.see(fields.kind === 'Kustomization' && !('components' in fields), () => `${name}: ${path} takes part in components`);
  found.close();
});

// F11 and F13: patches

const allPatches = () =>
  allOverlays().flatMap((overlay) =>
    (kustomizationOf(overlay.fleet.tree, overlay.dir).patches ?? []).map(({ target, patch }, i) => ({
      ...overlay,
      i,
      target,
      operations: parseYaml(patch)[0] as readonly Operation[],
      place: `${overlay.fleetName}: ${overlay.cluster}: patch of ${target.kind} ${target.name}`,
    })),
  );

/** The rendering of an overlay without one of its patches. */
function without(tree: FileTree, dir: string, i: number): readonly Resource[] {
  const { patches = [], ...fields } = kustomizationOf(tree, dir);
  const others = patches.filter((_, j) => j !== i);
  const text = toYaml({ ...fields, ...(others.length > 0 && { patches: others }) });
  return renderKustomization(new Map([...tree, [`${dir}/kustomization.yaml`, text]]), dir);
}

test('F11 a patch changes exactly the object that its target names, and does change it', () => {
  const found = tally();
  for (const { place, fleet, dir, i, target, rendered } of allPatches()) {
    const before = without(fleet.tree, dir, i);
    assert.equal(rendered.map(titleOf), before.map(titleOf), place);
    const changed = rendered.filter((resource, at) => JSON.stringify(resource) !== JSON.stringify(before[at]));
    const wanted = `${target.group === undefined ? '' : `${target.group}/`}${target.kind} ${target.name}`;
    found.see(
      changed.length === 1 &&
        titleOf(changed[0] as Resource).replace(/ \S*\//, ' ') === wanted &&
        changed[0]?.apiVersion.endsWith(target.version) === true,
      () => `${place}: changes ${changed.length === 0 ? 'nothing' : changed.map(titleOf).join(', ')}`,
    );
  }
  found.close(5);
});

test('F11 the target of a patch says version, kind and name, and none of it is a pattern', () => {
  const found = tally();
  for (const { place, target } of allPatches()) {
    found.see(
      target.version !== undefined && target.kind !== undefined && target.name !== undefined,
      () => `${place}: ${JSON.stringify(target)}`,
    );
    // A dot in a group stands for itself there, since groups that differ in one character do not exist.
    for (const [field, value] of Object.entries(target))
      found.see((field === 'group' ? /^[a-z0-9.-]+$/ : /^[A-Za-z0-9-]+$/).test(value), () => `${place}: ${field} ${value}`);
    found.see(!('labelSelector' in target || 'annotationSelector' in target), () => place);
  }
  found.close(10);
});

test('F11 what the inventory says of volumes is what the patches do', () => {
  const found = tally();
  for (const { fleetName, fleet, cluster, rendered } of allOverlays()) {
    const edge = fleet.inventory.edges.find(({ name }) => name === cluster);
    if (edge === undefined || edge.option === 'remote-scrape') continue;
    const claims = rendered.flatMap((resource) =>
      resource.kind === 'StatefulSet' ? (resource as unknown as StatefulSet).spec.volumeClaimTemplates : [],
    );
    const { class: storageClass, size = edge.option === 'prometheus-agent' ? '5Gi' : '20Gi' } = edge.storage;
    found.see(
      claims.length === 1 && claims[0]?.spec.storageClassName === storageClass && claims[0]?.spec.resources.requests.storage === size,
      () => `${fleetName}: ${cluster}: ${JSON.stringify(claims)} for ${JSON.stringify(edge.storage)}`,
    );
  }
  found.close(5);
});

interface StatefulSet {
  readonly spec: {
    readonly volumeClaimTemplates: readonly {
      readonly spec: { readonly storageClassName?: string; readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

const segmentsOf = (path: string) =>
  path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value at a path, by RFC 6901; nothing where there is none. */
const valueAt = (value: unknown, path: string): unknown =>
  segmentsOf(path).reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

test('F13 every operation that counts list items comes after a test of that item, and none replaces or tests what is not there', () => {
  const found = tally();
  for (const { place, fleet, dir, i, target, operations } of allPatches()) {
    const object = without(fleet.tree, dir, i).find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
    assert.ok(object, place);
    found.see(operations[0]?.op === 'test', () => `${place}: begins with ${operations[0]?.op}`);
    const tested: string[] = [];
    for (const { op, path, value } of operations) {
      if (op === 'test') {
        tested.push(path);
        found.see(JSON.stringify(valueAt(object, path)) === JSON.stringify(value), () => `${place}: test ${path} fails`);
        continue;
      }
      if (op !== 'add') found.see(valueAt(object, path) !== undefined, () => `${place}: ${op} ${path}: nothing is there`);
      else found.see(valueAt(object, posix.dirname(path)) !== undefined, () => `${place}: add ${path}: no parent`);
      const parts = path.split('/');
      for (const [at, part] of parts.entries())
        if (/^\d+$/.test(part)) {
          const item = parts.slice(0, at + 1).join('/');
          found.see(
            tested.some((other) => other === item || other.startsWith(`${item}/`)),
            () => `${place}: no test of ${item} before ${op} ${path}`,
          );
        }
    }
  }
  found.close(20);
});

// F12

const imagePattern = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*))?(@sha256:(?<digest>[0-9a-f]{64}))?$/;

interface Container {
  readonly name: string;
  readonly image?: string;
}

test('F12 every container has an image with a tag or a digest, never latest, and no kustomization rewrites images', () => {
  const found = tally();
  for (const { fleetName, cluster, rendered } of allClusters()) {
    const see = (resource: Resource, name: string, image: string | undefined) => {
      const { tag, digest } = imagePattern.exec(image ?? '')?.groups ?? {};
      found.see(
        (tag ?? digest) !== undefined && tag !== 'latest',
        () => `${fleetName}: ${cluster}: ${titleOf(resource)}: ${name}: ${image}`,
      );
    };
    let images = 0;
    for (const resource of rendered) {
      const { spec = {} } = resource as Resource & {
        spec?: { template?: { spec?: Record<string, readonly Container[] | undefined> }; image?: string; thanos?: { image?: string } };
      };
      const pod = spec.template?.spec;
      for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
        for (const { name, image } of pod?.[list] ?? []) {
          see(resource, name, image);
          images += 1;
        }
      if (['Deployment', 'StatefulSet', 'DaemonSet'].includes(resource.kind))
        found.see((pod?.containers ?? []).length > 0, () => `${cluster}: ${titleOf(resource)} has no container`);
      // The operator would fill in an image of its own choice.
      if (['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'].includes(resource.kind)) see(resource, 'spec.image', spec.image);
      if (spec.thanos !== undefined) see(resource, 'spec.thanos.image', spec.thanos.image);
    }
    assert.ok(images > 0, `${fleetName}: ${cluster} has no container`);
  }
  for (const { name, path, fields } of allKustomizations()) found.see(!('images' in fields), () => `${name}: ${path} rewrites images`);
  found.close();
});

// F14

test('F14 an overlay changes nothing of an object of a base but its metadata labels, and what its patches name', () => {
  const found = tally();
  let patched = 0;
  for (const { fleetName, fleet, cluster, dir, rendered } of allOverlays()) {
    const { labels = [], patches = [] } = kustomizationOf(fleet.tree, dir);
    const pairs: Readonly<Record<string, string>> = Object.assign({}, ...labels.map((label) => label.pairs));
    assert.ok(Object.keys(pairs).length > 0);
    const bases = new Map(
      filesFrom(fleet.tree, dir)
        .filter((path) => path.startsWith('base/parts/') && !path.endsWith('/kustomization.yaml'))
        .flatMap((path) => parseYaml(fleet.tree.get(path) ?? '') as Resource[])
        .map((resource) => [titleOf(resource), resource]),
    );
    assert.ok(bases.size > 5 || dir.includes('/edges/'));
    for (const [title, base] of bases) {
      const place = `${fleetName}: ${cluster}: ${title}`;
      const final = rendered.find((resource) => titleOf(resource) === title);
      const [want, got] = [structuredClone(base), structuredClone(final)];
      for (const { target, patch } of patches)
        if (target.kind === base.kind && target.name === base.metadata.name)
          for (const { op, path } of parseYaml(patch)[0] as readonly Operation[]) {
            if (op === 'test') continue;
            patched += 1;
            for (const value of [want, got]) {
              const parent = valueAt(value, posix.dirname(path)) as Record<string, unknown>;
              delete parent[segmentsOf(path).at(-1) ?? ''];
            }
          }
      found.see(
        JSON.stringify(sorted({ ...want, metadata: { ...want.metadata, labels: { ...want.metadata.labels, ...pairs } } })) ===
          JSON.stringify(sorted(got)),
        () => `${place} is not its base and the overlay's labels`,
      );
    }
  }
  assert.ok(patched > 5);
  found.close(500);
});

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : value;

test('F14 no label of the fleet is in a selector, a pod template or a claim', () => {
  const found = tally();
  for (const { fleetName, fleet, cluster, dir, rendered } of allOverlays()) {
    const [label] = kustomizationOf(fleet.tree, dir).labels ?? [];
    assert.ok(label);
    for (const resource of rendered)
      for (const { path } of within((resource as Resource & { spec?: unknown }).spec ?? {}))
        found.see(
          !Object.hasOwn(label.pairs, path.at(-1) ?? ''),
          () => `${fleetName}: ${cluster}: ${titleOf(resource)}: spec.${path.join('.')}`,
        );
  }
  found.close(5_000);
});

// F15

test('F15 another region, ring or label restarts no pod', () => {
  const found = tally();
  const regions = { regions: ['kr', 'jp'], rings: ['canary', 'stable'] };
  const fleet = (change: Readonly<Record<string, unknown>>, labels = {}) =>
    compiledFleet(
      aFleet(
        [
          aCentre({ labels }),
          anEdge('scraped', 'remote-scrape', 10, change),
          anEdge('agent', 'prometheus-agent', 20, change),
          anEdge('sidecar', 'thanos-sidecar', 30, change),
        ],
        regions,
      ),
    );
  const before = fleet({ region: 'kr', ring: 'stable' });
  for (const [what, after] of [
    ['region', fleet({ region: 'jp', ring: 'stable' })],
    ['ring', fleet({ region: 'kr', ring: 'canary' })],
    ['label', fleet({ region: 'kr', ring: 'stable', labels: { owner: 'somebody' } }, { owner: 'somebody' })],
  ] as const)
    for (const [cluster, resources] of before.rendered) {
      const others = after.rendered.get(cluster) ?? [];
      if (cluster !== 'centre') assert.not.equal(others, resources, `${what} of ${cluster} changes nothing at all`);
      assert.equal(others.map(titleOf), resources.map(titleOf));
      for (const resource of resources) {
        const other = others.find((one) => titleOf(one) === titleOf(resource));
        const [one, two] = [podOf(resource), podOf(other)];
        if (one !== undefined) found.see(JSON.stringify(one) === JSON.stringify(two), () => `${what}: ${cluster}: ${titleOf(resource)}`);
      }
    }
  found.close(30);
});

/** What decides whether a workload's pods are made anew: the whole spec of a workload but its replicas; of the operator's kinds what goes into pods. */
function podOf(resource: Resource | undefined): unknown {
  const spec = (resource as { spec?: Readonly<Record<string, unknown>> } | undefined)?.spec;
  if (['Deployment', 'StatefulSet', 'DaemonSet'].includes(resource?.kind ?? '')) return spec;
  if (!['Prometheus', 'Alertmanager', 'ThanosRuler'].includes(resource?.kind ?? '')) return undefined;
  const { scrapeClasses: _, externalLabels: __, ...pod } = spec ?? {};
  return pod;
}

test.run();
