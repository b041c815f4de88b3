import type { EdgeSize } from '../../advise/size/edge.ts';
import { defaultVolume, doubled, roomOf, volumeOf } from '../../advise/size/edge-volume.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { Edge, Sourced } from '../../inventory/inventory.ts';
import type { JsonPatch } from '../../kustomize/kustomization.ts';
import { bytesOf, volumeSize } from '../../telemetry/quantity.ts';

export { defaultVolume, volumeOf };

/** What there is to say of a volume that is smaller than the data that it should hold. */
export function* volumeTooSmall(edge: Sourced<Edge>, option: keyof typeof defaultVolume, size: EdgeSize): Iterable<Diagnostic> {
  const { name, storage } = edge.value;
  const needed = roomOf(size);
  if (storage.size === undefined || bytesOf(storage.size) >= needed) return;
  yield {
    code: 'storage/too-small',
    severity: 'warning',
    message: `The volume of "${name}" has ${storage.size}, for some ${volumeSize(needed, 1)} of data.`,
    hint: `Set storage.size to '${doubled(needed, defaultVolume[option])}', or leave it out.`,
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
