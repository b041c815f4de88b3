import { columns } from './columns.ts';
import { namesOf } from './recommend-format.ts';
import type { ClusterStanding, NeededJob, Standing } from './status.ts';
import type { Expected, Live } from './status-live.ts';

export interface Status {
  readonly standings: readonly ClusterStanding[];
  /** Undefined where nobody asked Query. */
  readonly live: ReadonlyMap<Expected, Live> | undefined;
  readonly steps: readonly string[];
}

/** `when` writes seconds since 1970. Clusters of which the same is to be said are told once. */
export function formatStatus({ standings, live, steps }: Status, when: (seconds: number) => string): string {
  const told = new Map<string, { readonly names: string[]; readonly option: ClusterStanding['option']; readonly text: string }>();
  const targets = byCluster(live);
  for (const standing of standings) {
    const text = formatNeeds(standing, targets?.(standing.cluster), when).join('\n');
    const key = `${standing.option} ${text}`;
    const group = told.get(key) ?? { names: [], option: standing.option, text };
    group.names.push(standing.cluster);
    told.set(key, group);
  }
  const clusters = [...told.values()].map(({ names, option, text }) => `${namesOf(names)}: ${option ?? 'the centre'}\n${text}`);
  const isMissing = standings.some(({ parts, jobs }) =>
    [...parts, ...jobs].some(({ standing: { state } }) => state === 'missing' || state === 'partly'),
  );
  const left =
    steps.length === 0
      ? `Nothing is left to do: all that is needed stands${live?.size === 0 ? '. Of the centre alone nobody is asked.' : ', and all of it reports.'}`
      : [
          isMissing ? 'To do (fleetc compile writes what is missing, and Argo CD deploys it once that is merged)' : 'To do',
          ...numbered(steps),
        ].join('\n');
  return [...clusters, ...legend(live), left].join('\n\n');
}

/** What an engineer has to look at, by the state of a target. */
const meanings: Readonly<Record<Exclude<Live['state'], 'reporting'>, readonly [saying: string, meaning: string]>> = {
  failing: ['no answer', 'its collector asks it, and gets none: look at the target, and at the way to it'],
  silent: ['silent', 'nothing tells of it any more, not even that it is down: look at its collector, and at the line to the centre'],
  'never seen': ['never seen', 'nothing told of it in all that time: it was never scraped, or fell silent before'],
  unknown: ['unknown', 'whether it reports cannot be known until the reason is gone'],
};

/** Of the states that there are. */
function legend(live: Status['live']): readonly string[] {
  const states = new Set([...(live?.values() ?? [])].map(({ state }) => state));
  const rows = Object.entries(meanings).flatMap(([state, row]) => (states.has(state as Live['state']) ? [row] : []));
  return rows.length === 0 ? [] : [columns(rows).join('\n')];
}

const numbered = (steps: readonly string[]): readonly string[] => steps.map((step, i) => `  ${i + 1}. ${step}`);

type Targets = readonly (readonly [Expected, Live])[];

function byCluster(live: Status['live']): ((cluster: string) => Targets) | undefined {
  if (live === undefined) return undefined;
  const targets = new Map<string, (readonly [Expected, Live])[]>();
  for (const [target, state] of live) {
    const own = targets.get(target.cluster);
    if (own === undefined) targets.set(target.cluster, [[target, state]]);
    else own.push([target, state]);
  }
  return (cluster) => targets.get(cluster) ?? [];
}

function formatNeeds({ parts, jobs }: ClusterStanding, live: Targets | undefined, when: (seconds: number) => string) {
  return [
    ...columns([
      ['  part', 'in', 'in the output'],
      ...parts.map(({ name, where, standing }) => [`  ${name}`, where, standingText(standing)]),
    ]),
    ...(jobs.length === 0
      ? []
      : columns([
          ['  scrape job', 'defined in', 'in the output', ...(live === undefined ? [] : ['now'])],
          ...jobs.map((job) => [
            `  ${job.id}`,
            job.where,
            standingText(job.standing),
            ...(live === undefined ? [] : [nowText(job, live, when)]),
          ]),
        ])),
  ];
}

function standingText(standing: Standing): string {
  switch (standing.state) {
    case 'partly':
      return `without ${standing.missing.join(', ')}`;
    case 'unknown':
      return `unknown: ${standing.why}`;
    default:
      return standing.state;
  }
}

/** All nodes alike in a word; the others by name. */
function nowText({ id }: NeededJob, live: Targets, when: (seconds: number) => string): string {
  const targets = live.filter(([target]) => target.id === id);
  if (targets.length === 0) return 'unknown: nothing is expected of it';
  const bySaying = new Map<string, string[]>();
  for (const [{ instance }, state] of targets) {
    const saying = liveText(state, when);
    bySaying.set(saying, [...(bySaying.get(saying) ?? []), instance]);
  }
  if (bySaying.size === 1) return `${[...bySaying.keys()].join('')}${targets.length === 1 ? '' : ` (${targets.length})`}`;
  return [...bySaying]
    .map(([saying, instances]) => `${saying}: ${saying === 'reporting' ? instances.length : instances.join(', ')}`)
    .join('; ');
}

function liveText(live: Live, when: (seconds: number) => string): string {
  switch (live.state) {
    case 'failing':
      if (live.since !== undefined) return `no answer since ${when(live.since)}`;
      return live.lookback === undefined ? 'no answer' : `no answer in ${live.lookback}`;
    case 'silent':
      return `silent since ${when(live.since)}${live.why === undefined ? '' : ` or later: ${live.why}`}`;
    case 'never seen':
      return `never seen in ${live.lookback}`;
    case 'unknown':
      return `unknown: ${live.why}`;
    case 'reporting':
      return live.state;
  }
}

export function statusJson({ standings, live, steps }: Status) {
  const targets = byCluster(live);
  return {
    clusters: standings.map((standing) => ({
      ...standing,
      option: standing.option ?? null,
      ...(targets && { targets: targets(standing.cluster).map(([{ cluster: _, ...target }, state]) => ({ ...target, ...state })) }),
    })),
    steps,
  };
}
