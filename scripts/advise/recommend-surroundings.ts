import type { Edge, Inventory } from '../inventory/inventory.ts';
import type { OptionName } from './outage.ts';
import { perOption } from './rules.ts';
import { type Workload, workloadsOf } from './size/workload.ts';

/** What advice for one edge has to know of the others: counted once for all. */
export interface Surroundings {
  readonly inventory: Inventory;
  readonly workload: (edge: Edge) => Workload;
  /** Edges on each option. */
  readonly on: Readonly<Record<OptionName, number>>;
}

export function surroundingsOf(inventory: Inventory): Surroundings {
  return {
    inventory,
    workload: workloadsOf(inventory),
    on: perOption((option) => inventory.edges.filter((edge) => edge.option === option).length),
  };
}
