import { count, someOf, sum } from '../counting.ts';
import { alsoOf, type ChangeClass, firstLines, nameOf, type ObjectChange, signs, whoOf } from '../objects.ts';
import { rest, type Screen, severityText, title, wrapped } from './screen.ts';

/** What a person scrolls through; JSON and HTML have the rest. */
const most = { classes: 20, names: 8, objects: 60, lines: 40 };

/** Of an object that comes or goes whole: its name says most. */
const linesOfWhole = 8;

export function classLines(screen: Screen, classes: readonly ChangeClass[]): string[] {
  if (classes.length === 0) return [];
  const left = classes.slice(most.classes);
  const clustersLeft = sum(left.map(({ clusters }) => clusters.length));
  return [
    ...title(screen, count(classes.length, 'class of identical change', 'classes of identical change')),
    ...classes.slice(0, most.classes).flatMap((one) => oneClass(screen, one)),
    ...(left.length === 0
      ? []
      : [
          '',
          `  … and ${count(left.length, 'further class', 'further classes')}, of ${count(clustersLeft, 'cluster')}: --format html or json shows them`,
        ]),
  ];
}

function oneClass(screen: Screen, one: ChangeClass): string[] {
  const { title: name, severity, clusters, exemplar, changes } = one;
  const { paint } = screen;
  const grave = severity === 'none' ? '' : ` · ${severityText(screen, severity, `${severity} risk`)}`;
  return [
    '',
    `  ${paint.bold(whoOf(one))} · ${name}${grave}`,
    ...(clusters.length <= 3 ? [] : wrapped(screen, someOf(clusters, most.names), '  ')),
    ...(clusters.length > 1 && changes.length > 0 ? [paint.dim(`  as in ${exemplar}:`)] : []),
    ...changes.slice(0, most.objects).flatMap((change) => oneChange(screen, change)),
    ...rest(changes.length - most.objects, 'object', '    '),
  ];
}

function oneChange({ paint }: Screen, one: ObjectChange): string[] {
  const { change, object, restarts, diff } = one;
  const also = alsoOf(one);
  const { lines, left } = firstLines(diff, change === 'changed' ? most.lines : linesOfWhole);
  const sign = { added: paint.green, changed: paint.yellow, removed: paint.red }[change](signs[change]);
  const painted = (line: string) =>
    line.startsWith('@@') ? paint.cyan(line) : line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line;
  return [
    `    ${sign} ${object.kind} ${nameOf(object)}${also === '' ? '' : ` ${also}`}${restarts ? paint.yellow(' (pods restart)') : ''}`,
    ...lines.map((line) => `        ${painted(line)}`),
    ...(left > 0 ? [paint.dim(`        … ${count(left, 'more line')}`)] : []),
  ];
}
