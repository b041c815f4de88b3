import type { Counts, PlanReport } from '../../../../generated/types/plan.d.ts';
import { count, number, numberOrDash, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { outside } from '../verdict.ts';
import { rowsWithin } from './budget.ts';
import { prose } from './escape.ts';

const mostRows = 25;

/** So few clusters are told one by one. */
const smallFleet = 12;

export const fleetBlock = (plan: PlanReport, room: number): string | undefined =>
  plan.clusters.length === 0 ? undefined : plan.summary.clusters.total <= smallFleet ? clusterTable(plan, room) : groupTable(plan, room);

function clusterTable({ clusters, summary }: PlanReport, room: number): string {
  const rows = clusters.map(
    ({ name, region, ring, option, change, objects }) =>
      `| ${prose(clip(name, 80))} | ${prose(clip(region, 80))} | ${region === '' ? '' : ringText(ring)} | ${prose(clip(option, 80))} | ${change} | ${cells(objects)} |`,
  );
  const shown = rowsWithin(rows, room - reserve);
  const same = summary.clusters.total - summary.clusters.touched;
  return [
    '### Fleet\n\n| Cluster | Region | Ring | Option | Change | Added | Changed | Removed | Restarted |',
    '| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |',
    ...shown,
    ...note([
      ...(shown.length < rows.length ? [`${count(rows.length - shown.length, 'further cluster')} with a change`] : []),
      ...(same > 0 ? [`${count(same, 'cluster')} without a change`] : []),
    ]),
  ].join('\n');
}

function groupTable(plan: PlanReport, room: number): string {
  const { groups } = plan;
  const touched = groups.filter(({ clusters }) => clusters.touched > 0);
  const largest = new Set([...touched].sort((a, b) => b.clusters.touched - a.clusters.touched).slice(0, mostRows));
  const rows = touched.filter((group) => largest.has(group)).map((group) => ({ group, text: groupRow(group) }));
  const shown = rowsWithin(
    rows.map(({ text }) => text),
    room - reserve,
  );
  const kept = new Set(rows.slice(0, shown.length).map(({ group }) => group));
  const left = touched.filter((group) => !kept.has(group));
  const same = groups.filter(({ clusters }) => clusters.touched === 0);
  const total = (key: 'touched' | 'total') => sum(left.map(({ clusters }) => clusters[key]));
  const leftObjects = (key: keyof Counts) => sum(left.map(({ objects }) => objects[key]));
  return [
    '### Fleet\n\n| Region | Ring | Clusters | Added | Changed | Removed | Restarted |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...shown,
    ...(left.length === 0
      ? []
      : [
          `| _${number(left.length)} others_ | | ${number(total('touched'))} of ${number(total('total'))} | ${cells({ added: leftObjects('added'), changed: leftObjects('changed'), removed: leftObjects('removed'), restarted: leftObjects('restarted') })} |`,
        ]),
    ...outside(plan)
      .slice(0, 1)
      .map(({ name, objects }) => `| ${prose(clip(name, 80))} | | | ${cells(objects)} |`),
    ...note(
      same.length === 0
        ? []
        : [
            `${count(same.length, 'group')} of region and ring without a change, of ${count(sum(same.map(({ clusters }) => clusters.total)), 'cluster')}`,
          ],
    ),
  ].join('\n');
}

/** For the heading, the row of the others, that of Argo CD and the note. */
const reserve = 900;

const groupRow = ({ region, ring, clusters, objects }: PlanReport['groups'][number]): string =>
  `| ${prose(clip(region, 80))} | ${ringText(ring)} | ${number(clusters.touched)} of ${number(clusters.total)} | ${cells(objects)} |`;

const ringText = (ring: string): string => (ring === '' ? '_centre_' : prose(clip(ring, 80)));

const cells = ({ added, changed, removed, restarted }: Counts): string =>
  [added, changed, removed, restarted].map(numberOrDash).join(' | ');

const note = (parts: readonly string[]): string[] => (parts.length === 0 ? [] : ['', `_Not shown: ${parts.join('; ')}._`]);
