import { kustomization } from '../kustomize/kustomization.ts';
import { header, toYaml } from '../kustomize/yaml.ts';
import type { FileTree } from '../tree/tree.ts';
import type { EmittedPart } from './digests.ts';

/** `base/rings/<ring>/<part>`: the one line that says which digest of a part a ring runs. */
export const ringDir = (ring: string, part: string): string => `base/rings/${ring}/${part}`;

export const ringFiles = (ring: string, parts: Iterable<EmittedPart>): FileTree =>
  new Map(
    [...parts].map(({ name, dir }) => [
      `${ringDir(ring, name)}/kustomization.yaml`,
      toYaml(kustomization({ resources: [`../../../${dir.slice('base/'.length)}`] }), { header }),
    ]),
  );
