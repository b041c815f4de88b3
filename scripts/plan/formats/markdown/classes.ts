import { count, number, someOf, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { alsoOf, type ChangeClass, firstLines, nameOf, type ObjectChange, signs, whoOf } from '../objects.ts';
import { rowsWithin, weight } from './budget.ts';
import { code, fence, prose } from './escape.ts';

const severityMarks = { high: '🔴 high', medium: '🟠 medium', low: '🟡 low', none: '' };

/** How much of a class is shown: less and less, until it fits. */
const levels = {
  whole: { lines: Number.POSITIVE_INFINITY, objects: Number.POSITIVE_INFINITY, names: 60 },
  short: { lines: 40, objects: 40, names: 30 },
  heads: { lines: 0, objects: 40, names: 10 },
} as const;

/**
 * The classes of identical change within a room: all whole, or all with shortened diffs; or else the first with diffs, then a table of the
 * next, then the count of those that are left out.
 */
export function classesBlock(classes: readonly ChangeClass[], room: number): string | undefined {
  if (classes.length === 0) return undefined;
  const title = `### ${count(classes.length, 'class of identical change', 'classes of identical change')}`;
  const all = (level: keyof typeof levels) => [title, ...classes.map((one) => details(one, level))].join('\n\n');
  for (const level of ['whole', 'short'] as const) {
    if (classes.length > room / 100) break;
    const text = all(level);
    if (weight(text) <= room) return text;
  }

  const rows = classes.map(row);
  const inner = room - weight(title) - reserve;
  const table = Math.min(sum(rows.map(weight)) + rows.length, Math.floor(inner / 4));
  let used = 0;
  const shown: string[] = [];
  for (const one of classes) {
    const fits = (['short', 'heads'] as const)
      .map((level) => details(one, level))
      .find((text, at) => {
        const size = weight(text) + 2;
        return used + size <= inner - table && size <= inner / (at === 0 ? 3 : 1);
      });
    if (fits === undefined) break;
    used += weight(fits) + 2;
    shown.push(fits);
  }
  const listed = rowsWithin(rows.slice(shown.length), inner - used);
  const left = classes.slice(shown.length + listed.length);
  const clustersLeft = new Set(left.flatMap(({ clusters }) => clusters)).size;
  return [
    title,
    `Not all of them fit here. Shown: ${number(shown.length)} of ${number(classes.length)} with their objects, ${number(listed.length)} more in the table, ${number(left.length)} left out (${count(clustersLeft, 'cluster')}).`,
    ...shown,
    ...(listed.length === 0 ? [] : [[...tableHead, ...listed].join('\n')]),
    ...(left.length === 0
      ? []
      : [
          `**${number(left.length)} of ${count(classes.length, 'class', 'classes')} left out**, of ${count(clustersLeft, 'cluster')}. All of them are in \`plan --format html\` and \`json\`.`,
        ]),
  ].join('\n\n');
}

const tableHead = ['| Clusters | Change | Such as | Risk |', '| ---: | --- | --- | --- |'];

/** For the sentences around the classes. */
const reserve = 600;

const row = ({ clusters, title, exemplar, severity }: ChangeClass): string =>
  `| ${number(clusters.length)} | ${prose(clip(title, 120))} | ${code(clip(exemplar, 80))} | ${severityMarks[severity]} |`;

function details(one: ChangeClass, level: keyof typeof levels): string {
  const { clusters, title, severity, exemplar, changes } = one;
  const limit = levels[level];
  const grave = severity === 'none' ? '' : ` · ${severityMarks[severity]}`;
  const left = changes.length - limit.objects;
  return [
    `<details>\n<summary><b>${prose(clip(whoOf(one), 250))}</b> · ${prose(clip(title, 200))}${grave}</summary>`,
    ...(clusters.length === 1
      ? []
      : [
          `${clusters.length <= 3 ? 'The same but for names and addresses' : members(clusters, limit.names)}. As in ${code(clip(exemplar, 80))}:`,
        ]),
    ...changes.slice(0, limit.objects).map((change) => changeText(change, limit.lines)),
    ...(left > 0 ? [`… and ${count(left, 'further object')}`] : []),
    '</details>',
  ].join('\n\n');
}

/** Few names at once; many behind a click. */
function members(clusters: readonly string[], most: number): string {
  const text = someOf(clusters, most);
  return prose(
    clip(text, 20 * most + 200) === text
      ? text
      : `${count(clusters.length, 'cluster')}, such as ${someOf(
          clusters.slice(0, 1).map((name) => clip(name, 80)),
          1,
        )}`,
  );
}

function changeText(one: ObjectChange, most: number): string {
  const { change, object, restarts, risks, diff } = one;
  const { lines, left } = firstLines(diff, most);
  const also = alsoOf(one);
  const facts = [
    ...(also === '' ? [] : [prose(clip(also, 200))]),
    ...(restarts ? ['pods restart'] : []),
    ...risks.slice(0, 10).map((risk) => code(clip(risk, 60))),
  ];
  const head = `**${signs[change]}** ${prose(clip(object.kind, 80))} ${code(clip(nameOf(object), 200))}${facts.length === 0 ? '' : ` · ${facts.join(' · ')}`}`;
  if (most === 0 || lines.length === 0) return head;
  return [
    head,
    fence('diff', lines.map((line) => (most === Number.POSITIVE_INFINITY ? line : clip(line, 400))).join('\n')),
    ...(left > 0 ? [`… and ${count(left, 'further line')}`] : []),
  ].join('\n\n');
}
