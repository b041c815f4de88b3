import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sources } from '../../scripts/inventory/read.ts';
import { toInventory } from '../../scripts/inventory/rules.ts';
import { rendererOf } from '../../scripts/kustomize/render.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';
import { applied, type Delta } from '../../scripts/publish/delta.ts';
import { blobSha, type Entry, entriesOf, type Folder, treeSha, withEntries } from '../../scripts/publish/git-objects.ts';
import { type Grouping, groupsByRing, oneGroup, splitOf } from '../../scripts/publish/groups.ts';
import { blobsOf, ownedOf, wanted } from '../../scripts/publish/wanted.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge } from '../support/fleet.ts';
import { compileSources } from './support/publisher.ts';

const rings = ['canary', 'early', 'stable'];

const edge = (i: number, change: Readonly<Record<string, unknown>> = {}) =>
  anEdge(`edge-${i}`, i % 2 === 0 ? 'remote-scrape' : 'prometheus-agent', 10 + 2 * i, {
    ring: rings[i % 3],
    region: i % 4 < 2 ? 'kr' : 'jp',
    ...change,
  });

const fleetOf = (edges: readonly Readonly<Record<string, unknown>>[], fleet: Readonly<Record<string, unknown>> = {}): Sources =>
  aFleet([aCentre(), ...edges], { rings, regions: ['kr', 'jp'], ...fleet });

const edges = Array.from({ length: 6 }, (_, i) => edge(i));
const before = fleetOf(edges);

const compiledOf = (sources: Sources) => {
  const { sourced, tree } = compileSources(sources);
  if (sourced === undefined) throw new Error('the fleet of this test is wrong');
  return { inventory: toInventory(sourced), tree };
};

function deltasOf(from: FileTree, to: FileTree): readonly Delta[] {
  const files = new Map([...from].map(([path, text]): [string, Entry] => [path, { mode: '100644', sha: blobSha(text) }]));
  const owned = ownedOf(files, blobsOf(from.values()));
  return wanted({ files, owned, output: to, sources: new Map(), baseSources: new Map() }).deltas;
}

function grouped(
  from: Sources,
  to: Sources,
  maxFiles?: number,
): { readonly grouping: Grouping; readonly baseTree: FileTree; readonly output: FileTree } {
  const [old, now] = [compiledOf(from), compiledOf(to)];
  const deltas = deltasOf(old.tree, now.tree);
  const fleets = { before: old.inventory, after: now.inventory };
  const trees = { baseTree: old.tree, output: now.tree };
  const whole = groupsByRing(deltas, fleets, trees);
  const split = maxFiles === undefined ? undefined : splitOf(whole, fleets, maxFiles);
  return { grouping: split === undefined ? whole : groupsByRing(deltas, fleets, trees, split), baseTree: old.tree, output: now.tree };
}

const withGroups = (tree: FileTree, groups: Grouping['groups']): FileTree => {
  const next = new Map(tree);
  for (const { deltas } of groups)
    for (const { path, text } of deltas) {
      if (text === undefined) next.delete(path);
      else next.set(path, text);
    }
  return next;
};

const builds = (tree: FileTree): void => {
  const renderer = rendererOf(tree);
  for (const dir of overlayDirs(tree).values()) renderer.render(dir);
};

const changes: readonly (readonly [string, Sources])[] = [
  ['a scrape interval', fleetOf(edges, { scrapeInterval: '15s' })],
  ['an edge that comes', fleetOf([...edges, edge(6)])],
  ['an edge that goes', fleetOf(edges.slice(1))],
  ['an edge that moves to another ring', fleetOf([edge(0, { ring: 'stable' }), ...edges.slice(1)])],
  [
    'a ring that goes',
    fleetOf(
      edges.map((each) => ({ ...each, ring: each.ring === 'early' ? 'canary' : each.ring })),
      { rings: ['canary', 'stable'] },
    ),
  ],
  ['a ring that comes', fleetOf([edge(0, { ring: 'first' }), ...edges.slice(1)], { rings: ['first', ...rings] })],
  ['an option that is dropped', fleetOf(edges.map((each) => ({ ...each, option: 'remote-scrape' })))],
];

