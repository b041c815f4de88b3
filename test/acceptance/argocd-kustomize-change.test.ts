import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSources } from '../../scripts/inventory/read.ts';
import { readOwned } from '../../scripts/tree/disk.ts';
import { driftOf } from '../../scripts/tree/ownership.ts';
import { plan } from '../../scripts/tree/plan.ts';
import { isMarked } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet } from '../support/fleet.ts';
import {
  everywhere,
  fleetc,
  fleetNamed,
  fleets,
  onDisk,
  overlaysOf,
  pathsThatDiffer,
  tally,
  titleOf,
  writeFiles,
} from '../support/trees.ts';

type Fields = Readonly<Record<string, unknown>>;

const everyone = compiledFleet(aFleet(everywhere.clusters, everywhere.fleet));

const fleetOf = (clusters: readonly Fields[], fleet: Fields = {}): CompiledFleet =>
  compiledFleet(aFleet(clusters, { ...everywhere.fleet, ...fleet }));

/** The fleet with one cluster changed. */
const withChange = (clusters: readonly Fields[], name: string, change: Fields, fleet: Fields = {}): CompiledFleet => {
  assert.ok(clusters.some((cluster) => cluster.name === name));
  return fleetOf(
    clusters.map((cluster) => (cluster.name === name ? { ...cluster, ...change } : cluster)),
    fleet,
  );
};

/** The clusters whose final manifests differ, with the objects that do. */
function objectsThatDiffer(before: CompiledFleet, after: CompiledFleet): readonly string[] {
  return [...new Set([...before.rendered.keys(), ...after.rendered.keys()])].sort().flatMap((cluster) => {
    const texts = ({ rendered }: CompiledFleet) =>
      new Map((rendered.get(cluster) ?? []).map((object) => [titleOf(object), JSON.stringify(object)]));
    const [one, other] = [texts(before), texts(after)];
    return [...new Set([...one.keys(), ...other.keys()])]
      .filter((title) => one.get(title) !== other.get(title))
      .map((title) => `${cluster}: ${title}`);
  });
}

// F4

const moved = (name: string): Fields => ({
  nodes: [
    { name: `${name}-a`, address: '198.51.100.1' },
    { name: `${name}-b`, address: '198.51.100.2' },
  ],
});

const bucket = (name: string) => ((createHash('sha256').update(name).digest()[0] ?? 0) % 32).toString(16).padStart(2, '0');

for (const [option, name, files] of [
  ['remote-scrape', 'scraped-kr', [`overlays/kr/centre/edges/${bucket('scraped-kr')}.yaml`]],
  ['prometheus-agent', 'agent-kr', []],
  ['thanos-sidecar', 'sidecar-kr', ['overlays/kr/centre/query-endpoints.yaml']],
] as const)
  test(`F4 another address of a ${option} edge touches what the centre knows of that edge, and no other file`, () => {
    const before = everyone;
    const after = withChange(everywhere.clusters, name, moved(name));
    assert.equal(pathsThatDiffer(before.tree, after.tree), files);
    const objects = objectsThatDiffer(before, after);
    assert.equal(
      objects.filter((object) => !object.startsWith('centre: ') || !(object.includes(name) || object.includes('query-endpoints'))),
      [],
    );
    assert.is(objects.length, option === 'remote-scrape' ? 4 : files.length);
  });

test('F4 with ServiceMonitors it touches the Services of that edge, in the same one file', () => {
  const settings = { credentials: { secretName: 'scrape-edges' } };
  const clusters = [
    aCentre({ prometheus: { mode: 'service-monitor' } }),
    ...['one', 'two'].map((name, i) => anEdge(name, 'remote-scrape', 10 * (i + 1), { settings })),
  ];
  const [before, after] = [fleetOf(clusters), withChange(clusters, 'two', moved('two'))];
  assert.equal(pathsThatDiffer(before.tree, after.tree), [`overlays/kr/centre/edges/${bucket('two')}.yaml`]);
  const objects = objectsThatDiffer(before, after);
  assert.is(objects.length, 3);
  for (const object of objects) assert.match(object, /^centre: discovery\.k8s\.io\/EndpointSlice metrics-central\/two-/);
});

