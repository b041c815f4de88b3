import { createHash } from 'node:crypto';
import type { Diagnostic } from '../diagnostic.ts';
import type { Cluster, Edge, Inventory } from '../inventory/inventory.ts';

/** Edges of one region that share an ApplicationSet and an AppProject, both of this name. */
export interface Shard {
  /** Such as `edge-kr-00`. */
  readonly name: string;
  /** In the order of names; never empty. */
  readonly edges: readonly Edge[];
}

/** What the ApplicationSet controller updates one after another, and what one mistake in a template can reach. */
export const largestShard = 1000;

/** `shards` in the schema goes no further. */
const mostShards = 64;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Which of a region's `count` shards a cluster is in: by its name alone, so that no other cluster moves when one is added. */
export const shardIndex = (cluster: string, count: number): number => Number.parseInt(sha256(cluster).slice(0, 8), 16) % count;

export function shardName({ fleet }: Inventory, { name, region, role }: Cluster): string {
  if (role === 'central') return 'central';
  return `edge-${region}-${String(shardIndex(name, fleet.argocd.shards)).padStart(2, '0')}`;
}

/** Edges that the fleet's own Argo CD delivers to, itself or through an agent; the others have an Argo CD of their own. */
export const fromHub = (edge: Edge): boolean => edge.delivery !== 'autonomous';

/** The shards that have an edge, in the order of their names. */
export function shards(inventory: Inventory): readonly Shard[] {
  const byName = new Map<string, Edge[]>();
  for (const edge of inventory.edges.filter(fromHub)) {
    const name = shardName(inventory, edge);
    const edges = byName.get(name);
    if (edges) edges.push(edge);
    else byName.set(name, [edge]);
  }
  return [...byName].map(([name, edges]) => ({ name, edges })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function* shardSizes(inventory: Inventory): Iterable<Diagnostic> {
  for (const { name, edges } of shards(inventory)) {
    if (edges.length <= largestShard) continue;
    const enough = shardsNeeded(inventory);
    yield {
      code: 'argocd/shard-too-large',
      severity: 'error',
      message: `the ApplicationSet ${name} would hold ${edges.length} edges, more than ${largestShard}`,
      hint:
        enough === undefined
          ? `even ${mostShards} shards are too few: divide the region`
          : `set argocd.shards to ${enough} in clusters/fleet.ts`,
    };
  }
}

function shardsNeeded({ edges }: Inventory): number | undefined {
  const hubEdges = edges.filter(fromHub);
  for (let count = 2; count <= mostShards; count++) {
    const sizes = new Map<string, number>();
    for (const { name, region } of hubEdges) {
      const shard = `${region}/${shardIndex(name, count)}`;
      sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
    }
    if (Math.max(...sizes.values()) <= largestShard) return count;
  }
  return undefined;
}
