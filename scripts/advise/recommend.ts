import { formatDuration } from './duration.ts';
import type { OptionName } from './outage.ts';
import { type Facts, optionNames, type Rule, rules, sourceTable, thresholds, type Verdict } from './rules.ts';

/** A rule that told two options apart. */
export interface Decision {
  readonly rule: Rule;
  readonly because: string;
}

export interface Ranked {
  readonly option: OptionName;
  /** The rule that puts it below the one before it; undefined for the first. */
  readonly below: Decision | undefined;
}

/** The three options, best first. */
export interface Ranking {
  readonly ranked: readonly Ranked[];
  /** The rule that puts the first before the option that was chosen; before the second where the first was. */
  readonly decided: Decision;
}

export function rank(facts: Facts): Ranking {
  const spoken = verdictsOn(facts);
  const order = [...optionNames].sort((a, b) => {
    const decision = spoken.find(({ verdict }) => verdict.ranks[a] !== verdict.ranks[b]);
    return decision === undefined ? 0 : decision.verdict.ranks[a] - decision.verdict.ranks[b];
  });
  const [first, second] = order as [OptionName, OptionName, OptionName];
  return {
    ranked: order.map((option, place) => ({
      option,
      below: place === 0 ? undefined : decisionBetween(spoken, order[place - 1] as OptionName, option),
    })),
    decided: decisionBetween(spoken, first, facts.option === first ? second : facts.option),
  };
}

interface Spoken {
  readonly rule: Rule;
  readonly verdict: Verdict;
}

const verdictsOn = (facts: Facts): readonly Spoken[] =>
  rules.flatMap((rule) => {
    const verdict = rule.verdict(facts);
    return verdict === undefined ? [] : [{ rule, verdict }];
  });

function decisionBetween(spoken: readonly Spoken[], a: OptionName, b: OptionName): Decision {
  const found = spoken.find(({ verdict }) => verdict.ranks[a] !== verdict.ranks[b]) ?? spoken.at(-1);
  if (found === undefined) throw new Error('bug: no rule tells two options apart');
  return { rule: found.rule, because: found.verdict.because };
}

/** A change of one fact after which another option is first. */
export interface Flip {
  readonly change: string;
  readonly to: OptionName;
  /** What then puts the new first before the one of now. */
  readonly decided: Decision;
}

interface Candidate {
  /** Of candidates with the same kind the first that flips is told: the smallest change. */
  readonly kind: string;
  readonly change: string;
  readonly facts: Facts;
}

/** What would make another option the first, each found by ranking again with the changed fact. */
export function flips(facts: Facts): readonly Flip[] {
  const now = firstOf(facts);
  const told = new Set<string>();
  return candidates(facts).flatMap(({ kind, change, facts: changed }) => {
    if (told.has(kind)) return [];
    const to = firstOf(changed);
    if (to === now) return [];
    told.add(kind);
    return [{ change, to, decided: decisionBetween(verdictsOn(changed), to, now) }];
  });
}

const firstOf = (facts: Facts): OptionName => (rank(facts).ranked[0] as Ranked).option;

function candidates(facts: Facts): readonly Candidate[] {
  return [...edgeCounts(facts), ...ingress(facts), ...stability(facts), ...offline(facts), ...localAlerts(facts), ...memory(facts)];
}

/** Edges that come to one option or leave it, up to where a rule changes its mind; the edge's own option goes first. */
function edgeCounts(facts: Facts): readonly Candidate[] {
  const { few, many, scraped } = thresholds;
  const { edges, on, option: own } = facts;
  const steps = [few - 1, few, many, many + 1].map((count) => count - edges);
  const scale = [scraped - on['remote-scrape'], scraped + 1 - on['remote-scrape']];
  return (
    [own, ...optionNames.filter((option) => option !== own)]
      .flatMap((option) => [...new Set([...steps, ...(option === 'remote-scrape' ? scale : [])])].map((step) => ({ option, step })))
      // Others can leave; this edge is asked about.
      .filter(({ option, step }) => step !== 0 && on[option] + step >= 1)
      .sort((a, b) => Math.abs(a.step) - Math.abs(b.step))
      .map(({ option, step }) => ({
        kind: step > 0 ? 'more edges' : 'fewer edges',
        change: `${Math.abs(step)} ${step > 0 ? 'more' : 'fewer'} ${Math.abs(step) === 1 ? 'edge' : 'edges'} on ${option}`,
        facts: { ...facts, edges: edges + step, on: { ...on, [option]: on[option] + step } },
      }))
  );
}

