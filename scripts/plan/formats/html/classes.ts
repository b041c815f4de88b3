import { count, number } from '../counting.ts';
import { alsoOf, type ChangeClass, firstLines, nameOf, type ObjectChange, signs, whoOf } from '../objects.ts';
import { diffMarkup } from './diff.ts';
import { html, type Markup } from './markup.ts';
import { chip, names } from './sections.ts';

/** A page of some megabytes still opens at once. What goes beyond has its names, and no diffs. */
const most = { classes: 250, diffCharacters: 1_500_000, lines: 400, objects: 200 };

const few = 12;

/** The classes of identical change: the first with their diffs, all of them with their clusters. */
export function classes(all: readonly ChangeClass[]): Markup | undefined {
  if (all.length === 0) return undefined;
  let characters = 0;
  const end = all.findIndex(({ changes }, at) => {
    for (const { diff } of changes) characters += diff.length;
    return at >= most.classes || characters > most.diffCharacters;
  });
  const shown = end === -1 ? all : all.slice(0, Math.max(end, 1));
  const rest = all.slice(shown.length);
  return html`${shown.map((one, at) => classDetails(one, at === 0))}${rest.length === 0 ? undefined : restDetails(rest)}`;
}

function classDetails(one: ChangeClass, open: boolean): Markup {
  const { clusters, title, severity, exemplar, changes } = one;
  const left = changes.length - most.objects;
  return html`<details class="class" id="class-${one.id}"${open ? html` open` : undefined}><summary><h3><b>${whoOf(one)}</b> · ${title}</h3>${severity === 'none' ? undefined : chip(severity)}</summary><div>${
    clusters.length === 1
      ? undefined
      : html`${clusters.length <= 3 ? undefined : html`<div class="names">${names(clusters, few)}</div>`}<p class="quiet">The same in each of them but for names and addresses. As in ${exemplar}:</p>`
  }${changes.slice(0, most.objects).map((change) => changeMarkup(change, changes.length > 3))}${left > 0 ? html`<p class="quiet">… and ${count(left, 'further object')}</p>` : undefined}</div></details>`;
}

/** Among many, an object that comes or goes whole is folded: its name says most. */
function changeMarkup(one: ObjectChange, many: boolean): Markup {
  const { change, object, also = [], restarts, risks, diff } = one;
  const { lines, left } = firstLines(diff, most.lines);
  const head = html`<h4><span class="sign ${change}">${signs[change].replace('-', '−')} ${change}</span><span>${object.kind} <b>${nameOf(object)}</b></span>${also.length === 0 ? undefined : html`<span class="quiet">${alsoOf(one)}</span>`}${restarts ? html`<span class="quiet">pods restart</span>` : undefined}${risks.map((risk) => html`<code>${risk}</code>`)}</h4>`;
  if (lines.length === 0) return html`<div class="change">${head}</div>`;
  return html`<details class="change"${many && change !== 'changed' ? undefined : html` open`}><summary>${head}</summary>${diffMarkup(lines)}${left > 0 ? html`<p class="quiet">… and ${count(left, 'further line')}</p>` : undefined}</details>`;
}

/** Without diffs; every cluster by name. */
const restDetails = (rest: readonly ChangeClass[]): Markup =>
  html`<details class="class"><summary><h3><b>${number(rest.length)} further classes</b> · without their diffs, which <code>plan --format json</code> has</h3></summary><div><table><thead><tr><th scope="col">Clusters</th><th scope="col">Change</th><th scope="col">Objects</th><th scope="col">Risk</th></tr></thead><tbody>${rest.map(
    ({ clusters, title, severity, changes }) =>
      html`<tr><td>${clusters.join(', ')}</td><td>${title}</td><td>${objectNames(changes)}</td><td>${severity}</td></tr>`,
  )}</tbody></table></div></details>`;

function objectNames(changes: readonly ObjectChange[]): string {
  const shown = changes.slice(0, 3).map(({ change, object }) => `${signs[change]} ${object.kind} ${nameOf(object)}`);
  return changes.length > 3 ? `${shown.join(', ')} and ${number(changes.length - 3)} more` : shown.join(', ');
}
