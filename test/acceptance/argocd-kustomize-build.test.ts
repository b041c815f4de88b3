import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments, stringify } from 'yaml';
import { compile } from '../../scripts/compile.ts';
import { hasErrors } from '../../scripts/diagnostic.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import type { Sources } from '../../scripts/inventory/read.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { type RenderCache, renderKustomization } from '../../scripts/kustomize/render.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import { readOwned } from '../../scripts/tree/disk.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../support/fleet.ts';
import { kustomizeBuild, kustomizeMissing } from '../support/kustomize.ts';
import {
  everywhere,
  fleetc,
  fleetNamed,
  fleets,
  kustomizationOf,
  onDisk,
  overlaysOf,
  pathsThatDiffer,
  tally,
  within,
} from '../support/trees.ts';

if (kustomizeMissing !== undefined) console.log(`not run: ${kustomizeMissing}`);

/** Documents of a text as a reader of that version of YAML takes them. */
const documentsOf = (text: string, version: '1.1' | '1.2'): unknown[] =>
  parseAllDocuments(text, { version, strict: true, uniqueKeys: true }).map((document) => {
    assert.equal([...document.errors, ...document.warnings], []);
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  });

// F1

/** What kustomize build printed for the overlays of a fleet, by fleet and folder. */
const printed = new Map<string, string>();

for (const [name, fleet] of fleets())
  test(`F1 kustomize build of every overlay exits 0, says nothing, and equals render document by document: ${name}`, () => {
    const overlays = overlaysOf(name, fleet);
    assert.is(new Set(overlays.map(({ cluster }) => cluster)).size, fleet.inventory.edges.length + 1);
    for (const { rendered, cluster } of overlays) assert.ok(rendered.length > 0, `${cluster} is empty`);
    if (kustomizeMissing !== undefined) return;
    onDisk(fleet.tree, (root) => {
      // Of edges that are alike, as many as a golden fleet has.
      const alike = overlays.filter(({ dir, cluster }) =>
        fleet.inventory.edges.some(
          ({ name: edge, option }) => edge === cluster && option === 'remote-scrape' && overlays.length > 30 && dir,
        ),
      );
      for (const { cluster, dir, rendered } of overlays.filter((overlay) => !alike.slice(3).includes(overlay))) {
        const { status, stderr, stdout } = kustomizeBuild(join(root, dir));
        assert.is(stderr, '', cluster);
        assert.is(status, 0, cluster);
        printed.set(`${name} ${dir}`, stdout);
        const built = parseYaml(stdout);
        assert.is(built.length, rendered.length, cluster);
        for (const [i, document] of built.entries()) assert.equal(document, rendered[i], `${cluster}: document ${i}`);
      }
    });
  });

// F2

const fleetFile = (value: unknown) => `export default ${JSON.stringify(value)};\n`;

/** Keys in the other order, and those of every object within. */
function keysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysReversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, keysReversed(item)]),
  );
}

/** The fleet that uses every field, one cluster a file. */
const oneEach: Sources = aFleet(everywhere.clusters, everywhere.fleet);
const fleetText = oneEach.get('clusters/fleet.ts') ?? '';
/** The same clusters in the other order, in files of other names, some together. */
const shuffled: Sources = new Map([
  ['clusters/b/z.ts', fleetFile(everywhere.clusters.slice(0, 1))],
  ['clusters/a.ts', fleetFile(everywhere.clusters.slice(4).reverse())],
  ['clusters/z.ts', fleetFile(everywhere.clusters.slice(1, 4).reverse())],
  ['clusters/fleet.ts', fleetText],
]);