const ingress = (facts: Facts): readonly Candidate[] =>
  facts.ingress === 'open'
    ? [{ kind: 'ingress', change: 'ingress closed', facts: { ...facts, ingress: 'none' } }]
    : [{ kind: 'ingress', change: 'ingress opened', facts: { ...facts, ingress: 'open' } }];

const stability = (facts: Facts): readonly Candidate[] =>
  facts.stability === 'unstable'
    ? [{ kind: 'stability', change: 'a stable network', facts: { ...facts, stability: 'stable' } }]
    : [{ kind: 'stability', change: 'an unstable network', facts: { ...facts, stability: 'unstable' } }];

/** Just above what an option survives, and just what it survives; and no such demand. */
function offline(facts: Facts): readonly Candidate[] {
  const bounds = [...new Set(Object.values(facts.survives))].sort((a, b) => a - b);
  const longer = bounds
    .filter((bound) => bound >= (facts.maxOffline ?? 0))
    .map((bound) => ({
      kind: 'longer offline',
      change: bound === 0 ? 'no sample may be lost when offline' : `offline for more than ${formatDuration(bound)}`,
      facts: { ...facts, maxOffline: bound + 1 },
    }));
  if (facts.maxOffline === undefined) return longer;
  const { maxOffline } = facts;
  const shorter = bounds
    .filter((bound) => bound > 0 && bound < maxOffline)
    .reverse()
    .map((bound) => ({
      kind: 'shorter offline',
      change: `offline for at most ${formatDuration(bound)}`,
      facts: { ...facts, maxOffline: bound },
    }));
  return [
    ...longer,
    ...shorter,
    { kind: 'shorter offline', change: 'a gap when offline is accepted', facts: { ...facts, maxOffline: undefined } },
  ];
}

const localAlerts = (facts: Facts): readonly Candidate[] =>
  facts.localAlerts
    ? [{ kind: 'alerts', change: 'no alerts on the edge itself', facts: { ...facts, localAlerts: false } }]
    : [{ kind: 'alerts', change: 'alerts on the edge itself', facts: { ...facts, localAlerts: true } }];

/** As much as machines have. */
const sizes = [1, 2, 4, 8, 16, 32, 64, 128].map((size) => size * 2 ** 30);

function memory(facts: Facts): readonly Candidate[] {
  const { nodeMemory } = facts;
  const nodes = (size: number, kind: string, bound: string) => ({
    kind,
    change: `${bound} ${size / 2 ** 30}Gi`,
    facts: { ...facts, nodeMemory: size },
  });
  const above = sizes.filter((size) => nodeMemory !== undefined && size > nodeMemory).map((size) => nodes(size, 'more memory', 'nodes of'));
  const below = sizes
    .filter((size) => nodeMemory === undefined || size < nodeMemory)
    .reverse()
    .map((size) => nodes(size, 'less memory', 'nodes of only'));
  return [...above, ...below];
}

/** What the source says of the same edge, and on what it rests. */
export interface SourceAnswer {
  readonly by: 'table' | 'conclusion';
  readonly option: OptionName | undefined;
  readonly assumes: string;
}

/** Its table and its final advice: they need not agree. */
export function sourceAnswers(facts: Facts): readonly SourceAnswer[] {
  const row = sourceTable.find(({ conditions }) => conditions.every(({ holds }) => holds(facts) !== false));
  const unsaid = row?.conditions.filter(({ holds }) => holds(facts) === undefined).map(({ says }) => says) ?? [];
  return [
    row === undefined
      ? { by: 'table', option: undefined, assumes: 'no row of it fits' }
      : {
          by: 'table',
          option: row.option,
          assumes: unsaid.length === 0 ? row.situation : `${row.situation}: that ${unsaid.join(' and ')} is assumed`,
        },
    {
      by: 'conclusion',
      option: 'prometheus-agent',
      assumes: 'that more edges follow, whatever there are today; its table would want 5 of them and an unstable network',
    },
  ];
}
