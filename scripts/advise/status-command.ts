// [IO]
import { Command, InvalidArgumentError } from 'commander';
import { hasErrors } from '../diagnostic.ts';
import type { Edge } from '../inventory/inventory.ts';
import { readSources } from '../inventory/read.ts';
import { toInventory } from '../inventory/rules.ts';
import { didYouMean } from '../inventory/suggest.ts';
import type { CommandLine } from '../publish/command.ts';
import { seconds } from '../telemetry/duration.ts';
import { readOwned } from '../tree/disk.ts';
import { longestWait, queryUrl } from './query-options.ts';
import { type ClusterStanding, standingOf } from './status.ts';
import { formatStatus, type Status, statusJson } from './status-format.ts';
import { type Expected, expectedOf, type Live, liveOf, unknownOf } from './status-live.ts';
import { observe, queryToken } from './status-query.ts';
import { stepsOf } from './status-steps.ts';
import { whyUnanswered } from './unanswered.ts';

type Line = Pick<CommandLine, 'settings' | 'print' | 'tell' | 'warn' | 'exit' | 'env' | 'compiler'>;

interface Given {
  readonly queryUrl?: string;
  readonly tokenFile?: string;
  readonly timeout: number;
  readonly lookback: string;
}

export const statusCommand = (line: Line): Command => {
  const command = new Command('status');
  return command
    .description('what of each option stands in the output and, with --query-url, what reports now; exit 1 when something is left to do')
    .argument('[cluster...]', 'clusters; all unless named')
    .option('--query-url <url>', 'Thanos Query, or a Prometheus, to ask what reports', queryUrl(command, '--query-url'))
    .option('--token-file <file>', 'bearer token for it (default: FLEETC_QUERY_TOKEN)')
    .option('--timeout <seconds>', 'longest wait for an answer', longestWait, 30)
    .option('--lookback <duration>', 'how far back to look for when a target last answered, in m, h or d', duration, '1d')
    .action(async (names: readonly string[], given: Given) => line.exit(await run(names, given, line)));
};

async function run(names: readonly string[], given: Given, line: Line): Promise<0 | 1 | 2> {
  const { root, json } = line.settings();
  const { sources, diagnostics: found } = readSources(root);
  const compiled = line.compiler.compile(sources);
  const diagnostics = [...found, ...compiled.diagnostics];
  if (compiled.sourced === undefined || hasErrors(diagnostics)) {
    if (json) line.print(JSON.stringify({ diagnostics }, null, 2));
    else line.tell(diagnostics, sources);
    return 1;
  }
  const inventory = toInventory(compiled.sourced);
  const all = standingOf(inventory, compiled.tree, readOwned(root).tree);
  const clusters = all.map(({ cluster }) => cluster);
  const unknown = names.find((name) => !clusters.includes(name));
  if (unknown !== undefined) {
    line.warn(`error: there is no cluster "${unknown}". ${didYouMean(unknown, clusters) ?? ''}`.trimEnd());
    return 2;
  }
  const standings = names.length === 0 ? all : all.filter(({ cluster }) => names.includes(cluster));
  const edges = inventory.edges.filter(({ name }) => standings.some(({ cluster }) => cluster === name));
  const { live, failed } = await ask(edges, given, seconds(inventory.fleet.scrapeInterval), line.env);
  const status = { standings, live, steps: stepsOf(withCentre(standings, all), live) };
  line.print(json ? JSON.stringify(statusJson(status), null, 2) : formatStatus(status, asDate));
  if (failed !== undefined) line.warn(`fleetc: ${failed}`);
  return failed === undefined ? exitCode(status) : 2;
}

/** With what the named edges need of the centre, where the centre itself is not asked about: a step for it is a step for them. */
function withCentre(standings: readonly ClusterStanding[], [centre]: readonly ClusterStanding[]): readonly ClusterStanding[] {
  if (centre === undefined || standings.includes(centre)) return standings;
  const needed = standings.flatMap(({ parts }) => parts.filter(({ where }) => where === 'centre').map(({ name }) => name));
  return [{ ...centre, parts: centre.parts.filter(({ name }) => needed.includes(name)) }, ...standings];
}

/** Without a question there is nothing left to do but to ask it. */
const exitCode = ({ standings, live }: Status): 0 | 1 =>
  standings.every(stands) && (live === undefined || [...live.values()].every(({ state }) => state === 'reporting')) ? 0 : 1;

const stands = ({ parts, jobs }: ClusterStanding): boolean => [...parts, ...jobs].every(({ standing }) => standing.state === 'stands');

async function ask(
  edges: readonly Edge[],
  { queryUrl, tokenFile, timeout, lookback }: Given,
  interval: number,
  env: Line['env'],
): Promise<{ readonly live: ReadonlyMap<Expected, Live> | undefined; readonly failed?: string }> {
  if (queryUrl === undefined) return { live: undefined };
  const expected = edges.flatMap(expectedOf);
  if (expected.length === 0) return { live: new Map() };
  const access = { url: queryUrl, token: queryToken(tokenFile, env), timeout, lookback };
  try {
    // Two scrapes may fail, and remote write may lag behind them.
    const late = 3 * interval + 30;
    return { live: liveOf(expected, await observe(access, edges, { late, interval }), late) };
  } catch (error) {
    const why = whyUnanswered(error as Error, queryUrl);
    return { live: unknownOf(expected, why), failed: why };
  }
}

const asDate = (time: number): string => new Date(time * 1000).toISOString().replace('.000', '');

function duration(text: string): string {
  if (!/^[1-9][0-9]{0,3}[mhd]$/.test(text)) throw new InvalidArgumentError('It is a number and m, h or d.');
  return text;
}
