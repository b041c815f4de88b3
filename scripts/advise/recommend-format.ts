import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import { formatLimit } from './outage-limit.ts';
import type { Decision, Ranked, SourceAnswer } from './recommend.ts';
import type { Recommendation } from './recommend-edge.ts';
import { rules } from './rules.ts';
import type { EdgeSize } from './size/edge.ts';
import { explain } from './size/explain.ts';
import { formatFigure, formatRange } from './size/format.ts';

/** Names in a heading; the JSON has them all. */
const shown = 5;

export const formatRecommendations = (all: readonly Recommendation[], { explain: isExplained }: { readonly explain: boolean }): string =>
  all.map((one) => formatRecommendation(one, isExplained).join('\n')).join('\n\n');

function formatRecommendation(one: Recommendation, isExplained: boolean): readonly string[] {
  const { ranked, decided, option } = one;
  const advised = ranked[0]?.option;
  return [
    `${namesOf(one.clusters)}: on ${option}, ${advised === option ? 'as advised' : `advised ${advised}`}`,
    `  decided by ${ruleOf(decided)}: ${decided.because}`,
    '',
    ...indented(costs(one)),
    '',
    ...section(
      'another option would be first with',
      one.flips.map(({ change, to, decided: by }) => [change, to, ruleOf(by)]),
    ),
    ...section(
      'the source says',
      one.source.map((answer) => [`by its ${answer.by}`, answer.option ?? 'nothing', answer.assumes]),
    ),
    ...(disagree(one.source) ? ['  Its table and its conclusion disagree.'] : []),
    ...(isExplained ? explanation(one) : []),
  ];
}

export const namesOf = (names: readonly string[]): string =>
  names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;

const ruleOf = ({ rule }: Decision): string => (rule.kind === 'source' ? rule.id : `${rule.id} (ours)`);

function costs({ ranked, budgets, sizes, centre }: Recommendation): readonly string[] {
  const header = [
    '',
    'survives',
    'edge memory',
    'edge CPU',
    'edge volume',
    'line, an hour',
    'centre memory',
    'bucket, a day',
    'below the one above because of',
  ];
  const rows = ranked.map(({ option, below }: Ranked, place) => [
    `${place + 1} ${option}`,
    formatDuration(budgets[option].survives),
    formatFigure(sizes[option].memory),
    formatFigure(sizes[option].cpu),
    sizes[option].volume.value.middle === 0 ? '0' : formatFigure(sizes[option].volume),
    formatFigure(sizes[option].sent),
    formatRange('bytes of memory', centre[option].memory),
    formatRange('bytes a day', centre[option].bucketADay),
    below === undefined ? '' : ruleOf(below),
  ]);
  return columns([header, ...rows]);
}

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [`  ${title}`, ...indented(columns(rows), '    ')];

const indented = (lines: readonly string[], by = '  '): readonly string[] => lines.map((line) => `${by}${line}`);

/** The two name different options. A table without a fitting row says nothing that could be contradicted. */
export const disagree = (answers: readonly SourceAnswer[]): boolean =>
  new Set(answers.flatMap(({ option }) => (option === undefined ? [] : [option]))).size > 1;

/** Every rule in its order, and how each number came about. */
function explanation({ facts, budgets, sizes, ranked }: Recommendation): readonly string[] {
  const verdicts = rules.map((rule) => {
    const verdict = rule.verdict(facts);
    return [rule.id, rule.kind, verdict === undefined ? 'does not speak' : verdict.because, rule.says];
  });
  return [
    '',
    ...section('rules, the weightiest first', verdicts),
    ...ranked.flatMap(({ option }) => [
      '',
      `  ${option}`,
      ...budgets[option].limits.flatMap((limit) => formatLimit(limit)),
      ...indented(explain(costsOf(sizes[option])).trimEnd().split('\n'), '    '),
      '    centre memory, bucket: the centre with this edge on this option, less the centre without it (fleetc size --explain centre)',
    ]),
  ];
}

const costsOf = ({ memory, cpu, volume, sent }: EdgeSize) => [memory, cpu, volume, sent].map((figure) => ({ path: figure.name, figure }));