test('F4 where the centre has several Applications, it touches the one of that edge', () => {
  const clusters = [aCentre(), ...Array.from({ length: 60 }, (_, i) => anEdge(`edge-${i}`, 'remote-scrape', 2 * i))];
  const [before, after] = [fleetOf(clusters), withChange(clusters, 'edge-7', moved('edge-7'))];
  assert.equal(pathsThatDiffer(before.tree, after.tree), [`overlays/kr/centre/edges/${bucket('edge-7')}/edges.yaml`]);
  assert.is(objectsThatDiffer(before, after).length, 4);
});

test('F4 another API address of a cluster touches its registration, and no other file', () => {
  const at = (host: string) => ({ server: `https://${host}.example:6443` });
  const clusters = [
    aCentre(at('centre')),
    anEdge('one', 'prometheus-agent', 10, at('one')),
    anEdge('two', 'prometheus-agent', 20, at('two')),
  ];
  const store = { secretStore: { name: 'vault' } };
  const files = pathsThatDiffer(fleetOf(clusters, store).tree, withChange(clusters, 'one', at('other'), store).tree);
  assert.is(files.length, 1);
  assert.match(files[0] ?? '', /^generated\/argocd\/clusters\/[0-9a-f]{2}\.yaml$/);
});

// F5

for (const option of ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'])
  for (const delivery of ['push', 'autonomous'])
    test(`F5 one ${option} edge more (${delivery}) changes no other overlay, ring or shard`, () => {
      const before = everyone;
      const after = fleetOf([...everywhere.clusters, anEdge('more', option, 100, { region: 'jp', delivery })]);
      const files = pathsThatDiffer(before.tree, after.tree);
      const created = files.filter((path) => !before.tree.has(path));
      assert.equal(
        files.filter((path) => !after.tree.has(path)),
        [],
        'files are gone',
      );
      const mine = /^overlays\/jp\/more\/|^generated\/argocd\/(params\/edge-jp-0[01]|autonomous)\/more\.yaml$/;
      assert.equal(
        created.filter(
          (path) => !mine.test(path) && path !== `overlays/kr/centre/edges/${bucket('more')}.yaml` && !path.startsWith('base/'),
        ),
        [],
      );
      assert.ok(created.filter((path) => mine.test(path)).length <= 3, created.join(' '));
      // Beside its own: the project and the centre, which have to know it.
      const others =
        /^generated\/argocd\/edge-jp-0[01]\.yaml$|^overlays\/kr\/centre\/(kustomization|query-endpoints|secrets)\.yaml$|^overlays\/kr\/centre\/edges\//;
      assert.equal(
        files.filter((path) => before.tree.has(path) && !others.test(path)),
        [],
      );
      assert.equal(
        objectsThatDiffer(before, after).filter((object) => !/^(more|centre): /.test(object)),
        [],
      );
    });

test('F5 with many shards, an edge more or less moves no other edge to another ring or shard', () => {
  const clusters = [
    aCentre(),
    ...Array.from({ length: 40 }, (_, i) => anEdge(`edge-${i}`, 'prometheus-agent', 2 * i, { ring: i % 3 === 0 ? 'canary' : 'stable' })),
  ];
  const placed = (fleet: CompiledFleet) => new Map([...fleet.tree].filter(([path]) => path.startsWith('generated/argocd/params/')));
  const fleet = { argocd: { shards: 8 } };
  const all = placed(fleetOf(clusters, fleet));
  assert.ok(new Set([...all.keys()].map((path) => path.split('/')[3])).size > 5, 'the edges are in few shards');
  for (const others of [
    clusters.filter((_, i) => i !== 7),
    [...clusters, anEdge('a-first', 'prometheus-agent', 200)],
    [...clusters, anEdge('z-last', 'thanos-sidecar', 210)],
  ]) {
    const now = placed(fleetOf(others, fleet));
    assert.is(Math.abs(now.size - all.size), 1);
    for (const [path, text] of all) if (!path.endsWith('/edge-6.yaml')) assert.is(now.get(path), text, path);
  }
});

test('F5 a centre that is divided by the inventory never moves an object of another edge, however many there are', () => {
  const owners = (count: number) =>
    new Map(
      overlaysOf(
        '',
        fleetOf([
          aCentre({ applications: 'per-bucket' }),
          ...Array.from({ length: count }, (_, i) => anEdge(`edge-${i}`, 'remote-scrape', 2 * i)),
        ]),
      )
        .filter(({ cluster }) => cluster === 'centre')
        .flatMap(({ dir, rendered }) => rendered.map((object) => [titleOf(object), dir] as const)),
    );
  for (const count of [1, 51, 90]) {
    const [before, after] = [owners(count), owners(count + 1)];
    assert.ok(before.size > 50);
    assert.equal(
      [...before].filter(([title, dir]) => after.get(title) !== dir),
      [],
    );
  }
});

test('F5 a centre that divides by its size, and so moves objects, says so before and after', () => {
  const warnings = (count: number, centre = {}) =>
    fleetOf([aCentre(centre), ...Array.from({ length: count }, (_, i) => anEdge(`edge-${i}`, 'remote-scrape', 2 * i))]).diagnostics.filter(
      ({ code }) => code === 'verify/about-to-divide',
    ).length;
  assert.equal([warnings(10), warnings(45), warnings(80)], [0, 1, 1]);
  assert.is(warnings(80, { applications: 'per-bucket' }), 0);
});

test('F5 an order of clusters puts nobody elsewhere', () => {
  assert.equal(pathsThatDiffer(everyone.tree, fleetOf([...everywhere.clusters].reverse()).tree), []);
});

// F39 and F40, on disk, by the command line

const small = [aCentre(), anEdge('one', 'remote-scrape', 10), anEdge('two', 'prometheus-agent', 20)];
const sourcesOf = (clusters: readonly Fields[]) => aFleet(clusters, everywhere.fleet);

/** Every path below a folder that is no folder, with what it is. */
const entriesOf = (root: string): readonly (readonly [path: string, isFile: boolean])[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => [
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
      entry.isFile(),
    ]);

const emptyFolders = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(entry.parentPath, entry.name)).length === 0)
    .map((entry) => entry.name);

