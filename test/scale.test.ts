import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../scripts/compile.ts';
import { hasErrors } from '../scripts/diagnostic.ts';
import { checkSources } from '../scripts/inventory/load.ts';
import type { FileTree } from '../scripts/tree/tree.ts';
import { addressOf, mixedFleet, nameOf } from './support/mixed-fleet.ts';

const size = 200;
const sizes = new Map<number, FileTree>();

/** The output for the first `edges` edges, compiled once. */
function treeOf(edges: number): FileTree {
  const tree = sizes.get(edges) ?? compiled(mixedFleet(edges));
  sizes.set(edges, tree);
  return tree;
}

const fleet = treeOf(size);

/** The same fleet with one edge changed. */
const withChanged = (edge: number, change: Readonly<Record<string, unknown>>): FileTree =>
  compiled(mixedFleet(size, (index) => (index === edge ? change : {})));

/** Without rendering it once more, as compiledFleet does. */
function compiled(sources: ReadonlyMap<string, string>): FileTree {
  const { sourced, diagnostics } = checkSources(sources);
  const { tree, diagnostics: found } = sourced === undefined ? { tree: new Map(), diagnostics } : compile(sourced);
  if (hasErrors(found)) throw new Error(JSON.stringify(found.slice(0, 10), null, 2));
  return tree;
}

/** Edges by the option they are on; see mixedFleet. */
const onEach = [
  ['remote-scrape', 0],
  ['prometheus-agent', 1],
  ['thanos-sidecar', 2],
] as const;

const belongsTo = (edge: number) => (path: string) => path.split(/[/.]/).includes(nameOf(edge));
const ofCentre = (path: string) => path.startsWith('overlays/kr/centre/');

test('an edge has at most three files of its own in overlays and generated together', () => {
  for (let edge = 0; edge < size; edge++) {
    const files = [...fleet.keys()].filter(belongsTo(edge));
    assert.ok(files.length > 0 && files.length <= 3, files.join(' '));
  }
});

test('the other files do not grow in number with the fleet', () => {
  const others = (edges: number) => {
    const names = new Set(Array.from({ length: edges }, (_, edge) => nameOf(edge)));
    const paths = [...treeOf(edges).keys()].filter((path) => !path.split(/[/.]/).some((part) => names.has(part)));
    return paths.map((path) => path.replace(/\/[0-9a-f]{12}\//, '/digest/'));
  };
  // From here on every bucket of the centre has an edge on every option.
  assert.equal(others(500), others(400));
});

for (const [option, edge] of onEach) {
  test(`another address of an edge on ${option} changes its own files and at most two of the centre's`, () => {
    const nodes = [
      { name: `${nameOf(edge)}-a`, address: '10.255.0.1' },
      { name: `${nameOf(edge)}-b`, address: addressOf(2 * edge + 1) },
    ];
    const { changed, added, removed } = difference(fleet, withChanged(edge, { nodes }));
    assert.equal([...added, ...removed], []);
    const foreign = changed.filter((path) => !belongsTo(edge)(path));
    assert.ok(foreign.length <= 2 && foreign.every(ofCentre), changed.join(' '));
    // Nobody in the centre connects to an agent: it is the agent that connects.
    if (option !== 'prometheus-agent') assert.is.not(foreign.length, 0);
  });

  test(`one edge more, on ${option}, comes with its files and changes at most six`, () => {
    const before = size + ((3 + edge - (size % 3)) % 3);
    const { changed, added, removed } = difference(treeOf(before), treeOf(before + 1));
    assert.equal(removed, []);
    assert.ok(added.length > 0 && added.every(belongsTo(before)), added.join(' '));
    assert.ok(changed.length <= 6, changed.join(' '));
  });
}

test('an edge that moves to another option changes its own files and at most three of the centre', () => {
  for (const option of ['remote-scrape', 'thanos-sidecar']) {
    const { changed, added, removed } = difference(fleet, withChanged(1, { option }));
    assert.equal([...added, ...removed], []);
    const foreign = changed.filter((path) => !belongsTo(1)(path));
    assert.ok(foreign.length > 0 && foreign.length <= 3 && foreign.every(ofCentre), changed.join(' '));
  }
});

test('only the projects of Argo CD list all edges, and they change with membership alone', () => {
  const named = (text: string) => new Set(text.match(/\bedge-\d{4}\b/g) ?? []).size;
  const lists = [...fleet].filter(([, text]) => named(text) > size / 2).map(([path]) => path);
  assert.equal(lists, ['generated/argocd/edge-kr-00.yaml']);
});

function difference(before: FileTree, after: FileTree) {
  return {
    changed: [...after].filter(([path, text]) => before.has(path) && before.get(path) !== text).map(([path]) => path),
    added: [...after.keys()].filter((path) => !before.has(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
}

test.run();
