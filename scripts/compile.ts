import { checkSizes } from './advise/size/check.ts';
import { provisioned } from './advise/size/provision.ts';
import { argocdDiagnostics, argocdFiles } from './argocd/files.ts';
import { compareDiagnostics, type Diagnostic, hasErrors } from './diagnostic.ts';
import type { SourcedInventory } from './inventory/inventory.ts';
import { toInventory } from './inventory/rules.ts';
import { documents } from './kustomize/yaml.ts';
import { centralParts, checkOptions, onEdge } from './options/index.ts';
import { centralOverlays } from './overlays/central.ts';
import { edgeOverlay } from './overlays/edge.ts';
import { renderAll } from './overlays/overlay.ts';
import { partEmitter } from './rollout/digests.ts';
import { ringFiles } from './rollout/rings.ts';
import { typeTexts } from './schemas/texts.js';
import { type FileTree, union } from './tree/tree.ts';
import { unsupportedVersions } from './unsupported-versions.ts';
import { asDiagnostic, verifyFleet } from './verify/index.ts';

export interface Compiled {
  /** The whole output, by path. Empty when a diagnostic is an error: half an output would be worse than none. */
  readonly tree: FileTree;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * From the inventory to the repository. Pure: the same inventory gives the same bytes.
 *
 * 1. What the inventory leaves open, decided by the size model; what it cannot have, beyond what reading it has shown.
 * 2. Parts: the workloads, each as a Kustomize base that its content names.
 * 3. Rings point at parts, overlays name rings and say what is true of one cluster only.
 * 4. All of it rendered, for what Argo CD has to know of it.
 * 5. A look at the whole: what Kustomize and Kubernetes would let pass, or tell much later.
 */
export function compile(sourced: SourcedInventory): Compiled {
  const inventory = provisioned(toInventory(sourced));
  const { fleet } = inventory;
  const refusals = [
    ...unsupportedVersions(sourced),
    ...checkSizes(sourced, inventory),
    ...checkOptions(sourced, inventory),
    ...argocdDiagnostics(inventory),
  ].sort(compareDiagnostics);
  if (hasErrors(refusals)) return { tree: new Map(), diagnostics: refusals };

  const emit = partEmitter(inventory);
  const central = centralParts(inventory).map(emit);
  const edges = inventory.edges.map((edge) => ({ edge, ...onEdge(edge, inventory, emit) }));

  const built = union(
    ...[...new Set([...central, ...edges.flatMap(({ parts }) => parts)])].map(({ files }) => files),
    ringFiles(fleet, edges),
    centralOverlays(inventory, central),
    ...edges.map(({ edge, parts, patches }) => edgeOverlay(fleet, edge, parts, patches)),
  );

  const overlays = renderAll(inventory, built);
  const argocd = argocdFiles({ inventory, overlays, tree: built });

  const diagnostics = [...refusals, ...verifyFleet({ inventory, overlays, argocd }).map(asDiagnostic)];
  if (hasErrors(diagnostics)) return { tree: new Map(), diagnostics };
  const argocdTree = new Map([...argocd].map(([path, contents]) => [path, documents(contents)]));
  return { tree: union(built, argocdTree, new Map(Object.entries(typeTexts))), diagnostics };
}
