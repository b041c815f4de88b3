import type { Edge, Inventory } from '../inventory/inventory.ts';
import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { OptionName } from './outage.ts';
import type { EdgeBudget } from './outage-edge.ts';
import { formatLimit } from './outage-limit.ts';
import { prospectsOf } from './recommend-edge.ts';
import { namesOf } from './recommend-format.ts';
import { surroundingsOf } from './recommend-surroundings.ts';
import { optionNames } from './rules.ts';

/** The budgets of edges that are alike. */
export interface Outage {
  readonly clusters: readonly string[];
  readonly option: OptionName;
  /** What the inventory asks for, such as `1d`. */
  readonly maxOffline: string | undefined;
  readonly budgets: Readonly<Record<OptionName, EdgeBudget>>;
}

export function outagesOf(edges: readonly Edge[], inventory: Inventory): readonly Outage[] {
  const surroundings = surroundingsOf(inventory);
  const alike = new Map<string, { readonly outage: Outage; readonly clusters: string[] }>();
  for (const edge of edges) {
    const clusters: string[] = [];
    const { maxOffline } = edge.network;
    const { budgets } = prospectsOf(edge, surroundings);
    const key = JSON.stringify([edge.option, maxOffline, budgets]);
    const group = alike.get(key) ?? { outage: { clusters, option: edge.option, maxOffline, budgets }, clusters };
    group.clusters.push(edge.name);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ outage }) => outage);
}

export const formatOutages = (all: readonly Outage[], { explain }: { readonly explain: boolean }): string =>
  all.map((one) => formatOutage(one, explain).join('\n')).join('\n\n');

function formatOutage({ clusters, option, maxOffline, budgets }: Outage, explain: boolean): readonly string[] {
  const asked = maxOffline === undefined ? '' : `, may be offline for ${maxOffline}`;
  return [
    `${namesOf(clusters)}: on ${option}${asked}`,
    ...optionNames.flatMap((name) => ['', ...formatBudget(budgets[name], name === option, explain)]),
  ];
}

function formatBudget(budget: EdgeBudget, isChosen: boolean, explain: boolean): readonly string[] {
  const { option, survives, range, decides, lostAfter, restart, meanwhile, limits } = budget;
  const surely = range.low === survives ? '' : `, ${formatDuration(range.low)} with the most series that it may have`;
  return [
    `  ${option}${isChosen ? ' (chosen)' : ''}`,
    ...columns([
      ['    survives', `${formatDuration(survives)}${surely}; ${decides.name} decides`],
      ['    lost after', lostAfter],
      ['    a restart meanwhile loses', restart],
      ['    meanwhile', meanwhile],
    ]),
    ...(explain ? limits.flatMap(formatLimit) : []),
  ];
}

export const outagesJson = (all: readonly Outage[]) =>
  all.map(({ clusters, option, maxOffline, budgets }) => ({
    clusters,
    option,
    ...(maxOffline !== undefined && { maxOffline }),
    unit: 's',
    budgets: optionNames.map((name) => budgets[name]),
  }));
