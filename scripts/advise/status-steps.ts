import type { ClusterStanding, Standing } from './status.ts';
import type { Expected, Live } from './status-live.ts';

/** What is left to do until every cluster's option works, in order. */
export function stepsOf(standings: readonly ClusterStanding[], live: ReadonlyMap<Expected, Live> | undefined): readonly string[] {
  const edges = standings.filter(({ option }) => option !== undefined);
  const centre = standings.filter(({ option }) => option === undefined);
  return [
    ...grouped(centre, missingParts, (parts) => `Deploy ${parts} in the centre.`),
    ...grouped(edges, missingParts, (parts, clusters) => `Deploy ${parts} on ${clusters}.`),
    ...grouped(edges, missingJobs('centre'), (jobs, clusters) => `Add the scrape definitions of ${jobs} for ${clusters} in the centre.`),
    ...grouped(edges, missingJobs('edge'), (jobs, clusters) => `Add the scrape definitions of ${jobs} to the collectors of ${clusters}.`),
    ...unknown(standings),
    ...verified(live),
  ];
}

function verified(live: ReadonlyMap<Expected, Live> | undefined): readonly string[] {
  if (live === undefined) return ['Verify that every target reports: fleetc status --query-url URL.'];
  const states = new Set([...live.values()].map(({ state }) => state));
  states.delete('reporting');
  if (states.size === 0) return [];
  if (states.size === 1 && states.has('unknown')) return ['Ask again when the reason is gone why nobody knows what reports.'];
  return ['Look at what does not report, and ask again.'];
}

/** One step for all clusters to which the same is missing. */
function grouped(
  standings: readonly ClusterStanding[],
  missing: (standing: ClusterStanding) => readonly string[],
  says: (missing: string, clusters: string) => string,
): readonly string[] {
  const groups = new Map<string, { readonly names: readonly string[]; readonly clusters: string[] }>();
  for (const standing of standings) {
    const names = missing(standing);
    if (names.length === 0) continue;
    const group = groups.get(names.join(' ')) ?? { names, clusters: [] };
    group.clusters.push(standing.cluster);
    groups.set(names.join(' '), group);
  }
  return [...groups.values()].map(({ names, clusters }) => says(listed(names), listed(fewOf(clusters))));
}

/** As many names as a sentence bears. */
const fewOf = (clusters: readonly string[]): readonly string[] =>
  clusters.length <= 6 ? clusters : [...clusters.slice(0, 5), `${clusters.length - 5} more`];

/** Nobody knows what to do about these before somebody has looked. */
const unknown = (standings: readonly ClusterStanding[]): readonly string[] =>
  standings.flatMap(({ cluster, parts, jobs }) => {
    const [why] = [...parts, ...jobs].flatMap(({ standing }) => (standing.state === 'unknown' ? [standing.why] : []));
    return why === undefined ? [] : [`Look at ${cluster}: ${why}.`];
  });

const isMissing = ({ standing }: { readonly standing: Standing }): boolean => standing.state === 'missing' || standing.state === 'partly';

/** An edge's step says what is missing on the edge: the centre has a step of its own. */
const missingParts = ({ option, parts }: ClusterStanding): readonly string[] =>
  parts
    .filter((part) => (option === undefined || part.where === 'edge') && isMissing(part))
    .map(({ name, standing }) => (standing.state === 'partly' ? `the rest of ${name}` : name));

const missingJobs =
  (where: 'edge' | 'centre') =>
  ({ jobs }: ClusterStanding): readonly string[] =>
    jobs.filter((job) => job.where === where && isMissing(job)).map(({ id }) => id);

const listed = (all: readonly string[]): string => (all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`);
