import type { Edge, Inventory, Sourced } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { OptionName } from './outage.ts';
import { type EdgeBudget, type Remedy, remedies } from './outage-edge.ts';
import { formatDerivation, formatLimit } from './outage-limit.ts';
import { formatLoss, formatLost, type Loss, lossOf } from './outage-loss.ts';
import { prospectsOf } from './recommend-edge.ts';
import { namesOf } from './recommend-format.ts';
import { surroundingsOf } from './recommend-surroundings.ts';
import { optionNames, perOption } from './rules.ts';
import { explain as explained, Told } from './size/explain.ts';
import type { Figure } from './size/figure.ts';

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
  readonly samples: Readonly<Record<OptionName, Figure>>;
  /** Changes of the inventory after which this cut is survived, where it is not. */
  readonly remedies: readonly Remedy[];
}

/** `offline`: seconds of a cut to ask about in place of what the inventory says. */
export function outagesOf(edges: readonly Sourced<Edge>[], inventory: Inventory, offline?: number): readonly Outage[] {
  const surroundings = surroundingsOf(inventory);
  const alike = new Map<string, { readonly outage: Outage; readonly clusters: string[] }>();
  for (const sourced of edges) {
    const { value: edge } = sourced;
    const clusters: string[] = [];
    const { maxOffline } = edge.network;
    const { budgets, sizes } = prospectsOf(edge, surroundings);
    const samples = perOption((option) => sizes[option].samples);
    const asked = offline ?? (maxOffline === undefined ? undefined : seconds(maxOffline));
    const isSurvived = asked === undefined || asked <= budgets[edge.option].survives;
    const ways = isSurvived ? [] : remedies(sourced, surroundings, asked);
    const rates = perOption((option) => samples[option].value);
    const key = JSON.stringify([edge.option, maxOffline, budgets, rates, ways]);
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
  // Much is the same on every option.
  const told = new Told();
  return [
    `${namesOf(clusters)}: on ${option}${asked}`,
    ...remedyLines(outage, explain),
    ...chosenFirst(option).flatMap((name) => ['', ...formatBudget(name, outage), ...(explain ? derivations(name, outage, told) : [])]),
  ];
}

const chosenFirst = (chosen: OptionName): readonly OptionName[] => [chosen, ...optionNames.filter((option) => option !== chosen)];

function remedyLines({ option, offline, budgets, remedies: ways }: Outage, explain: boolean): readonly string[] {
  if (offline === undefined || offline <= budgets[option].survives) return [];
  const says = ways.length === 0 ? 'nothing: no option survives this' : ways.map((way) => way.says).join('; or ');
  const derived = ways.flatMap((way) => way.derived.map((setting) => ({ way, setting })));
  return [
    `  to survive ${formatDuration(offline)}: ${says}`,
    ...(explain
      ? derived.flatMap(({ way, setting }) => formatDerivation(`${setting.field} on ${way.option}`, setting.value, setting))
      : []),
  ];
}

function formatBudget(name: OptionName, outage: Outage): readonly string[] {
  const { survives, range, decides, lostAfter, restart, meanwhile } = outage.budgets[name];
  const least = range.low === survives ? '' : `, at the least ${formatDuration(range.low)} by how many series it may have`;
  const loss = lossOn(name, outage);
  return [
    `  ${name}${name === outage.option ? ' (chosen)' : ''}`,
    ...columns([
      ['    survives', `${formatDuration(survives)}${least}; ${decides.inputs.length === 0 ? decides.formula : `${decides.name} decides`}`],
      ...(loss === undefined ? [] : [[`    ${formatDuration(loss.offline)} offline loses`, formatLoss(loss)]]),
      ['    lost after', lostAfter],
      ['    a restart meanwhile loses', restart],
      ['    meanwhile', meanwhile],
    ]),
  ];
}

const lossOn = (name: OptionName, { offline, budgets, samples }: Outage): Loss | undefined =>
  offline === undefined ? undefined : lossOf(budgets[name], samples[name].value, offline);

/** How each number of an option came about. */
function derivations(name: OptionName, outage: Outage, told: Told): readonly string[] {
  const { limits, survives, range, least, restartLoses } = outage.budgets[name];
  const samples = outage.samples[name];
  const loss = lossOn(name, outage);
  return [
    ...limits.flatMap(formatLimit),
    ...(range.low === survives
      ? []
      : [
          `    at the least, over all samples a second that it may have: with ${rounded(least.samplesPerSecond)}`,
          ...formatLimit(least.decides),
        ]),
    ...(restartLoses === undefined ? [] : formatDerivation('a restart', restartLoses.value, restartLoses)),
    ...(loss === undefined
      ? []
      : [
          ...formatDerivation('likely lost', formatLost(loss.likely), loss.likely),
          ...formatDerivation('lost at most', formatLost(loss.most), loss.most),
        ]),
    ...explained([{ path: 'samples a second', figure: samples }], told)
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    `      from ${rounded(samples.value.low)} to ${rounded(samples.value.high)}, likely ${rounded(samples.value.middle)}`,
  ];
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

export const outagesJson = (all: readonly Outage[]) =>
  all.map((outage) => {
    const { clusters, option, maxOffline, offline, budgets, samples, remedies: ways } = outage;
    return {
      clusters,
      option,
      ...(maxOffline !== undefined && { maxOffline }),
      ...(offline !== undefined && { offline, remedies: ways.map(({ says }) => says) }),
      unit: 's',
      budgets: optionNames.map((name) => {
        const loss = lossOn(name, outage);
        return {
          ...budgets[name],
          samplesPerSecond: samples[name].value,
          ...(loss && { loses: { likely: lostJson(loss.likely), most: lostJson(loss.most) } }),
        };
      }),
    };
  });

const lostJson = ({ seconds, samples }: Loss['most']) => ({ seconds, samples: Math.round(samples) });
