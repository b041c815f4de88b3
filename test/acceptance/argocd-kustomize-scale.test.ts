import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../scripts/compile.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../support/fleet.ts';
import { kustomizeBuild, kustomizeMissing } from '../support/kustomize.ts';
import {
  applicationSetsOf,
  deliveriesOf,
  filesFrom,
  hubObjects,
  largeFleet,
  onDisk,
  overlaysOf,
  paramFilesOf,
  pathsThatDiffer,
  tally,
} from '../support/trees.ts';

// What has to hold of a thousand edges as it does of four. Compiling is the expensive part, so that it happens once; what compares two compiles
// does with 300 edges.

if (kustomizeMissing !== undefined) console.log(`not run: ${kustomizeMissing}`);

const count = 1_000;
/** With the defaults, a third on each option: the centre has an overlay for each bucket of edges. */
const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'];
const thousand = compiledFleet(largeFleet(count, ({ settings: _, ...edge }, i) => ({ ...edge, option: options[i % 3] })));
const centre = thousand.inventory.central.name;

const hundreds = 300;
const before = compiledFleet(largeFleet(hundreds));
/** One edge of each option. */
const moved = ['edge-00200', 'edge-00201', 'edge-00209'];
const after = compiledFleet(
  new Map([
    ...largeFleet(hundreds, (edge, i) => {
      const at = moved.indexOf(String(edge.name));
      return at < 0 ? edge : { ...edge, nodes: [{ name: `edge-00${i}-a`, address: `172.16.0.${at + 1}` }] };
    }),
    ['clusters/more.ts', `export default ${JSON.stringify(anEdge('more', 'thanos-sidecar', 10, { region: 'jp', ring: 'stable' }))};\n`],
  ]),
);

test('F1 at 1,000 edges: kustomize build of 12 edges and of overlays of the centre exits 0, says nothing, and equals render', () => {
  const dirs = overlayDirs(thousand.tree);
  const edges = Array.from({ length: 12 }, (_, i) => `edge-${String(i * 83).padStart(5, '0')}`);
  assert.is(new Set(edges.map((name) => thousand.inventory.edges.find((edge) => edge.name === name)?.option)).size, 3);
  const ofCentre = [...dirs.keys()].filter((name) => name.startsWith(`${centre}/`));
  assert.ok(ofCentre.length > 10);
  const sample = [centre, ...ofCentre.slice(0, 3), ...edges];
  const files = new Map(
    sample.flatMap((name) => filesFrom(thousand.tree, dirs.get(name) ?? '')).map((path) => [path, thousand.tree.get(path) ?? '']),
  );
  if (kustomizeMissing !== undefined) return;
  onDisk(files, (root) => {
    for (const name of sample) {
      const { stdout, stderr, status } = kustomizeBuild(join(root, dirs.get(name) ?? ''));
      assert.is(stderr, '', name);
      assert.is(status, 0, name);
      assert.equal(parseYaml(stdout), thousand.rendered.get(name), name);
    }
    // F19: of three, since other work on the machine is not ours.
    for (const name of [centre, ...ofCentre.slice(0, 1)]) {
      const milliseconds = Math.min(
        ...[1, 2, 3].map(() => {
          const start = performance.now();
          kustomizeBuild(join(root, dirs.get(name) ?? ''));
          return performance.now() - start;
        }),
      );
      assert.ok(milliseconds < 2_000, `F19: building ${name} takes ${Math.round(milliseconds)} ms`);
    }
  });
});

test('F4, F5 at 300 edges: three edges that move and one that comes touch a handful of files, and no other overlay, ring or shard', () => {
  assert.equal(
    moved.map((name) => before.inventory.edges.find((edge) => edge.name === name)?.option),
    ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'],
  );
  const files = pathsThatDiffer(before.tree, after.tree);
  const mine = /^overlays\/jp\/more\/|^generated\/argocd\/params\/edge-jp-00\/more\.yaml$|^generated\/argocd\/edge-jp-00\.yaml$/;
  const ofCentre = new RegExp(`^overlays/kr/${centre}/(edges/[0-9a-f]{2}|query-endpoints)\\.yaml$`);
  assert.equal(
    files.filter((path) => !mine.test(path) && !ofCentre.test(path)),
    [],
  );
  assert.is(files.filter((path) => mine.test(path)).length, 4);
  // Buckets of the one that is scraped and of the one that came, and the endpoints of Query.
  assert.is(files.filter((path) => ofCentre.test(path)).length, 3, files.join(' '));
});

