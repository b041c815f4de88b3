import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { type EdgeSize, sizeOf } from './edge.ts';
import { type Figure, input, product, sum, type Term } from './figure.ts';
import { type Workload, workloadsOf } from './workload.ts';

/** Edges that cost the same. */
export interface Group {
  readonly edges: readonly Edge[];
  readonly size: EdgeSize;
}

export function groupsOf(inventory: Inventory, prefix = ''): readonly Group[] {
  const workload = workloadsOf(inventory);
  const members = new Map<string, { workload: Workload; edges: Edge[] }>();
  for (const edge of inventory.edges) {
    const one = workload(edge);
    const key = JSON.stringify(one);
    const group = members.get(key);
    if (group === undefined) members.set(key, { workload: one, edges: [edge] });
    else group.edges.push(edge);
  }
  return [...members.values()].map((group) => ({ edges: group.edges, size: sizeOf(group.workload, `${prefix}${scopeOf(group.edges)}`) }));
}

/** What edges that cost the same are called: the first by its name. */
export const scopeOf = ([first, ...others]: readonly Edge[]): string =>
  others.length === 0 ? (first as Edge).name : `${(first as Edge).name} (and ${others.length} like it)`;

/** Those on an option, and how many edges they are. */
export function onOption(groups: readonly Group[], option: Edge['option']): { readonly groups: readonly Group[]; readonly count: number } {
  const found = groups.filter(({ size }) => size.workload.option === option);
  return { groups: found, count: found.reduce((count, { edges }) => count + edges.length, 0) };
}

/** Of all edges of the groups together. */
export const total = (groups: readonly Group[], what: 'series' | 'samples'): Term =>
  sum(...groups.map(({ edges, size }) => times(edges.length, size[what])));

/** `count` edges of one size. The first of them is the last word of their scope, but for how many are like it. */
export const times = (count: number, figure: Figure): Term =>
  count === 1 ? figure : product(input(`edges like ${/\S+(?= \(|$)/.exec(figure.scope)?.[0]}`, count), figure);
