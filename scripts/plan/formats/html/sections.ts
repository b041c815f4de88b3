import type { Counts, PlanReport } from '../../../../generated/types/plan.d.ts';
import { alsoText, causeRows } from '../cause-rows.ts';
import { count, number, numberOrDash, sum } from '../counting.ts';
import { kinds } from '../kinds.ts';
import { clip } from '../legible.ts';
import { nameOfCode, type Risk, type RiskGroup, riskGroups } from '../risk-groups.ts';
import { filesText, outside, unreadable, withoutClass } from '../verdict.ts';
import { html, type Markup } from './markup.ts';
import { topology } from './topology.ts';

/** More than these are counted; the JSON has them. */
const most = { causes: 200, risks: 1_000, risksAtOnce: 6, files: 3_000 };

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** Without a body there is no section. */
export const section = (id: string, title: string, body: Markup | undefined): Section[] =>
  body === undefined ? [] : [{ id, title, body }];

export function causes(plan: PlanReport): Markup | undefined {
  if (plan.causes.length === 0) return undefined;
  const rows = causeRows(plan.causes, most.causes);
  const left = sum(rows.slice(most.causes).map((row) => row.causes));
  const lines = rows.slice(0, most.causes).map((row) => {
    const { what, file, line, cluster, field, before, after, also } = row;
    const place =
      file === undefined ? html`${origins[row.kind]}` : html`<span class="path">${file}${line === undefined ? '' : `:${line}`}</span>`;
    const more = alsoText(row);
    const note =
      more === ''
        ? undefined
        : also.length === 0
          ? html`<br><span class="quiet">${more}</span>`
          : html`<details class="names"><summary>${more}</summary><p>${also.join(', ')}</p></details>`;
    return field === undefined
      ? html`<tr><th scope="row">${place}</th><td colspan="3">${what}${note}</td></tr>`
      : html`<tr><th scope="row">${place}</th><td>${cluster === undefined ? undefined : html`${cluster}<br>`}<b>${field}</b>${note}</td><td>${json(before)}</td><td>${json(after)}</td></tr>`;
  });
  return html`<div class="card wide" tabindex="0" role="group" aria-label="Why, as a table"><table><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>${lines}</tbody></table>${left === 0 ? undefined : html`<p class="quiet">… and ${count(left, 'further cause')}</p>`}</div>`;
}

/** Where no file is named. */
const origins = { inventory: 'the inventory', compiler: 'the compiler', edited: 'the output' };

const json = (value: string | undefined): Markup =>
  value === undefined ? html`<span class="quiet">not set</span>` : html`<code>${clip(value, 2_000)}</code>`;

export function risks(plan: PlanReport): Markup | undefined {
  if (plan.risks.length === 0) return undefined;
  return html`<ul class="risks">${riskGroups(plan.risks, plan.risks.length > most.risks).map(riskCard)}</ul>`;
}

function riskCard({ code, severity, why, check, risks: all, clusters }: RiskGroup): Markup {
  const [first] = all as readonly [Risk];
  const heading = all.length === 1 ? first.what : `${nameOfCode(code)}: ${number(all.length)} times`;
  const what =
    all.length === 1
      ? first.object === undefined
        ? undefined
        : html`<dt>Object</dt><dd>${first.object}</dd>`
      : html`<dt>What</dt><dd>${riskList(all.slice(0, most.risksAtOnce))}${all.length <= most.risksAtOnce ? undefined : html`<details class="names"><summary>and ${number(all.length - most.risksAtOnce)} more</summary>${riskList(all.slice(most.risksAtOnce, most.risks))}${all.length <= most.risks ? undefined : html`<p>… and ${number(all.length - most.risks)} more</p>`}</details>`}</dd>`;
  return html`<li class="card ${severity}"><h3>${chip(severity)}<span>${heading}</span></h3><dl>${what}${clusters.length === 0 ? undefined : html`<dt>Clusters</dt><dd>${names(clusters, 8)}</dd>`}<dt>Why</dt><dd>${why}</dd><dt>Check</dt><dd>${check}</dd><dt>Code</dt><dd><code>${code}</code></dd></dl></li>`;
}

const riskList = (risks: readonly Risk[]): Markup =>
  html`<ul>${risks.map(
    ({ what, object, clusters }) =>
      html`<li>${object === undefined ? undefined : html`${object}: `}${what} <span class="quiet">${clusters.length === 1 ? clusters[0] : count(clusters.length, 'cluster')}</span></li>`,
  )}</ul>`;