test('F4 at 300 edges: an address that is scraped is in a file with a small part of the fleet', () => {
  const files = pathsThatDiffer(before.tree, after.tree).filter((path) => path.includes('/edges/'));
  assert.ok(files.length > 0);
  for (const path of files) {
    const edges = new Set((before.tree.get(path) ?? '').match(/\bedge-\d{5}\b/g)).size;
    assert.ok(edges > 0 && edges < hundreds / 10, `${path} has ${edges}`);
  }
});

test('F5 at 1,000 edges: there are at most three files an edge in overlays and generated, and few that are of none', () => {
  const found = tally();
  const files = [...thousand.tree.keys()].filter((path) => /^(overlays|generated)\//.test(path));
  const own = new Map<string, number>();
  for (const name of files.flatMap((path) => /\bedge-\d{5}\b/.exec(path) ?? [])) own.set(name, (own.get(name) ?? 0) + 1);
  for (const [name, times] of own) found.see(times <= 3, () => `${name} has ${times} files`);
  found.close(count);
  const others = files.filter((path) => !/\bedge-\d{5}\b/.test(path));
  assert.ok(others.length < 200, `${others.length} files are of no edge`);
});

test('F19 at 1,000 edges: the centre is divided, no Application holds more than 300 objects, and none of them is too large', () => {
  const found = tally();
  for (const { application, objects } of deliveriesOf(thousand)) {
    found.see(objects.length > 0 && objects.length <= 300, () => `${application.metadata.name} holds ${objects.length} objects`);
    const serverSide = application.spec.syncPolicy?.syncOptions?.includes('ServerSideApply=true') === true;
    for (const object of objects) {
      const size = JSON.stringify(object).length / 1024;
      const own = object.metadata.annotations?.['argocd.argoproj.io/sync-options']?.includes('ServerSideApply=true') === true;
      found.see(
        size <= (serverSide || own ? 1024 : 200),
        () => `${application.metadata.name}: ${object.kind} ${object.metadata.name} has ${size} KiB`,
      );
    }
  }
  found.close(20_000);
});

test('F24, F25 at 1,000 edges: every overlay has one Application and one parameter file, which one ApplicationSet finds', () => {
  const found = tally();
  const reached = new Map<string, number>();
  for (const { application, cluster } of deliveriesOf(thousand)) {
    const path = application.spec.source?.path ?? '';
    if (!path.startsWith('overlays/')) continue;
    reached.set(path, (reached.get(path) ?? 0) + 1);
    found.see(
      application.spec.destination.name === cluster && thousand.tree.has(`${path}/kustomization.yaml`),
      () => application.metadata.name,
    );
  }
  const overlays = overlaysOf('', thousand);
  assert.equal([...reached.keys()].sort(), overlays.map(({ dir }) => dir).sort());
  for (const [path, times] of reached) found.see(times === 1, () => `${path} has ${times} Applications`);
  assert.is(new Set(overlays.map(({ cluster }) => cluster)).size, count + 1);
  assert.is(paramFilesOf(thousand.tree).size, overlays.length);
  found.close(count);
});

test('F29 at 1,000 edges: an ApplicationSet is as small as at four, and has at most 1,000 parameter files', () => {
  const sets = applicationSetsOf(thousand.tree);
  assert.is(sets.length, 3);
  for (const set of sets) {
    assert.ok(JSON.stringify(set).length < 4 * 1024, set.metadata.name);
    const files = deliveriesOf(thousand).filter((one) => one.set?.metadata.name === set.metadata.name).length;
    assert.ok(files > 0 && files <= 1_000, `${set.metadata.name}: ${files}`);
  }
  for (const object of hubObjects(thousand.tree))
    assert.ok(JSON.stringify(object).length < 200 * 1024, `${object.kind} ${object.metadata.name}`);
});

test('F29 a shard of more than 1,000 edges is refused with a named error that says how many shards are enough', () => {
  const { sourced } = checkSources(
    new Map([
      ...aFleet([aCentre()]),
      [
        'clusters/edges.ts',
        `export default ${JSON.stringify(Array.from({ length: 1_001 }, (_, i) => ({ name: `e${i}`, role: 'edge', region: 'kr', option: 'prometheus-agent', nodes: [{ name: 'n', address: `10.${i >> 8}.${i & 255}.1` }] })))};\n`,
      ],
    ]),
  );
  assert.ok(sourced);
  const { tree, diagnostics } = compile(sourced);
  assert.is(tree.size, 0);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['argocd/shard-too-large'],
  );
  assert.match(diagnostics[0]?.hint ?? '', /argocd\.shards to 2/);
});

test.run();
