import type { PlanReport, Share } from '../../../../generated/types/plan.d.ts';
import { count, number, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { signed } from '../objects.ts';
import { ringsOf } from '../rings.ts';
import { html, type Markup } from './markup.ts';

type Group = PlanReport['groups'][number];

/** Pixels of the drawing. */
const size = { centre: 150, gap: 90, label: 180, column: 150, row: 42, head: 34, box: 28, least: 64 };

/** More than these are drawn as one. */
const most = { regions: 16, rings: 6 };

/** So few clusters are drawn one by one. */
const smallFleet = 12;

interface Row {
  readonly label: string;
  readonly note: string;
  readonly changed: boolean;
  /** Undefined where there is nobody. */
  readonly cells: readonly (Cell | undefined)[];
}

interface Cell {
  readonly text: string;
  /** From 0 to 1: how much of it changes. */
  readonly part: number;
}

/** The centre, and around it the regions with their rings, or in a small fleet the edges: what of it changes. The table below it says the same. */
export function topology(plan: PlanReport): Markup | undefined {
  const edges = plan.groups.filter(({ ring }) => ring !== '');
  if (edges.length === 0) return undefined;
  return plan.summary.clusters.total <= smallFleet
    ? drawing(plan, ['option', 'objects'], edgeRows(plan, total(edges)))
    : ofRegions(plan, edges);
}

function drawing({ fleet, groups }: PlanReport, heads: readonly string[], rows: readonly Row[]): Markup {
  const centre = total(groups.filter(({ ring }) => ring === ''));
  const left = size.centre + size.gap;
  const width = left + size.label + heads.length * size.column;
  const body = Math.max(rows.length * size.row, size.least);
  const middle = size.head + body / 2;
  const top = middle - (rows.length * size.row) / 2;
  const yOf = (row: number) => top + row * size.row + size.row / 2;
  const half = size.centre + size.gap / 2;
  const fate = centre.total === 0 ? 'none' : centre.touched > 0 ? 'changes' : 'does not change';
  const text = `The centre: ${fate}. Its edges: ${rows.map(({ label, note, changed, cells }) => `${label}, ${[note, ...cells.flatMap((cell) => cell?.text ?? [])].join(', ')}${changed ? '' : ', no change'}`).join('; ')}.`;

  return html`<svg class="topology" viewBox="0 0 ${width} ${size.head + body}" width="${width}" height="${size.head + body}" role="img" aria-labelledby="topology-title topology-text"><title id="topology-title">Topology of ${fleet}</title><desc id="topology-text">${text}</desc>${rows.map(
    ({ changed }, row) =>
      html`<path class="${changed ? 'link changed' : 'link'}" d="M${size.centre} ${middle}C${half} ${middle} ${half} ${yOf(row)} ${left - 10} ${yOf(row)}"/>`,
  )}${heads.map(
    (head, column) =>
      html`<text class="head" x="${left + size.label + column * size.column + (size.column - 12) / 2}" y="18" text-anchor="middle">${clip(head, 16)}</text>`,
  )}<g class="${centre.touched > 0 ? 'changed' : 'same'}"><rect class="box" x="1" y="${middle - 26}" width="${size.centre - 2}" height="52" rx="8"/><text class="label" x="${size.centre / 2}" y="${middle - 4}" text-anchor="middle">centre</text><text class="note" x="${size.centre / 2}" y="${middle + 13}" text-anchor="middle">${fate}</text></g>${rows.map(
    ({ label, note, changed, cells }, row) =>
      html`<g class="${changed ? 'changed' : 'same'}"><circle cx="${left - 6}" cy="${yOf(row)}" r="4"/><text class="label" x="${left + 8}" y="${yOf(row) - 2}">${clip(label, 24)}</text><text class="note" x="${left + 8}" y="${yOf(row) + 13}">${clip(note, 30)}</text></g>${cells.map((cell, column) => cellMarkup(cell, left + size.label + column * size.column, yOf(row)))}`,
  )}</svg>`;
}

function cellMarkup(cell: Cell | undefined, x: number, y: number): Markup {
  const width = size.column - 12;
  if (cell === undefined) return html`<circle cx="${x + width / 2}" cy="${y}" r="2"/>`;
  const box = (name: string, wide: number) =>
    html`<rect class="${name}" x="${x}" y="${y - size.box / 2}" width="${wide}" height="${size.box}" rx="6"/>`;
  // So that one of 5,000 is seen too.
  const part = cell.part === 0 ? undefined : box('part', Math.max(6, Math.round(width * cell.part)));
  return html`<g class="${cell.part > 0 ? 'changed' : 'same'}">${box('track', width)}${part}${box('frame', width)}<text x="${x + width / 2}" y="${y + 4}" text-anchor="middle">${clip(cell.text, 18)}</text></g>`;
}

function edgeRows({ clusters }: PlanReport, edges: Share): Row[] {
  const rows = clusters
    .filter(({ ring }) => ring !== '')
    .map(({ name, region, ring, option, objects }) => ({
      label: name,
      note: `${region} · ${ring}`,
      changed: true,
      cells: [
        { text: option, part: 1 },
        { text: signed(objects), part: 1 },
      ],
    }));
  const left = edges.total - edges.touched;
  return left <= 0
    ? rows
    : [...rows, { label: count(left, rows.length === 0 ? 'edge' : 'other edge'), note: 'no change', changed: false, cells: [] }];
}

function ofRegions(plan: PlanReport, edges: readonly Group[]): Markup {
  const columns = columnsOf(edges);
  const rows = regionsOf(edges).map(({ label, groups }) => ({
    label,
    note: shareText(total(groups)),
    changed: total(groups).touched > 0,
    cells: columns.map(({ rings }) => cellOf(total(groups.filter(({ ring }) => rings.has(ring))))),
  }));
  return drawing(
    plan,
    columns.map(({ label }) => label),
    rows,
  );
}

const cellOf = (share: Share): Cell | undefined =>
  share.total === 0 ? undefined : { text: shareText(share), part: share.touched / share.total };

/** Regions in the order of the fleet; where they are too many, those with the fewest changes are one. */
function regionsOf(edges: readonly Group[]): { readonly label: string; readonly groups: readonly Group[] }[] {
  const byName = new Map<string, Group[]>();
  for (const group of edges) byName.set(group.region, [...(byName.get(group.region) ?? []), group]);
  const regions = [...byName].map(([label, groups]) => ({ label, groups }));
  if (regions.length <= most.regions) return regions;
  const kept = new Set([...regions].sort((a, b) => total(b.groups).touched - total(a.groups).touched).slice(0, most.regions - 1));
  const others = regions.filter((region) => !kept.has(region));
  return [
    ...regions.filter((region) => kept.has(region)),
    { label: `${number(others.length)} other regions`, groups: others.flatMap(({ groups }) => groups) },
  ];
}

function columnsOf(edges: readonly Group[]): { readonly label: string; readonly rings: ReadonlySet<string> }[] {
  const rings = ringsOf(edges);
  const single = (ring: string) => ({ label: ring, rings: new Set([ring]) });
  if (rings.length <= most.rings) return rings.map(single);
  const others = rings.slice(most.rings - 1);
  return [...rings.slice(0, most.rings - 1).map(single), { label: `${number(others.length)} others`, rings: new Set(others) }];
}

const total = (groups: readonly Group[]): Share => ({
  touched: sum(groups.map(({ clusters }) => clusters.touched)),
  total: sum(groups.map(({ clusters }) => clusters.total)),
});

const shareText = ({ touched, total: all }: Share): string => `${number(touched)} of ${number(all)}`;
