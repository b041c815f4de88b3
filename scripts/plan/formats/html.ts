import { createHash } from 'node:crypto';
import type { PlanReport, Share } from '../../../generated/types/plan.d.ts';
import { count, number } from './counting.ts';
import { classes } from './html/classes.ts';
import { html, type Markup } from './html/markup.ts';
import { causes, chip, files, fleet, objects, others, risks, type Section, section } from './html/sections.ts';
import { style } from './html/style.ts';
import { legible } from './legible.ts';
import { signed } from './objects.ts';
import { baseText, headline, isEmpty, riskText } from './verdict.ts';

/** Nothing is fetched and nothing runs: the one thing allowed is this very style sheet. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The plan as one page that needs nothing else: it can be sent, kept and opened without a network. */
export function formatHtml(report: PlanReport): string {
  const plan = legible(report);
  const sections = [
    ...section('why', 'Why', causes(plan)),
    ...section('risks', 'Risks', risks(plan)),
    ...(isEmpty(plan) ? [] : section('fleet', 'Fleet', fleet(plan))),
    ...section('objects', 'Objects by kind', objects(plan)),
    ...section('classes', count(plan.classes.length, 'class of identical change', 'classes of identical change'), classes(plan.classes)),
    ...section('others', 'Other clusters', others(plan)),
    ...section('files', 'Files', files(plan)),
  ];
  const title = headline(plan);
  // The style sheet is the one text that is not escaped, as its digest is in the policy.
  const sheet: Markup = { markup: `<style>${style}</style>` };
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Plan of ${plan.fleet}: ${title}</title>
${sheet}
</head>
<body>
<a class="skip" href="#main">Skip to the plan</a>
<header>
<p class="over">Plan of ${plan.fleet}, against ${baseText(plan.base)}</p>
<h1>${title}</h1>
${isEmpty(plan) ? undefined : facts(plan)}
${sections.length < 2 ? undefined : html`<nav aria-label="Parts of the plan"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>`}
</header>
<main id="main" tabindex="-1">
${sections.map(sectionMarkup)}
</main>
<footer><p>Made by fleetc plan. It shows what a merge does to the objects of each cluster; the bytes of Secrets are masked.</p></footer>
</body>
</html>`.markup
  }\n`;
}

const sectionMarkup = ({ id, title, body }: Section): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>\n`;

function facts(plan: PlanReport): Markup {
  const { summary } = plan;
  const { added, changed, removed } = summary.objects;
  const rows: readonly (readonly [string, Markup])[] = [
    ['Clusters', share(summary.clusters)],
    ['Regions', share(summary.regions)],
    ['Rings', share(summary.rings)],
    ['Objects', html`${number(added + changed + removed)} <small>${signed(summary.objects)}</small>`],
    ['Restarts', html`${number(summary.objects.restarted)}`],
    ['Files', html`${number(plan.files.length)}`],
  ];
  return html`<p>${chip(summary.risk, `Risk: ${riskText(plan)}`)}</p>
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const share = ({ touched, total }: Share): Markup => html`${number(touched)} <small>of ${number(total)}</small>`;
