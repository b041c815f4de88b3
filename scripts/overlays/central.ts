import type { Edge, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { kustomization } from '../kustomize/kustomization.ts';
import { documents, header, toYaml } from '../kustomize/yaml.ts';
import { options } from '../options/index.ts';
import type { InCentre, Option } from '../options/option.ts';
import { queryEndpoints } from '../parts/central/query-endpoints.ts';
import { bucketOf } from '../rollout/buckets.ts';
import type { EmittedPart } from '../rollout/digests.ts';
import { expectedPrometheusRule } from '../telemetry/fleet-rules.ts';
import type { FileTree } from '../tree/tree.ts';
import { clusterLabels, overlayDir } from './overlay.ts';
import { secretResources } from './secrets.ts';

/** The centre: its parts, and what it has to know of the edges, one file for each bucket of them. */
export function centralOverlay(inventory: Inventory, parts: readonly EmittedPart[]): FileTree {
  const { fleet, central } = inventory;
  const dir = overlayDir(central);
  const buckets = [...bucketed(inventory)].map(([bucket, edges]) => ({ bucket, edges, known: inCentre(edges, bucket, inventory) }));
  const secrets = secretResources(
    fleet,
    central.name,
    parts.flatMap((part) => part.secrets),
    { name: 'required-secrets', namespace: central.namespace },
  );
  const files = new Map<string, readonly Resource[]>([
    ['query-endpoints.yaml', queryEndpoints(inventory, buckets.flatMap(({ known }) => known.endpoints))],
    ['secrets.yaml', secrets],
  ]);
  for (const { bucket, edges, known } of buckets)
    files.set(`edges/${bucket}.yaml`, [
      ...secretResources(fleet, central.name, known.secrets, { name: `required-secrets-${bucket}`, namespace: central.namespace }),
      ...known.resources,
      expectedPrometheusRule(bucket, edges, central.namespace),
    ]);
  return new Map([
    [
      `${dir}/kustomization.yaml`,
      toYaml(
        kustomization({
          resources: [...parts.map((part) => `../../../${part.dir}`), ...[...files.keys()].sort()],
          labels: clusterLabels(central),
        }),
        { header },
      ),
    ],
    ...[...files].map(([file, resources]) => [`${dir}/${file}`, documents(resources)] as const),
  ]);
}

/** Edges by bucket, both in order. */
function bucketed({ edges }: Inventory): ReadonlyMap<string, readonly Edge[]> {
  const buckets = new Map<string, Edge[]>();
  for (const edge of edges) {
    const bucket = bucketOf(edge.name);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), edge]);
  }
  return new Map([...buckets].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function inCentre(edges: readonly Edge[], bucket: string, inventory: Inventory): InCentre {
  const known = Object.values(options).map((option) =>
    (option as Option).inCentre(
      edges.filter((edge) => edge.option === option.name),
      bucket,
      inventory,
    ),
  );
  return {
    resources: known.flatMap(({ resources }) => resources),
    secrets: known.flatMap(({ secrets }) => secrets),
    endpoints: known.flatMap(({ endpoints }) => endpoints),
  };
}
