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
  for (const standing of standings) {
    const text = formatNeeds(standing, live, when).join('\n');
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
      ? 'Nothing is left to do: all that is needed stands, and all of it reports.'
      : [
          'To do',
          ...numbered(steps),
          ...(isMissing ? ['What is missing comes with fleetc compile, and the merge of what it writes.'] : []),
        ].join('\n');
  return [...clusters, left].join('\n\n');
}

const numbered = (steps: readonly string[]): readonly string[] => steps.map((step, i) => `  ${i + 1}. ${step}`);

function formatNeeds({ cluster, parts, jobs }: ClusterStanding, live: Status['live'], when: (seconds: number) => string) {
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
            ...(live === undefined ? [] : [nowText(cluster, job, live, when)]),
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
function nowText(cluster: string, { id }: NeededJob, live: ReadonlyMap<Expected, Live>, when: (seconds: number) => string): string {
  const targets = [...live].filter(([target]) => target.cluster === cluster && target.id === id);
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
      return 'does not answer';
    case 'silent':
      return `silent since ${when(live.since)}`;
    case 'unknown':
      return `unknown: ${live.why}`;
    default:
      return live.state;
  }
}

export const statusJson = ({ standings, live, steps }: Status) => ({
  clusters: standings.map((standing) => ({
    ...standing,
    option: standing.option ?? null,
    ...(live === undefined
      ? {}
      : {
          targets: [...live]
            .filter(([{ cluster }]) => cluster === standing.cluster)
            .map(([{ cluster: _, ...target }, state]) => ({ ...target, ...state })),
        }),
  })),
  steps,
});
