import type { PlanReport } from '../../generated/types/plan.d.ts';
import type { Span } from '../diagnostic.ts';
import type { Cluster, Sourced, SourcedInventory } from '../inventory/inventory.ts';
import type { Change } from '../tree/plan.ts';
import { type FieldChange, fieldChanges, fieldName } from './field-changes.ts';
import { masked } from './mask.ts';
import { outputCauses } from './output-causes.ts';
import type { Side } from './side.ts';

export type Cause = PlanReport['causes'][number];

/** Why the output changes: what somebody changed in the inventory, then what cannot come from there. */
export function causesOf(before: Side, after: Side, changes: readonly Change[]): Cause[] {
  if (before.inventory === undefined || after.inventory === undefined) return changes.length === 0 ? [] : [unknown(before)];
  return [...inventoryCauses(before, after), ...outputCauses(before, after, changes)];
}

function unknown({ sources, tree }: Side): Cause {
  const what =
    sources.size > 0
      ? 'The inventory of the base is not valid, so what changed in it is not known.'
      : tree.size === 0
        ? 'There was no fleet before.'
        : 'There is no commit to compare with, so what changed in the inventory is not known.';
  return { kind: 'inventory', what };
}

function inventoryCauses(before: Side, after: Side): Cause[] {
  if (before.inventory === undefined || after.inventory === undefined) return [];
  const [then, now] = [before.inventory, after.inventory];
  const causes = new Causes();
  for (const change of fieldChanges(then.fleet.value, now.fleet.value)) causes.add(change, then.fleet, now.fleet);
  const [old, current] = [clustersByName(then), clustersByName(now)];
  for (const [name, cluster] of current) {
    const known = old.get(name);
    if (known === undefined)
      causes.tell(`A cluster is new: ${cluster.value.role === 'edge' ? cluster.value.option : 'the centre'}.`, cluster.at(), name);
    else for (const change of fieldChanges(known.value, cluster.value)) causes.add(change, known, cluster, name);
  }
  for (const [name, cluster] of old) if (!current.has(name)) causes.tell('A cluster is gone.', cluster.at(), name);
  return causes.inOrder();
}

const clustersByName = ({ clusters }: SourcedInventory): ReadonlyMap<string, Sourced<Cluster>> =>
  new Map(clusters.map((cluster) => [cluster.value.name, cluster]));

/** Collects causes; the same in several clusters is one. */
class Causes {
  private readonly found = new Map<string, { readonly cause: Cause; readonly also: string[] }>();

  add({ before, after, from, to }: FieldChange, then: Sourced<unknown>, now: Sourced<unknown>, cluster?: string): void {
    const field = fieldName(after ?? before ?? []);
    const [old, current] = [from, to].map((value) => (value === undefined ? undefined : masked(JSON.stringify(value))));
    const span = after === undefined ? then.at(...(before ?? [])) : now.at(...after);
    this.tell(`${field} ${happens(old, current)}.`, span, cluster, {
      field,
      ...(old !== undefined && { before: old }),
      ...(current !== undefined && { after: current }),
    });
  }

  tell(what: string, { file, line }: Span, cluster: string | undefined, values: Pick<Cause, 'field' | 'before' | 'after'> = {}): void {
    const key = JSON.stringify([what, cluster === undefined, values]);
    const known = this.found.get(key);
    if (known !== undefined && cluster !== undefined) known.also.push(cluster);
    else
      this.found.set(key, {
        cause: { kind: 'inventory', what, file, line, ...(cluster !== undefined && { cluster }), ...values },
        also: [],
      });
  }

  inOrder(): Cause[] {
    return [...this.found.values()]
      .map(({ cause, also }) => (also.length === 0 ? cause : { ...cause, also }))
      .sort((a, b) => compare(a.file ?? '', b.file ?? '') || (a.line ?? 0) - (b.line ?? 0));
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function happens(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `is new: ${clipped(after ?? '')}`;
  return after === undefined ? `is gone: it was ${clipped(before)}` : `was ${clipped(before)} and is now ${clipped(after)}`;
}

const clipped = (text: string): string => (text.length > 80 ? `${Array.from(text).slice(0, 79).join('')}…` : text);