const strangers: ReadonlyMap<string, string> = new Map([
  ['overlays/kr/NOTES.md', 'Ours.\n'],
  ['overlays/kr/two/values.yaml', 'ours: true\n'],
  ['base/parts/README', ''],
  ['generated/report.html', '<html></html>'],
  ['overlays-old/a.yaml', 'ours: true\n'],
  ['docs/base/a.yaml', 'ours: true\n'],
]);

test('F39 files that are no longer emitted are deleted, with their folders; files that the compiler never wrote are kept and named', () => {
  onDisk(new Map([...sourcesOf(small), ...strangers]), (root) => {
    assert.is(fleetc(root, ['compile']).status, 0);
    // A file that an older compiler wrote is ours by its first line.
    const stale = ['generated/argocd/old.yaml', 'base/parts/gone/0123456789ab/kustomization.yaml'];
    const sample = readFileSync(join(root, 'overlays/kr/one/kustomization.yaml'), 'utf8');
    assert.ok(isMarked(sample));
    writeFiles(root, new Map(stale.map((path) => [path, sample])));
    rmSync(join(root, 'clusters/two.ts'));

    const { status, stderr } = fleetc(root, ['compile']);
    assert.is(status, 0, stderr);
    const want = fleetOf(small.filter(({ name }) => name !== 'two')).tree;
    assert.ok([...fleetOf(small).tree.keys()].filter((path) => !want.has(path)).length > 10, 'nothing is stale');
    assert.equal(
      entriesOf(root)
        .map(([path]) => path)
        .sort(),
      [...want.keys(), ...strangers.keys(), 'clusters/centre.ts', 'clusters/fleet.ts', 'clusters/one.ts'].sort(),
    );
    assert.equal(
      entriesOf(root).filter(([, isFile]) => !isFile),
      [],
    );
    for (const [path, text] of [...want, ...strangers]) assert.is(readFileSync(join(root, path), 'utf8'), text, path);
    assert.equal(emptyFolders(root), []);
    for (const path of strangers.keys())
      assert.is(stderr.includes(`${path} was not written by fleetc`), /^(base|overlays|generated)\//.test(path), `${path}: ${stderr}`);
  });
});

test('F39 a file of somebody else where output has to be stops the compile before it writes anything', () => {
  onDisk(new Map([...sourcesOf(small), ['overlays/kr/one/secrets.yaml', 'ours: true\n'], ['base/rings', 'ours\n']]), (root) => {
    const before = entriesOf(root);
    const { status, stderr } = fleetc(root, ['compile']);
    assert.is(status, 1);
    for (const path of ['overlays/kr/one/secrets.yaml', 'base/rings']) assert.ok(stderr.includes(path), stderr);
    assert.equal(entriesOf(root), before);
    assert.is(readFileSync(join(root, 'overlays/kr/one/secrets.yaml'), 'utf8'), 'ours: true\n');
  });
});

test('F39 a generated file that a person edited is named by check, and written anew by compile, which touches no other', () => {
  onDisk(sourcesOf(small), (root) => {
    assert.is(fleetc(root, ['compile']).status, 0);
    const { tree } = readOwned(root);
    const edited = 'overlays/kr/one/kustomization.yaml';
    const times = () => new Map([...tree.keys()].map((path) => [path, lstatSync(join(root, path)).mtimeMs]));
    const before = times();
    writeFileSync(join(root, edited), (tree.get(edited) ?? '').replace('CLUSTER=one', 'CLUSTER=uno'));
    const check = fleetc(root, ['check', '--json']);
    assert.is(check.status, 1);
    assert.equal(JSON.parse(check.stdout).drift, [{ path: edited, why: 'differs from what fleetc compiles' }]);
    assert.is(fleetc(root, ['compile']).status, 0);
    assert.equal(pathsThatDiffer(readOwned(root).tree, tree), []);
    const after = times();
    assert.equal(
      [...tree.keys()].filter((path) => before.get(path) !== after.get(path)),
      [edited],
    );
  });
});

/** What can happen to a compiled repository, and the paths that check then has to name: none where a fresh compile gives the same. */
const happenings: readonly (readonly [what: string, happen: (root: string) => void, named: readonly string[]])[] = [
  ['nothing', () => undefined, []],
  [
    'a file outside of the output is written',
    (root) =>
      writeFiles(
        root,
        new Map([
          ['docs/a.md', 'a'],
          ['README.md', 'a'],
        ]),
      ),
    [],
  ],
  ['a comment in the inventory', (root) => edit(root, 'clusters/one.ts', (text) => `// The first.\n${text}`), []],
  ['an empty folder, which git does not know', (root) => mkdirSync(join(root, 'overlays/kr/empty/folder'), { recursive: true }), []],
  [
    'one character',
    (root) => edit(root, 'generated/argocd/root.yaml', (text) => text.replace('default.svc', 'default.svC')),
    ['generated/argocd/root.yaml'],
  ],
  [
    'a line end',
    (root) => edit(root, 'base/rings/stable/namespaces/kustomization.yaml', (text) => text.replaceAll('\n', '\r\n')),
    ['base/rings/stable/namespaces/kustomization.yaml'],
  ],
  ['a last line break', (root) => edit(root, 'generated/types/fleet.d.ts', (text) => `${text}\n`), ['generated/types/fleet.d.ts']],
  ['a deleted file', (root) => rmSync(join(root, 'overlays/kr/two/secrets.yaml')), ['overlays/kr/two/secrets.yaml']],
  ['a file more', (root) => writeFiles(root, new Map([['overlays/kr/two/more.yaml', 'a: 1\n']])), ['overlays/kr/two/more.yaml']],
  [
    'a leftover of a compile that was stopped',
    (root) => writeFiles(root, new Map([['overlays/kr/two/a.yaml.fleetc-tmp', '']])),
    ['overlays/kr/two/a.yaml.fleetc-tmp'],
  ],
  [
    'a symbolic link to the same text',
    (root) => {
      const [path, copy] = [join(root, 'overlays/kr/one/secrets.yaml'), join(root, 'copy.yaml')];
      writeFileSync(copy, readFileSync(path));
      rmSync(path);
      symlinkSync(copy, path);
    },
    ['overlays/kr/one/secrets.yaml', 'overlays/kr/one/secrets.yaml'],
  ],
  [
    'another address in the inventory',
    (root) => edit(root, 'clusters/one.ts', (text) => text.replace('192.0.2.10', '192.0.2.99')),
    [`overlays/kr/centre/edges/${bucket('one')}.yaml`],
  ],
];

function edit(root: string, path: string, change: (text: string) => string): void {
  const text = readFileSync(join(root, path), 'utf8');
  assert.is.not(change(text), text);
  writeFileSync(join(root, path), change(text));
}

test('F40 check exits 1 exactly when a fresh compile differs, and names each path', () => {
  const sources = sourcesOf(small);
  const { tree } = compiledFleet(sources);
  for (const [what, happen, named] of happenings)
    onDisk(new Map([...sources, ...tree]), (root) => {
      happen(root);
      const owned = readOwned(root);
      const drift = driftOf(plan(compiledFleet(readSources(root).sources).tree, owned.tree), owned.strays);
      assert.equal(
        drift.map(({ path }) => path),
        named,
        what,
      );
      for (const { why } of drift) assert.ok(why.length > 0);
      // A process takes a second, and the rest of them would only tell the same again.
      if (!['nothing', 'a comment in the inventory', 'one character', 'a deleted file', 'a file more'].includes(what)) return;
      const { status, stdout, stderr } = fleetc(root, ['check', '--json']);
      assert.is(status, named.length === 0 ? 0 : 1, `${what}: ${stderr}`);
      assert.equal(JSON.parse(stdout).drift, drift);
    });
});

test('F40 check of an inventory with a mistake exits 1, and of a folder without one as well', () => {
  const sources = new Map(sourcesOf(small));
  sources.set('clusters/one.ts', (sources.get('clusters/one.ts') ?? '').replace('remote-scrape', 'remote-scape'));
  for (const files of [sources, new Map<string, string>([['README.md', '']])])
    onDisk(files, (root) => {
      const { status, stderr } = fleetc(root, ['check']);
      assert.is(status, 1, stderr);
      assert.match(stderr, /\[inventory\//);
    });
});

test('F40 the committed output of this repository is what its inventory compiles to', () => {
  const { tree, strays } = readOwned('.');
  assert.equal(
    strays.filter(({ kind }) => kind !== 'empty-folder'),
    [],
  );
  assert.equal(pathsThatDiffer(tree, fleetNamed('the fleet of clusters/').tree), []);
});

test('F40 there is no digests.json in the design: instead every part is in a folder that its content names', () => {
  const found = tally();
  for (const [name, { tree }] of fleets()) {
    assert.not([...tree.keys()].some((path) => path.endsWith('digests.json')));
    const folders = new Map<string, (readonly [string, string])[]>();
    for (const [path, text] of tree)
      if (path.startsWith('base/parts/'))
        folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), [path.slice(dirname(path).length + 1), text]]);
    for (const [folder, files] of folders) {
      const hash = createHash('sha256');
      for (const [file, text] of files.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${file}\0${text}\0`);
      found.see(folder.endsWith(`/${hash.digest('hex').slice(0, 12)}`), () => `${name}: ${folder}`);
    }
  }
  found.close(100);
});

test.run();
