import type { EdgeSize } from '../../advise/size/edge.ts';
import type { Diagnostic } from '../../diagnostic.ts';
import type { Edge, Sourced } from '../../inventory/inventory.ts';
import type { JsonPatch } from '../../kustomize/kustomization.ts';
import { bytesOf, volumeSize } from '../../telemetry/quantity.ts';

/** Sizes of the claims in the parts, in Gi; an edge whose data would not fit gets more unless it says a size itself. */
export const defaultVolume = { 'prometheus-agent': 5, 'thanos-sidecar': 20 } as const;

type Collecting = keyof typeof defaultVolume;

/** Bytes for the data of a collector: twice what is likely, since a full volume stops it. */
function roomOf({ parts, workload }: EdgeSize): number {
  const data = parts.find(({ volume }) => volume !== undefined)?.volume;
  if (data === undefined) throw new Error(`bug: ${workload.option} has no volume`);
  return 2 * data.value.middle;
}

/** The volume of an edge: what it says, and a size by its estimated series where that is more than the part's. */
export function volumeOf({ storage }: Edge, option: Collecting, size: EdgeSize): Edge['storage'] {
  const needed = roomOf(size);
  const least = defaultVolume[option];
  return {
    ...storage,
    ...(storage.size === undefined && needed > bytesOf(`${least}Gi`) ? { size: volumeSize(needed, least) } : {}),
  };
}

/** What there is to say of a volume that is smaller than the data that it should hold. */
export function* volumeTooSmall(edge: Sourced<Edge>, option: Collecting, size: EdgeSize): Iterable<Diagnostic> {
  const { name, storage } = edge.value;
  const needed = roomOf(size);
  if (storage.size === undefined || bytesOf(storage.size) >= needed) return;
  yield {
    code: 'storage/too-small',
    severity: 'warning',
    message: `The volume of "${name}" has ${storage.size}, for some ${volumeSize(needed, 1)} of data.`,
    hint: `Set storage.size to '${volumeSize(needed, defaultVolume[option])}', or leave it out.`,
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
