import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import { formatLimit } from './outage-limit.ts';
import type { Decision, Ranked, SourceAnswer } from './recommend.ts';
import type { Recommendation } from './recommend-edge.ts';
import { rules } from './rules.ts';
import type { Added } from './size/added.ts';
import type { EdgeSize } from './size/edge.ts';
import { explain, Told } from './size/explain.ts';
import { formatFigure, formatValue, inBrackets } from './size/format.ts';

/** Names in a heading; the JSON has them all. */
const shown = 5;

export const formatRecommendations = (all: readonly Recommendation[], { explain: isExplained }: { readonly explain: boolean }): string =>
  [...all.map((one) => formatRecommendation(one, isExplained).join('\n')), inBrackets].join('\n\n');

function formatRecommendation(one: Recommendation, isExplained: boolean): readonly string[] {
  const { ranked, decided, option } = one;
  const advised = ranked[0]?.option;
  return [
    `${namesOf(one.clusters)}: on ${option}, ${advised === option ? 'as advised' : `advised ${advised}`}`,
    `  decided by ${ruleOf(decided)}: ${decided.because}`,
    ...indented(known(one)),
    '',
    ...indented(costs(one)),
    ...firsts(one),
    ...less(one),
    '',
    ...section(
      'another option would be first with',
      one.flips.map(({ change, to, decided: by }) => [change, to, ruleOf(by)]),
    ),
    ...section(
      'the source, which is the comparison that fleetc began with, says',
      one.source.map((answer) => [`by its ${answer.by}`, answer.option ?? 'nothing', answer.assumes]),
    ),
    ...(disagree(one.source) ? ['  Its table and its conclusion disagree.'] : []),
    ...(isExplained ? explanation(one) : []),
  ];
}

export const namesOf = (names: readonly string[]): string =>
  names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;

const ruleOf = ({ rule }: Decision): string => (rule.kind === 'source' ? rule.id : `${rule.id} (ours)`);

/** What the advice rests on, and which fields of the inventory could change it. */
function known({ facts, sizes }: Recommendation): readonly string[] {
  const { ingress, stability, maxOffline, localAlerts, nodeMemory } = facts;
  const { nodes, pods } = sizes['remote-scrape'].workload;
  const said = [
    `${nodes} node${nodes === 1 ? '' : 's'}${nodeMemory === undefined ? '' : ` of ${formatValue('bytes of memory', nodeMemory)}`}`,
    ingress === 'open' ? 'the centre can connect' : 'nobody can connect',
    ...(stability === undefined ? [] : [stability === 'stable' ? 'a stable line' : 'a line that is cut often']),
    ...(maxOffline === undefined ? [] : [`offline for up to ${formatDuration(maxOffline)}`]),
    ...(localAlerts === undefined ? [] : [localAlerts ? 'alerts on the edge itself' : 'no alerts on the edge itself']),
  ];
  const unsaid = [
    ...(stability === undefined ? ['network.stability'] : []),
    ...(maxOffline === undefined ? ['network.maxOffline'] : []),
    ...(localAlerts === undefined ? ['localAlerts'] : []),
    ...(nodeMemory === undefined ? ['nodes[].memory'] : []),
    ...(pods === undefined ? ['workload'] : []),
  ];
  return [`known: ${said.join(', ')}`, ...(unsaid.length === 0 ? [] : [`not said: ${unsaid.join(', ')}`])];
}

/** Options as columns, the first choice on the left. */
function costs({ ranked, budgets, sizes, centre }: Recommendation): readonly string[] {
  const row = (where: string, what: string, cell: (option: Ranked['option']) => string) => [
    where,
    what,
    ...ranked.map(({ option }) => cell(option)),
  ];
  return columns([
    ['', '', ...ranked.map(({ option }, place) => `${place + 1} ${option}`)],
    ['ranked lower by', '', ...ranked.map(({ below }) => (below === undefined ? '' : ruleOf(below)))],
    row('offline', 'survives', (option) => formatDuration(budgets[option].survives)),
    row('on the edge', 'memory', (option) => formatFigure(sizes[option].memory)),
    row('', 'CPU', (option) => formatFigure(sizes[option].cpu)),
    row('', 'volume used', (option) => formatFigure(sizes[option].volume)),
    row('on the line', 'the edge sends, an hour', (option) => formatFigure(sizes[option].sent)),
    row('', 'the edge receives, an hour', (option) => formatFigure(sizes[option].received)),
    row('more in the centre', 'memory', (option) => formatFigure(centre[option].memory)),
    row('', 'CPU', (option) => formatFigure(centre[option].cpu)),
    row('', 'bucket, a day', (option) => formatFigure(centre[option].bucketADay)),
  ]);
}

/** What the centre has to run for the first edge on an option, and for no other after it. */
const forTheFirst = { 'prometheus-agent': 'the whole of Receive', 'thanos-sidecar': 'the alert gateway' } as const;

const firsts = ({ facts, option: chosen }: Recommendation): readonly string[] =>
  (Object.keys(forTheFirst) as (keyof typeof forTheFirst)[])
    .filter((option) => facts.on[option] === 1)
    .map(
      (option) =>
        `  It ${option === chosen ? 'is' : 'would be'} the only edge on ${option}: what it adds in the centre has ${forTheFirst[option]} in it, which is needed once.`,
    );

const less = ({ centre, ranked }: Recommendation): readonly string[] =>
  ranked.flatMap(({ option }) => (centre[option].less === undefined ? [] : [`  ${option}: ${centre[option].less}`]));

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [`  ${title}`, ...indented(columns(rows), '    ')];

const indented = (lines: readonly string[], by = '  '): readonly string[] => lines.map((line) => (line === '' ? '' : `${by}${line}`));

/** The two name different options. A table without a fitting row says nothing that could be contradicted. */
export const disagree = (answers: readonly SourceAnswer[]): boolean =>
  new Set(answers.flatMap(({ option }) => (option === undefined ? [] : [option]))).size > 1;

/** Every rule in its order, and how each number came about. */
function explanation(one: Recommendation): readonly string[] {
  const { facts, budgets, ranked } = one;
  const added = one.derived();
  // Much is the same on every option.
  const told = new Told();
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
      ...indented(explain(figuresOf(one.sizes[option], added[option]), told).trimEnd().split('\n'), '    '),
    ]),
  ];
}

function figuresOf({ memory, cpu, volume, sent, received }: EdgeSize, added: Added) {
  return [memory, cpu, volume, sent, received, added.memory, added.cpu, added.bucketADay].map((figure) => ({ path: figure.name, figure }));
}
