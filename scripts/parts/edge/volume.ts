import type { EdgeSize } from '../../advise/size/edge.ts';
import { tooSmall } from '../../advise/size/edge-volume.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { Edge, Sourced } from '../../inventory/inventory.ts';
import type { JsonPatch } from '../../kustomize/kustomization.ts';

/** What there is to say of a volume that is smaller than the data that it should hold. */
export function* volumeTooSmall(edge: Sourced<Edge>, size: EdgeSize): Iterable<Diagnostic> {
  const { name, storage } = edge.value;
  const small = tooSmall(edge.value, size);
  if (small === undefined) return;
  yield {
    code: 'storage/too-small',
    severity: 'warning',
    message: `The volume of "${name}" has ${storage.size}, and its data needs ${small.enough}.`,
    hint: `Set storage.size to '${small.enough}' or more, or leave it out.`,
    span: edge.at('storage', 'size'),
  };
}

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
