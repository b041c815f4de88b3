import type { Edge } from '../../inventory/inventory.ts';
import type { JsonPatch } from '../../kustomize/kustomization.ts';

/** Gives the claim `data` of a StatefulSet the class and size of an edge; the part holds the defaults. */
export function volumePatch(statefulSet: string, { class: storageClass, size }: Edge['storage']): readonly JsonPatch[] {
  if (storageClass === undefined && size === undefined) return [];
  const claim = '/spec/volumeClaimTemplates/0';
  return [
    {
      target: { group: 'apps', version: 'v1', kind: 'StatefulSet', name: statefulSet },
      operations: [
        { op: 'test', path: `${claim}/metadata/name`, value: 'data' },
        ...(storageClass === undefined ? [] : [{ op: 'add' as const, path: `${claim}/spec/storageClassName`, value: storageClass }]),
        ...(size === undefined ? [] : [{ op: 'replace' as const, path: `${claim}/spec/resources/requests/storage`, value: size }]),
      ],
    },
  ];
}