test('F2 two compiles with other source files, time zone, locale and folder give the same bytes', () => {
  const compiled = (files: Sources, folder: string, env: Readonly<Record<string, string>>): FileTree =>
    onDisk(new Map([...files].map(([path, text]) => [`${folder}/${path}`, text])), (parent) => {
      const root = join(parent, folder);
      const { status, stderr } = fleetc(root, ['compile'], env);
      assert.is(status, 0, stderr);
      const { tree, strays } = readOwned(root);
      assert.equal(strays, []);
      const place = [...tree].filter(([, text]) => text.includes(root) || text.includes(parent));
      assert.equal(place, [], 'the folder is in the output');
      return tree;
    });
  const one = compiled(oneEach, 'a', { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' });
  const other = compiled(shuffled, 'deeper/in a folder', { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  assert.ok(one.size > 100);
  assert.equal(pathsThatDiffer(one, other), []);
  assert.equal([...one.keys()], [...other.keys()]);
});

const rewritten: Sources = new Map(
  [...oneEach].map(([path, text]) => [path, fleetFile(keysReversed(JSON.parse(text.slice('export default '.length, -2))))]),
);

for (const [what, sources] of [
  ['sources', new Map([...oneEach].reverse())],
  ['clusters', shuffled],
  ['fields', rewritten],
] as const)
  test(`F2 ${what} in another order give the same bytes`, () => {
    const [one, other] = [compiledFleet(oneEach).tree, compiledFleet(sources).tree];
    assert.equal(pathsThatDiffer(one, other), []);
    assert.equal([...other.keys()], [...one.keys()]);
  });

test('F2 a compile over its own output changes nothing and touches no file', () => {
  onDisk(oneEach, (root) => {
    assert.is(fleetc(root, ['compile']).status, 0);
    const before = readOwned(root).tree;
    const times = (tree: FileTree) => [...tree.keys()].map((path) => statSync(join(root, path)).mtimeMs);
    const written = times(before);
    const { status, stdout } = fleetc(root, ['compile', '--json']);
    assert.is(status, 0);
    assert.equal(JSON.parse(stdout).changes, []);
    const after = readOwned(root).tree;
    assert.equal(pathsThatDiffer(before, after), []);
    assert.equal(times(after), written);
  });
});

test('F2 no time, date or name of the machine is in the output', () => {
  const found = tally();
  const day = new Date().toISOString().slice(0, 10);
  const machine = new RegExp(`(^|[^a-z0-9-])${hostname().toLowerCase().replaceAll('.', '\\.')}([^a-z0-9-]|$)`, 'm');
  for (const [name, { tree }] of fleets())
    for (const [path, text] of tree) {
      found.see(!/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && !text.includes(day), () => `${name}: ${path} has a date`);
      found.see(!machine.test(text), () => `${name}: ${path} has the host's name`);
      found.see(!text.includes(process.cwd()), () => `${name}: ${path} has the working folder`);
    }
  found.close();
});

// F3

/** The same kustomization with every list and every map in another order; operations of one patch keep theirs, which means something. */
function permuted(tree: FileTree): { readonly tree: FileTree; readonly lists: number } {
  let lists = 0;
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      if (value.length > 1) lists += 1;
      // Neither the order of before nor its reverse.
      return value.map((_, i) => turn(value[(i * 2 + 1) % (value.length | 1)] ?? value[0]));
    }
    return typeof value === 'object' && value !== null ? keysReversed(value) : value;
  };
  const files = new Map<string, string>();
  for (const [path, text] of tree) {
    if (!path.endsWith('/kustomization.yaml')) {
      files.set(path, text);
      continue;
    }
    const fields = parseYaml(text)[0] as Record<string, unknown>;
    files.set(
      path,
      stringify(
        Object.fromEntries(
          Object.entries(fields)
            .reverse()
            .map(([key, value]) => [key, turn(value)]),
        ),
        { lineWidth: 0, compat: 'yaml-1.1' },
      ),
    );
  }
  return { tree: files, lists };
}

test('F3 what is rendered stays the same when the lists of every kustomization.yaml are in another order', () => {
  for (const [name, fleet] of fleets()) {
    const { tree, lists } = permuted(fleet.tree);
    assert.ok(lists > 5);
    const caches: readonly RenderCache[] = [new Map(), new Map()];
    for (const { dir } of overlaysOf(name, fleet)) {
      const [before, after] = [kustomizationOf(fleet.tree, dir), kustomizationOf(tree, dir)];
      assert.equal([...(after.resources ?? [])].sort(), [...(before.resources ?? [])].sort());
      if ((before.resources ?? []).length < 2) continue;
      assert.not.equal(after.resources, before.resources, `${name}: nothing was permuted in ${dir}`);
      const [one, other] = [fleet.tree, tree].map((files, i) => renderKustomization(files, dir, caches[i]));
      assert.equal(other, one, `${name}: ${dir}`);
    }
  }
});

test('F3 and kustomize build gives the same bytes', () => {
  if (kustomizeMissing !== undefined) return;
  const name = 'two regions and two rings';
  onDisk(permuted(fleetNamed(name).tree).tree, (root) => {
    for (const { dir } of overlaysOf(name, fleetNamed(name))) {
      const before = printed.get(`${name} ${dir}`) ?? '';
      assert.ok(before.length > 1_000, dir);
      assert.is(kustomizeBuild(join(root, dir)).stdout, before, dir);
    }
  });
});

// F8

const refused = (sources: Sources) => {
  const { diagnostics, sourced, inventory } = checkSources(sources);
  const all = [...diagnostics, ...(sourced !== undefined && inventory !== undefined ? compile(sourced).diagnostics : [])];
  return hasErrors(all) ? all.filter(({ severity }) => severity === 'error') : [];
};

test('F8 names and labels that YAML reads as booleans, numbers, dates or null reach the rendered labels as the same strings', () => {
  const fleet = fleetNamed('names that YAML misreads');
  const found = tally();
  const look = (cluster: string, documents: readonly Resource[]) => {
    const { region, labels } = [fleet.inventory.central, ...fleet.inventory.edges].find(({ name }) => name === cluster) ?? {
      region: '',
      labels: {},
    };
    const want = { ...labels, 'fleetc.dev/cluster': cluster, 'fleetc.dev/region': region };
    for (const { kind, metadata } of documents)
      for (const [key, value] of Object.entries(want))
        found.see(
          metadata.labels?.[key] === value,
          () => `${cluster}: ${kind} ${metadata.name}: ${key} is ${JSON.stringify(metadata.labels?.[key])}, not ${value}`,
        );
  };
  for (const { cluster, rendered } of overlaysOf('', fleet)) look(cluster, rendered);
  if (kustomizeMissing === undefined)
    onDisk(fleet.tree, (root) => {
      for (const { cluster, dir, rendered } of overlaysOf('', fleet)) {
        const { stdout, stderr, status } = kustomizeBuild(join(root, dir));
        assert.is(stderr, '', cluster);
        assert.is(status, 0, cluster);
        for (const version of ['1.1', '1.2'] as const) {
          const built = documentsOf(stdout, version);
          look(cluster, built as Resource[]);
          assert.equal(built, rendered, `${cluster} as YAML ${version}`);
        }
      }
    });
  found.close(2_000);
});

for (const key of ['1e3', 'null', '2024-01-01'])
  test(`F8 the label key ${JSON.stringify(key)} survives kustomize build, or is rejected with a named error`, () => {
    const sources = aFleet([aCentre(), anEdge('one', 'remote-scrape', 10, { labels: { [key]: 'x' } })]);
    const errors = refused(sources);
    if (errors.length > 0) {
      assert.equal(
        errors.map(({ code }) => code),
        ['inventory/invalid-label'],
      );
      return;
    }
    if (kustomizeMissing !== undefined) return;
    const { stderr, status } = onDisk(compiledFleet(sources).tree, (root) => kustomizeBuild(join(root, 'overlays/kr/one')));
    assert.is(status, 0, stderr.slice(0, 300));
  });

test('F8 and every file that carries them reads alike in YAML 1.1 and 1.2, with strings for names', () => {
  const fleet = fleetNamed('names that YAML misreads');
  const found = tally();
  for (const [path, text] of fleet.tree) {
    if (!path.endsWith('.yaml')) continue;
    const [old, current] = [documentsOf(text, '1.1'), documentsOf(text, '1.2')];
    assert.equal(old, current, path);
    // A name is in a label, a parameter, a matcher, a list: wherever it stands alone, it stands as a string.
    for (const { value } of within(current))
      found.see(!(value instanceof Date) && !Number.isNaN(value) && value !== Number.POSITIVE_INFINITY, () => `${path}: ${String(value)}`);
  }
  const params = documentsOf(fleet.tree.get('generated/argocd/params/edge-yes-00/no.yaml') ?? '', '1.1')[0] as Record<string, unknown>;
  assert.equal([params.cluster, params.region, params.ring, params.option], ['no', 'yes', 'off', 'remote-scrape']);
  const identity = fleet.rendered.get('on')?.find(({ metadata }) => metadata.name === 'cluster-identity') as unknown as { data: unknown };
  assert.equal(identity.data, { CLUSTER: 'on', REGION: 'yes' });
  found.close();
});

for (const name of [
  '1e3',
  '007',
  '0o17',
  '2024-01-01',
  '12:30:45',
  '1.10',
  'No',
  'NULL',
  '~',
  '',
  '.inf',
  'a/b',
  '../a',
  'a b',
  'a\nb',
  '*',
  '{{.x}}',
])
  test(`F8 the cluster name ${JSON.stringify(name)} is rejected with a named error at its place`, () => {
    const [first, ...others] = refused(
      new Map([
        ...aFleet([aCentre()]),
        ['clusters/one.ts', fleetFile(anEdge(name, 'remote-scrape', 10, { nodes: [{ name: 'a', address: '192.0.2.1' }] }))],
      ]),
    );
    assert.equal(others, []);
    assert.match(first?.code ?? '', /^inventory\//);
    assert.is(first?.span?.file, 'clusters/one.ts');
  });

for (const value of ['12:30:45', '~', 'a b', '-1', '+1', '1.', '.5', 'a\n', '"', '{{.x}}'])
  test(`F8 the label value ${JSON.stringify(value)}, which Kubernetes refuses, is rejected with a named error at its place`, () => {
    const [first, ...others] = refused(aFleet([aCentre(), anEdge('one', 'remote-scrape', 10, { labels: { tier: value } })]));
    assert.equal(others, []);
    assert.match(first?.code ?? '', /^inventory\//);
    assert.is(first?.span?.file, 'clusters/one.ts');
  });

test.run();
