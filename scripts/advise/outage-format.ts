import type { Edge, Inventory } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { OptionName } from './outage.ts';
import { type EdgeBudget, remedies } from './outage-edge.ts';
import { formatLimit } from './outage-limit.ts';
import { formatLoss, lostSeconds } from './outage-loss.ts';
import { prospectsOf } from './recommend-edge.ts';
import { namesOf } from './recommend-format.ts';
import { surroundingsOf } from './recommend-surroundings.ts';
import { optionNames, perOption } from './rules.ts';
import type { Range } from './size/range.ts';

/** The budgets of edges that are alike. */
export interface Outage {
  readonly clusters: readonly string[];
  readonly option: OptionName;
  /** What the inventory asks for, such as `1d`. */
  readonly maxOffline: string | undefined;
  /** Seconds of the cut that is asked about: of the command line, or else of the inventory. */
  readonly offline: number | undefined;
  readonly budgets: Readonly<Record<OptionName, EdgeBudget>>;
  /** Samples a second on each option. */
  readonly samples: Readonly<Record<OptionName, Range>>;
  /** Changes of the inventory after which this cut is survived, where it is not. */
  readonly remedies: readonly string[];
}

/** `offline`: seconds of a cut to ask about in place of what the inventory says. */
export function outagesOf(edges: readonly Edge[], inventory: Inventory, offline?: number): readonly Outage[] {
  const surroundings = surroundingsOf(inventory);
  const alike = new Map<string, { readonly outage: Outage; readonly clusters: string[] }>();
  for (const edge of edges) {
    const clusters: string[] = [];
    const { maxOffline } = edge.network;
    const { budgets, sizes } = prospectsOf(edge, surroundings);
    const samples = perOption((option) => sizes[option].samples.value);
    const asked = offline ?? (maxOffline === undefined ? undefined : seconds(maxOffline));
    const isSurvived = asked === undefined || asked <= budgets[edge.option].survives;
    const ways = isSurvived ? [] : remedies(edge, surroundings, asked).map(({ says }) => says);
    const key = JSON.stringify([edge.option, maxOffline, budgets, samples, ways]);
    const outage = { clusters, option: edge.option, maxOffline, offline: asked, budgets, samples, remedies: ways };
    const group = alike.get(key) ?? { outage, clusters };
    group.clusters.push(edge.name);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ outage }) => outage);
}

export const formatOutages = (all: readonly Outage[], { explain }: { readonly explain: boolean }): string =>
  all.map((one) => formatOutage(one, explain).join('\n')).join('\n\n');

function formatOutage(outage: Outage, explain: boolean): readonly string[] {
  const { clusters, option, maxOffline } = outage;
  const asked = maxOffline === undefined ? '' : `, may be offline for ${maxOffline}`;
  return [
    `${namesOf(clusters)}: on ${option}${asked}`,
    ...remedyLines(outage),
    ...chosenFirst(option).flatMap((name) => ['', ...formatBudget(name, outage, explain)]),
  ];
}

const chosenFirst = (chosen: OptionName): readonly OptionName[] => [chosen, ...optionNames.filter((option) => option !== chosen)];

function remedyLines({ option, offline, budgets, remedies: ways }: Outage): readonly string[] {
  if (offline === undefined || offline <= budgets[option].survives) return [];
  const [first = 'nothing: no option survives this', ...others] = ways;
  return [`  to survive ${formatDuration(offline)}: ${[first, ...others].join('; or ')}`];
}

function formatBudget(name: OptionName, { option, offline, budgets, samples }: Outage, explain: boolean): readonly string[] {
  const budget = budgets[name];
  const { survives, range, decides, lostAfter, restart, meanwhile, limits } = budget;
  const surely = range.low === survives ? '' : `, ${formatDuration(range.low)} with the most series that it may have`;
  return [
    `  ${name}${name === option ? ' (chosen)' : ''}`,
    ...columns([
      ['    survives', `${formatDuration(survives)}${surely}; ${decides.name} decides`],
      ...(offline === undefined ? [] : [[`    ${formatDuration(offline)} offline loses`, formatLoss(budget, samples[name], offline)]]),
      ['    lost after', lostAfter],
      ['    a restart meanwhile loses', restart],
      ['    meanwhile', meanwhile],
    ]),
    ...(explain ? limits.flatMap(formatLimit) : []),
  ];
}

export const outagesJson = (all: readonly Outage[]) =>
  all.map(({ clusters, option, maxOffline, offline, budgets, samples, remedies: ways }) => ({
    clusters,
    option,
    ...(maxOffline !== undefined && { maxOffline }),
    ...(offline !== undefined && { offline, remedies: ways }),
    unit: 's',
    budgets: optionNames.map((name) => ({
      ...budgets[name],
      samplesPerSecond: samples[name],
      ...(offline !== undefined && { loses: { unit: 's', most: lostSeconds(name, budgets[name].survives, offline) } }),
    })),
  }));
