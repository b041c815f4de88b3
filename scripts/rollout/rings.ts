import { type Edge, type Fleet, ringOf } from '../inventory/inventory.ts';
import { kustomization } from '../kustomize/kustomization.ts';
import { header, toYaml } from '../kustomize/yaml.ts';
import type { FileTree } from '../tree/tree.ts';
import type { EmittedPart } from './digests.ts';

/** `base/rings/<ring>/<part>`: the one line that says which digest of a part a ring runs. */
export const ringDir = (ring: string, part: string): string => `base/rings/${ring}/${part}`;

/** The pointers of each ring to the parts that its edges run. */
export function ringFiles(fleet: Fleet, edges: readonly { readonly edge: Edge; readonly parts: readonly EmittedPart[] }[]): FileTree {
  const pointers = new Map<string, EmittedPart>();
  for (const { edge, parts } of edges) for (const part of parts) pointers.set(ringDir(ringOf(fleet, edge), part.name), part);
  return new Map(
    [...pointers].map(([dir, part]) => [
      `${dir}/kustomization.yaml`,
      toYaml(kustomization({ resources: [`../../../${part.dir.slice('base/'.length)}`] }), { header }),
    ]),
  );
}