for (const [name, after] of changes) {
  test(`${name}: each group alone builds, and so do any two`, () => {
    const { grouping, baseTree } = grouped(before, after);
    const { groups } = grouping;
    assert.ok(groups.length > 0);
    for (const one of groups) {
      builds(withGroups(baseTree, [one]));
      for (const other of groups) if (other.name < one.name) builds(withGroups(baseTree, [other, one]));
    }
  });

  test(`${name}: merged one after the other in any order, the groups end in the whole output`, () => {
    for (const pick of [
      (all: Grouping['groups']) => all[0],
      (all: Grouping['groups']) => all.at(-1),
      (all: Grouping['groups']) => all[Math.floor(all.length / 2)],
    ]) {
      let [tree, rounds] = [compiledOf(before).tree as FileTree, 0];
      const now = compiledOf(after);
      for (;;) {
        const deltas = deltasOf(tree, now.tree);
        if (deltas.length === 0) break;
        const { groups } = groupsByRing(
          deltas,
          { before: compiledOf(before).inventory, after: now.inventory },
          { baseTree: tree, output: now.tree },
        );
        const chosen = pick(groups);
        assert.ok(chosen !== undefined, 'there is always a group to merge');
        tree = new Map([...withGroups(tree, chosen === undefined ? [] : [chosen])].sort(([a], [b]) => (a < b ? -1 : 1)));
        builds(tree);
        assert.ok(++rounds < 12);
      }
      assert.equal([...tree], [...now.tree]);
    }
  });
}

test('the centre first, then the rings in their order; names hold no character of a region', () => {
  const { grouping } = grouped(before, fleetOf(edges, { scrapeInterval: '15s' }));
  assert.equal(
    grouping.groups.map(({ name, title }) => [name, title]),
    [
      ['centre', 'the centre'],
      ['ring_canary', 'ring canary'],
      ['ring_early', 'ring early'],
      ['ring_stable', 'ring stable'],
    ],
  );
  // Every ring runs the old parts still.
  assert.ok(grouping.postponed.length > 0);
});

test('a part that several rings need comes with each, and no file comes from two groups with two texts', () => {
  const { grouping, output } = grouped(before, fleetOf(edges, { scrapeInterval: '15s' }));
  const parts = grouping.groups.map(({ deltas }) =>
    deltas.filter(({ path, after }) => path.startsWith('base/parts/') && after).map(({ path }) => path),
  );
  assert.ok(parts[1]?.some((path) => parts[2]?.includes(path)));
  for (const { deltas } of grouping.groups) for (const { path, text } of deltas) if (text !== undefined) assert.is(output.get(path), text);
});

test('rings above the limit are split by region, then by hash; a new edge moves no other', () => {
  const many = Array.from({ length: 60 }, (_, i) => edge(i));
  const labelled = (all: typeof many, label: string) => all.map((each) => ({ ...each, labels: { team: label } }));
  const first = grouped(fleetOf(labelled(many, 'a')), fleetOf(labelled(many, 'b')), 8).grouping;
  const names = first.groups.map(({ name }) => name);
  assert.ok(
    names.some((name) => /^ring_canary_(?:kr|jp)_\d+$/.test(name)),
    names.join(),
  );
  assert.equal(new Set(names).size, names.length);
  const more = [...many, edge(60)];
  const second = grouped(fleetOf(labelled(more, 'a')), fleetOf(labelled(more, 'b')), 8).grouping;
  const groupOf = ({ groups }: Grouping, path: string) => groups.find(({ deltas }) => deltas.some((delta) => delta.path === path))?.name;
  const overlays = first.groups.flatMap(({ deltas }) => deltas.map(({ path }) => path)).filter((path) => path.startsWith('overlays/'));
  assert.equal(
    overlays.filter((path) => groupOf(first, path) !== groupOf(second, path)),
    [],
  );
});

test('without rings all is in one group', () => {
  const deltas = deltasOf(compiledOf(before).tree, compiledOf(changes[0]?.[1] ?? before).tree);
  const { groups } = oneGroup(deltas);
  assert.equal(
    groups.map(({ name, deltas: own }) => [name, own.length]),
    [['fleet', deltas.length]],
  );
  assert.equal(oneGroup([]).groups, []);
});

test('the tree of a group is that of the base with its files', () => {
  const { grouping, baseTree } = grouped(before, changes[0]?.[1] ?? before);
  const folder = (tree: FileTree): Folder =>
    withEntries(
      new Map(),
      [...tree].map(([path, text]) => [path, { mode: '100644', sha: blobSha(text) }]),
    );
  for (const group of grouping.groups) {
    const made = applied(folder(baseTree), group.deltas);
    assert.is(treeSha(made), treeSha(folder(withGroups(baseTree, [group]))));
    assert.is([...entriesOf(made)].length, withGroups(baseTree, [group]).size);
  }
});

test.run();
