// [IO]
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { didYouMean } from '../inventory/suggest.ts';
import { recommend } from './recommend-edge.ts';
import { type Answers, calibrate, calibrationJson, formatCalibration, questions } from './size/calibration.ts';
import { type Added, formatEdge } from './size/edge-text.ts';
import { explain, matching } from './size/explain.ts';
import { sizeOfFleet } from './size/fleet.ts';
import type { Group } from './size/groups.ts';
import { figuresJson, reportJson } from './size/json.ts';
import { figuresOfReport, type SizeReport, sizeReport } from './size/report.ts';
import { formatReport, limitLines } from './size/text.ts';
import { type Addition, parseAddition } from './size/what-if.ts';
import { ask, queryToken } from './status-query.ts';

/** What the command line gives to the command. */
interface CommandLine {
  settings(): { readonly root: string; readonly json: boolean };
  print(text: string): void;
  tell(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): void;
  warn(text: string): void;
  exit(code: 0 | 1 | 2): void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Given {
  readonly explain?: string | true;
  readonly whatIf: readonly string[];
  readonly calibrate?: string;
  readonly tokenFile?: string;
  readonly timeout: number;
}

export const sizeCommand = (line: CommandLine): Command => {
  const command = new Command('size')
    .description('what the fleet costs: on every edge, on the line, in the centre and in the bucket; exit 1 past a limit')
    .argument('[cluster...]', 'edges: what each costs there, on its line and in the centre; the whole fleet unless named')
    .option(
      '--explain [figure]',
      'formula, coefficients, sources and inputs of a figure, such as cluster-03/memory or centre; of all unless said',
    )
    .addOption(
      new Option('--what-if <edges>', 'with edges that do not exist: add=500,region=eu,option=prometheus-agent,nodes=3; can be repeated')
        .default([], 'none')
        .argParser((text: string, before: readonly string[]) => [...before, text]),
    )
    .option(
      '--calibrate <url>',
      'a live Prometheus or Thanos Query, or the own Prometheus of the one edge that is named: prints what it measures against what is modelled; it is only read',
      httpUrl,
    )
    .option('--token-file <file>', '--calibrate: bearer token for it (default: FLEETC_QUERY_TOKEN)')
    .option('--timeout <seconds>', '--calibrate: longest wait for an answer', positive, 30)
    .action(async (names: readonly string[], given: Given) =>
      line.exit(await run(names, given, line, (message) => command.error(`error: ${message}`))),
    );
  return command;
};

async function run(names: readonly string[], given: Given, line: CommandLine, refuse: (message: string) => never): Promise<0 | 1 | 2> {
  const { explain: what, whatIf } = given;
  const { root, json } = line.settings();
  const { sources, inventory, diagnostics } = loadInventory(root);
  if (!json) line.tell(diagnostics, sources);
  if (inventory === undefined) {
    if (json) line.print(JSON.stringify({ diagnostics }, null, 2));
    return 1;
  }
  const additions = whatIf.map((text): Addition => {
    const addition = parseAddition(text, inventory);
    return typeof addition === 'string' ? refuse(`--what-if ${text}: ${addition}`) : addition;
  });
  if (given.calibrate !== undefined) {
    if (names.length > 1) return refuse('--calibrate is for the whole fleet, or for the one edge whose own Prometheus is asked.');
    refuseUnknown(names, inventory, refuse);
    return measure(given.calibrate, given, inventory, line, names[0]);
  }
  const report = sizeReport(inventory, additions);
  refuseUnknown(names, report.inventory, refuse);
  if (what !== undefined) {
    const all = figuresOfReport(report);
    const figures = names.length === 0 ? all : names.flatMap((name) => matching(all, name));
    // Of a named edge a figure needs no more than its own name.
    const asked =
      what === true ? figures : ['', ...names.map((name) => `${name}/`)].flatMap((prefix) => matching(figures, `${prefix}${what}`));
    if (asked.length === 0)
      return refuse(
        `there is no figure "${what}". ${
          didYouMean(
            String(what),
            figures.map(({ path }) => path),
          ) ?? ''
        }`,
      );
    line.print(json ? JSON.stringify(figuresJson(asked), null, 2) : explain(asked).trimEnd());
    return 0;
  }
  if (names.length > 0) line.print(json ? JSON.stringify(edgesJson(names, report), null, 2) : formatEdges(names, report));
  else line.print(json ? JSON.stringify(reportJson(report), null, 2) : formatReport(report));
  return report.size.limits.some(({ state }) => state === 'error') ? 1 : 0;
}

function refuseUnknown(names: readonly string[], { central, edges }: Inventory, refuse: (message: string) => never): void {
  const known = edges.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === central.name) refuse(`"${unknown}" is the centre: see fleetc size, or fleetc size --explain centre.`);
  if (unknown !== undefined) refuse(`there is no edge "${unknown}". ${didYouMean(unknown, known) ?? ''}`.trimEnd());
}

/** The named edges, in groups of those that cost the same, and what one of a group adds to the centre. */
function named(names: readonly string[], { size, inventory }: SizeReport): readonly (readonly [Group, Added])[] {
  return size.groups.flatMap(({ edges, size: edgeSize }): readonly (readonly [Group, Added])[] => {
    const [first, ...others] = edges.filter(({ name }) => names.includes(name));
    const [recommendation] = first === undefined ? [] : recommend([first], inventory);
    if (first === undefined || recommendation === undefined) return [];
    return [[{ edges: [first, ...others], size: edgeSize }, recommendation.centre[first.option]]];
  });
}

const formatEdges = (names: readonly string[], report: SizeReport): string =>
  [
    ...named(names, report).map(([group, added]) => formatEdge(group, added, report.provision)),
    limitLines(report.size.limits).join('\n'),
  ].join('\n\n');

/** The report, of the named edges only. */
function edgesJson(names: readonly string[], report: SizeReport) {
  const figures = figuresOfReport(report);
  return {
    edges: named(names, report).flatMap(([{ edges, size }, added]) =>
      edges.map(({ name, region, option }: Edge) => ({ name, region, option, nodes: size.workload.nodes, centre: added })),
    ),
    ...figuresJson(names.flatMap((name) => matching(figures, name))),
  };
}

async function measure(
  url: string,
  { tokenFile, timeout }: Given,
  inventory: Inventory,
  line: CommandLine,
  edge: string | undefined,
): Promise<0 | 2> {
  const access = { url, token: queryToken(tokenFile, line.env), timeout, lookback: '1d' };
  const answers: Partial<Record<keyof Answers, Answers['nodes']>> = {};
  const warnings = new Set<string>();
  try {
    // One after the other: whoever is asked has other work, too.
    for (const [name, query] of Object.entries(questions) as [keyof Answers, string][]) {
      const answer = await ask(access, query);
      answers[name] = answer.samples;
      for (const warning of answer.warnings) warnings.add(warning);
    }
  } catch (error) {
    line.warn(`fleetc: ${url} cannot be asked: ${(error as Error).message}`);
    return 2;
  }
  for (const warning of warnings) line.warn(`warning: ${url} has not all of it: ${warning}`);
  const calibration = calibrate(inventory, sizeOfFleet(inventory), answers as Answers, edge);
  line.print(line.settings().json ? JSON.stringify(calibrationJson(calibration), null, 2) : formatCalibration(calibration));
  return 0;
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It is a URL that begins with http:// or https://.');
  return text;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError('It is a number of seconds up to 3600.');
  return value;
}
