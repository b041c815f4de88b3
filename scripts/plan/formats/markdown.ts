import type { PlanReport } from '../../../generated/types/plan.d.ts';
import { count, someOf } from './counting.ts';
import { clip, legible } from './legible.ts';
import { bodyBudget, rowsWithin, weight } from './markdown/budget.ts';
import { causesBlock } from './markdown/causes.ts';
import { classesBlock } from './markdown/classes.ts';
import { prose } from './markdown/escape.ts';
import { fleetBlock } from './markdown/fleet.ts';
import { objectsBlock } from './markdown/objects.ts';
import { risksBlock } from './markdown/risks.ts';
import { topology } from './markdown/topology.ts';
import { baseText, filesText, headline, isEmpty, objectsText, riskText, unreadable, withoutClass } from './verdict.ts';

interface Options {
  /** Characters; at the default no more than 65,000 bytes either. @default 60000 */
  readonly budget?: number;
  readonly title?: string;
  /** Blocks of Markdown before the rest, never cut: the order of the rings, how the ring before fares. */
  readonly before?: readonly string[];
  /** Blocks of Markdown at the end, never cut: digest, version, how to make the same again. */
  readonly after?: readonly string[];
}

/** Of the default budget; what a block leaves is the classes'. Those of the verdict are short by nature. */
const shares = { causes: 4_000, risks: 12_000, unreadable: 1_500, fleet: 6_000, topology: 5_000, objects: 3_000 };

const severityMarks = { high: '🔴', medium: '🟠', low: '🟡', none: '🟢' };

/** The body of a pull request. Whole where it fits; else it is cut between blocks and says what it left out. */
export function formatMarkdown(report: PlanReport, { budget = bodyBudget, title, before = [], after = [] }: Options = {}): string {
  const plan = legible(report);
  const first = [...(title === undefined ? [] : [`## ${prose(clip(title, 200))}`]), ...before];
  const blocks = isEmpty(plan) ? [headlineText(plan)] : planBlocks(plan, budget, weight([...first, ...after].join('\n\n')));
  return `${[...first, ...blocks, ...after].join('\n\n')}\n`;
}

function planBlocks(plan: PlanReport, budget: number, taken: number): string[] {
  const verdict = verdictText(plan);
  let room = budget - taken - weight(verdict) - 4;
  const share = (ofDefault: number) => Math.floor((ofDefault * budget) / bodyBudget);
  const block = (make: (room: number) => string | undefined, ofDefault: number): string[] => {
    const text = make(Math.min(room - 2, share(ofDefault)));
    if (text === undefined) return [];
    if (weight(text) + 2 > room) return [];
    room -= weight(text) + 2;
    return [text];
  };
  // In the order of what must not be missing, which is not the order of reading.
  const risks = block((most) => risksBlock(plan.risks, Math.min(most, share(shares.risks)), most), Number.POSITIVE_INFINITY);
  const causes = block((most) => causesBlock(plan.causes, most), shares.causes);
  const unread = block((most) => unreadableBlock(plan, most), shares.unreadable);
  const fleet = block((most) => fleetBlock(plan, most), shares.fleet);
  const objects = block((most) => objectsBlock(plan, most), shares.objects);
  const chart = block((most) => {
    const text = topology(plan);
    return text === undefined || weight(text) > most ? undefined : text;
  }, shares.topology);
  const classes = block((most) => classesBlock(plan.classes, most), Number.POSITIVE_INFINITY);
  return [verdict, ...causes, ...risks, ...unread, ...fleet, ...chart, ...objects, ...classes];
}

function verdictText(plan: PlanReport): string {
  const { summary } = plan;
  const names = withoutClass(plan).map(({ name }) => clip(name, 80));
  return [
    headlineText(plan),
    `${severityMarks[summary.risk]} **Risk: ${riskText(plan)}** · ${objectsText(summary.objects)} · ${filesText(summary.files)} · against ${prose(clip(baseText(plan.base), 120))}`,
    'Once merged, Argo CD syncs it by itself and prunes what is removed. To go back, revert this pull request.',
    ...(names.length === 0 || plan.classes.length === 0
      ? []
      : [`In ${count(names.length, 'cluster')} files change and objects do not: ${prose(someOf(names, 3))}.`]),
  ].join('\n\n');
}

const headlineText = (plan: PlanReport): string => `**${prose(clip(headline(plan), 300))}**`;

function unreadableBlock(plan: PlanReport, room: number): string | undefined {
  const all = unreadable(plan);
  if (all.length === 0) return undefined;
  const rows = all.map(({ name, unreadable: why }) => `- ${prose(clip(name, 80))}: ${prose(clip(why ?? '', 200))}`);
  const shown = rowsWithin(rows, room - 300);
  const left = rows.length - shown.length;
  return [
    '### What is there now cannot be rendered\n\nSo all objects of these clusters count as added:\n',
    ...shown,
    ...(left > 0 ? [`- … and ${count(left, 'further cluster')}`] : []),
  ].join('\n');
}