export const chip = (severity: PlanReport['summary']['risk'], text = severity === 'none' ? 'no risk found' : `${severity} risk`): Markup =>
  html`<span class="chip ${severity}">${text}</span>`;

/** Few names at once; all of them behind a click. */
export function names(all: readonly string[], few: number): Markup {
  if (all.length <= few) return html`${all.join(', ')}`;
  return html`<details class="names"><summary>${count(all.length, 'cluster')}: ${all.slice(0, few).join(', ')} …</summary><p>${all.join(', ')}</p></details>`;
}

export function fleet(plan: PlanReport): Markup | undefined {
  if (plan.groups.length === 0) return undefined;
  const drawing = topology(plan);
  const regions = new Map<string, PlanReport['groups']>();
  for (const group of plan.groups) regions.set(group.region, [...(regions.get(group.region) ?? []), group]);
  const bodies = [...regions].map(
    ([region, groups]) =>
      html`<tbody>${groups.map(
        ({ ring, clusters, objects }, at) =>
          html`<tr${clusters.touched === 0 ? html` class="same"` : undefined}>${at > 0 ? undefined : html`<th scope="rowgroup" rowspan="${groups.length}">${region}</th>`}<td>${ring === '' ? html`<i>centre</i>` : ring}</td><td class="n">${number(clusters.touched)} of ${number(clusters.total)}</td>${cells(objects)}</tr>`,
      )}</tbody>`,
  );
  const others = outside(plan).map(
    ({ name, objects: own }) => html`<tbody><tr><th scope="rowgroup" colspan="3">${name}</th>${cells(own)}</tr></tbody>`,
  );
  const { clusters, objects } = plan.summary;
  return html`<div class="card wide" tabindex="0" role="group" aria-label="Topology and table of the fleet">${drawing}<table><caption>Clusters that change, and their objects, by region and ring</caption><thead><tr><th scope="col">Region</th><th scope="col">Ring</th><th scope="col" class="n">Clusters</th>${countHeads}</tr></thead>${bodies}${others}<tfoot><tr><th scope="row" colspan="2">Fleet</th><td class="n">${number(clusters.touched)} of ${number(clusters.total)}</td>${cells(objects)}</tr></tfoot></table></div>`;
}

const countHeads = ['Added', 'Changed', 'Removed', 'Restarted'].map((head) => html`<th scope="col" class="n">${head}</th>`);

const cells = ({ added, changed, removed, restarted }: Counts): Markup[] =>
  [added, changed, removed, restarted].map((value) => html`<td class="${value === 0 ? 'n zero' : 'n'}">${numberOrDash(value)}</td>`);

export function objects(plan: PlanReport): Markup | undefined {
  const all = kinds(plan);
  if (all.length === 0) return undefined;
  return html`<div class="card wide" tabindex="0" role="group" aria-label="Objects by kind, as a table"><table><thead><tr><th scope="col">Kind</th>${countHeads}</tr></thead><tbody>${all.map(
    ([kind, counts]) => html`<tr><th scope="row">${kind}</th>${cells(counts)}</tr>`,
  )}</tbody></table></div>`;
}

/** Clusters that no class speaks of. */
export function others(plan: PlanReport): Markup | undefined {
  const [same, lost] = [withoutClass(plan), unreadable(plan)];
  if (same.length + lost.length === 0) return undefined;
  return html`<div class="card">${
    same.length === 0
      ? undefined
      : html`<p>Files change and objects do not:</p><div class="names">${names(
          same.map(({ name }) => name),
          20,
        )}</div>`
  }${lost.length === 0 ? undefined : html`<p>What is there now cannot be rendered, so that all objects count as added:</p><ul>${lost.map(({ name, unreadable: why }) => html`<li><b>${name}</b>: ${why}</li>`)}</ul>`}</div>`;
}

export function files(plan: PlanReport): Markup | undefined {
  if (plan.files.length === 0) return undefined;
  const words = { create: 'added', update: 'changed', delete: 'removed' } as const;
  const left = plan.files.length - most.files;
  return html`<details class="class"><summary><h3>${filesText(plan.summary.files)}</h3></summary><div><ul class="files">${plan.files
    .slice(0, most.files)
    .map(
      ({ path, change }) =>
        html`<li><span class="sign ${words[change]}">${{ create: '+', update: '~', delete: '−' }[change]} ${words[change]}</span> <span class="path">${path}</span></li>`,
    )}</ul>${left > 0 ? html`<p class="quiet">… and ${count(left, 'further file')}</p>` : undefined}</div></details>`;
}
