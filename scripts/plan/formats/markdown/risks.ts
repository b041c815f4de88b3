import { count, number, someOf, sum } from '../counting.ts';
import { clip } from '../legible.ts';
import { nameOfCode, type Risk, type RiskGroup, riskGroups } from '../risk-groups.ts';
import { rowsWithin, weight } from './budget.ts';
import { code, prose } from './escape.ts';

/** Text stands beside the colour, for whoever does not see it. */
const marks = { high: '🔴&nbsp;**high**', medium: '🟠&nbsp;**medium**', low: '🟡&nbsp;low' };

/**
 * All risks, whatever else has to go. Each stands in the row of its code or is counted there; a row names fewer of them until all rows fit
 * their share. At the end they are the codes and their counts, for which there is all the room.
 */
export function risksBlock(risks: readonly Risk[], share: number, room: number): string | undefined {
  if (risks.length === 0) return undefined;
  for (const byCode of [false, true])
    for (const most of [6, 3, 1]) {
      const text = table(riskGroups(risks, byCode), most);
      if (weight(text) <= share) return text;
    }
  const groups = riskGroups(risks, true);
  const short = shortTable(groups.map(shortRow));
  if (weight(short) <= room) return short;
  const shown = rowsWithin(groups.map(shortRow), room - weight(shortTable([])) - 120);
  const left = groups.slice(shown.length);
  return `${shortTable(shown)}\n\n**${count(left.length, 'further code')}**, ${count(sum(left.map((group) => group.risks.length)), 'risk')}: all of them in \`plan --format json\`.`;
}

const table = (groups: readonly RiskGroup[], most: number): string =>
  [
    '### Risks\n\n| Risk | What happens | Why it matters |',
    '| --- | --- | --- |',
    ...groups.map(
      (group) =>
        `| ${marks[group.severity]} | ${what(group, most)} | ${prose(clip(group.why, 400))}<br>**Check:** ${prose(clip(group.check, 400))}<br>${code(clip(group.code, 80))} |`,
    ),
  ].join('\n');

function what({ code: ofGroup, risks, clusters }: RiskGroup, most: number): string {
  const name = `**${prose(clip(nameOfCode(ofGroup), 80))}**`;
  const shown = risks.length === most + 1 ? risks : risks.slice(0, most);
  const left = risks.length - shown.length;
  return [name, ...shown.map(oneRisk), ...(left > 0 ? [`_and ${number(left)} more like it_`] : []), ...inClusters(clusters)].join('<br>');
}

const oneRisk = ({ what: sentence, object }: Risk): string =>
  `• ${object === undefined ? '' : `${prose(clip(object, 160))}: `}${prose(clip(sentence, 300))}`;

function inClusters(clusters: readonly string[]): string[] {
  if (clusters.length === 0) return [];
  const some = someOf(
    clusters.map((name) => clip(name, 80)),
    5,
  );
  return [clusters.length <= 3 ? `In ${prose(some)}` : `In ${count(clusters.length, 'cluster')}: ${prose(some)}`];
}

const shortTable = (rows: readonly string[]): string =>
  ['### Risks\n\n| Risk | Code | Risks | Clusters |', '| --- | --- | ---: | ---: |', ...rows].join('\n');

const shortRow = ({ severity, code: ofGroup, risks, clusters: names }: RiskGroup): string =>
  `| ${marks[severity]} | ${code(clip(ofGroup, 80))} | ${number(risks.length)} | ${number(names.length)} |`;
