import { argocdDiagnostics, argocdFiles } from './argocd/files.ts';
import { compareDiagnostics, type Diagnostic, hasErrors } from './diagnostic.ts';
import { type Edge, type Inventory, ringOf, type Sourced, type SourcedInventory } from './inventory/inventory.ts';
import { toInventory } from './inventory/rules.ts';
import type { Resource } from './kubernetes/resource.ts';
import type { JsonPatch } from './kustomize/kustomization.ts';
import { type RenderCache, renderKustomization } from './kustomize/render.ts';
import { header, toYaml } from './kustomize/yaml.ts';
import { optionOf, options } from './options/index.ts';
import { centralOverlays } from './overlays/central.ts';
import { edgeOverlay } from './overlays/edge.ts';
import { overlaysOf } from './overlays/overlay.ts';
import { commonParts } from './parts/central/index.ts';
import type { PartBuilder } from './parts/part.ts';
import { type EmittedPart, emitPart } from './rollout/digests.ts';
import { ringFiles } from './rollout/rings.ts';
import { typeTexts } from './schemas/texts.js';
import { type FileTree, union } from './tree/tree.ts';
import { unsupportedVersions } from './unsupported-versions.ts';
import { asDiagnostic, verifyFleet } from './verify/index.ts';
import { resolveVersions } from './versions.ts';

export interface Compiled {
  /** The whole output, by path. Empty when a diagnostic is an error: half an output would be worse than none. */
  readonly tree: FileTree;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * From the inventory to the repository, in the order in which things depend on each other: parts, the rings that point at them,
 * the overlays that name rings, what Argo CD has to
 * know of the overlays; and a look at the whole. Pure: the same inventory gives the same bytes.
 */
export function compile(sourced: SourcedInventory): Compiled {
  const inventory = toInventory(sourced);
  const diagnostics = [...unsupportedVersions(sourced), ...optionChecks(sourced), ...argocdDiagnostics(inventory)].sort(compareDiagnostics);
  if (hasErrors(diagnostics)) return { tree: new Map(), diagnostics };

  const part = builtOnce(inventory);
  const central = centralParts(inventory).map(part);
  const edges = inventory.edges.map((edge) => onEdge(edge, inventory, part));

  const built = union(
    ...central.map(({ files }) => files),
    ...edges.flatMap(({ parts }) => parts.map(({ files }) => files)),
    ...[...byRing(inventory, edges)].map(([ring, parts]) => ringFiles(ring, parts)),
    centralOverlays(inventory, central),
    ...edges.map(({ edge, parts, patches }) => edgeOverlay(inventory.fleet, edge, parts, patches)),
  );
  const overlays = renderAll(inventory, built);
  const rendered = new Map([...overlays].map(([cluster, resources]) => [cluster, resources.flat()]));
  const argocd = argocdFiles({ inventory, rendered, tree: built });
  diagnostics.push(...verifyFleet({ inventory, overlays, argocd }).map(asDiagnostic));
  if (hasErrors(diagnostics)) return { tree: new Map(), diagnostics };

  return { tree: union(built, texts(argocd), new Map(Object.entries(typeTexts))), diagnostics };
}

function* optionChecks(sourced: SourcedInventory): Iterable<Diagnostic> {
  for (const cluster of sourced.clusters)
    if (cluster.value.role === 'edge') yield* optionOf(cluster.value).check(cluster as Sourced<Edge>, sourced);
}

interface EdgeParts {
  readonly edge: Edge;
  readonly parts: readonly EmittedPart[];
  readonly patches: readonly JsonPatch[];
}

function onEdge(edge: Edge, inventory: Inventory, part: (build: PartBuilder) => EmittedPart): EdgeParts {
  const { parts, patches } = optionOf(edge).onEdge(edge, inventory);
  return { edge, parts: parts.map(part), patches };
}

/** What the centre runs: what every centre does, and what the options of the edges ask for, each once. */
export const centralParts = (inventory: Inventory): readonly PartBuilder[] => [
  ...new Set([
    ...commonParts(inventory),
    ...Object.values(options).flatMap((option) =>
      inventory.edges.some((edge) => edge.option === option.name) ? option.centralParts(inventory) : [],
    ),
  ]),
];

/** Builds each part when it is first asked for: a thousand edges share a handful. */
function builtOnce(inventory: Inventory): (build: PartBuilder) => EmittedPart {
  const versions = resolveVersions(inventory.fleet.versions);
  const built = new Map<PartBuilder, EmittedPart>();
  return (build) => {
    const part = built.get(build) ?? emitPart(build(inventory, versions));
    built.set(build, part);
    return part;
  };
}

/** The parts that the edges of each ring run. */
function byRing({ fleet }: Inventory, edges: readonly EdgeParts[]): ReadonlyMap<string, ReadonlySet<EmittedPart>> {
  const rings = new Map<string, Set<EmittedPart>>();
  for (const { edge, parts } of edges) {
    const ring = rings.get(ringOf(fleet, edge)) ?? new Set();
    for (const part of parts) ring.add(part);
    rings.set(ringOf(fleet, edge), ring);
  }
  return rings;
}

/** The final manifests of every cluster by its name, for each of its overlays. */
export function renderAll({ central, edges }: Inventory, tree: FileTree): ReadonlyMap<string, readonly (readonly Resource[])[]> {
  const cache: RenderCache = new Map();
  return new Map(
    [central, ...edges].map((cluster) => [cluster.name, overlaysOf(tree, cluster).map((dir) => renderKustomization(tree, dir, cache))]),
  );
}

const texts = (files: ReadonlyMap<string, readonly object[]>): FileTree =>
  new Map([...files].map(([path, contents]) => [path, header + contents.map((content) => toYaml(content)).join('---\n')]));
