import type { CentralCluster, Edge, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { kustomization } from '../kustomize/kustomization.ts';
import { documents, header, toYaml } from '../kustomize/yaml.ts';
import { options } from '../options/index.ts';
import type { InCentre, Option } from '../options/option.ts';
import { leafEndpoints, queryEndpoints } from '../parts/central/query-endpoints.ts';
import { bucketOf } from '../rollout/buckets.ts';
import type { EmittedPart } from '../rollout/digests.ts';
import { expectedPrometheusRule } from '../telemetry/fleet-rules.ts';
import { type FileTree, union } from '../tree/tree.ts';
import { clusterLabels, overlayDir } from './overlay.ts';
import { secretResources } from './secrets.ts';

/** Objects that one Application should hold: Kustomize's time grows with their square. */
const mostObjects = 300;

/**
 * The centre: its parts, and what it has to know of the edges, one file for each bucket of them. Where that is more than an Application
 * should hold, or the inventory says so, each bucket is an overlay of its own instead, below the first.
 */
export function centralOverlays(inventory: Inventory, parts: readonly EmittedPart[]): FileTree {
  const { fleet, central } = inventory;
  const dir = overlayDir(central);
  const buckets = [...bucketed(inventory)].map(([bucket, edges]) => {
    const known = inCentre(edges, bucket, inventory);
    const list = { name: `required-secrets-${bucket}`, namespace: central.namespace };
    return {
      path: `edges/${bucket}`,
      endpoints: known.endpoints,
      resources: [
        ...secretResources(fleet, central.name, known.secrets, list),
        ...known.resources,
        ...leafEndpoints(inventory, bucket, known.endpoints),
        expectedPrometheusRule(bucket, edges, central.namespace),
      ],
    };
  });
  const own = new Map<string, readonly Resource[]>([
    [
      'query-endpoints.yaml',
      queryEndpoints(
        inventory,
        buckets.flatMap((bucket) => bucket.endpoints),
      ),
    ],
    [
      'secrets.yaml',
      secretResources(
        fleet,
        central.name,
        parts.flatMap(({ secrets }) => secrets),
        { name: 'required-secrets', namespace: central.namespace },
      ),
    ],
  ]);
  const aboutEdges = new Map<string, readonly Resource[]>(buckets.map(({ path, resources }) => [`${path}.yaml`, resources]));
  const bases = parts.map((part) => `../../../${part.dir}`);
  const objects = [...parts, ...buckets].reduce((sum, { resources }) => sum + resources.length, [...own.values()].flat().length);
  if (central.applications === 'auto' && objects <= mostObjects) return overlay(central, dir, bases, new Map([...aboutEdges, ...own]));
  return union(
    overlay(central, dir, bases, own),
    ...buckets.map(({ path, resources }) => overlay(central, `${dir}/${path}`, [], new Map([['edges.yaml', resources]]))),
  );
}

const overlay = (
  central: CentralCluster,
  dir: string,
  bases: readonly string[],
  files: ReadonlyMap<string, readonly Resource[]>,
): FileTree =>
  new Map([
    [
      `${dir}/kustomization.yaml`,
      toYaml(kustomization({ resources: [...bases, ...[...files.keys()].sort()], labels: clusterLabels(central) }), { header }),
    ],
    ...[...files].map(([file, resources]) => [`${dir}/${file}`, documents(resources)] as const),
  ]);

/** Edges by bucket, both in order. */
function bucketed({ edges }: Inventory): ReadonlyMap<string, readonly Edge[]> {
  const buckets = new Map<string, Edge[]>();
  for (const edge of edges) {
    const bucket = bucketOf(edge.name);
    const members = buckets.get(bucket);
    if (members === undefined) buckets.set(bucket, [edge]);
    else members.push(edge);
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
