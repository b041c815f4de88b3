// [IO]
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { didYouMean, suggest } from '../inventory/suggest.ts';
import { type CoefficientId, coefficients } from './coefficients.ts';
import type { Added } from './size/added.ts';
import { type Answers, calibrate, calibrationJson, formatCalibration, questions } from './size/calibration.ts';
import { formatEdge } from './size/edge-text.ts';
import type { EmittedEdges } from './size/emitted.ts';
import { explain, formatSource, matching } from './size/explain.ts';
import { sizeOfFleet } from './size/fleet.ts';
import { figuresJson, reportJson, sumsJson } from './size/json.ts';
import { addedBy, figuresOfReport, type NamedFigure, type SizeReport, sizeReport } from './size/report.ts';
import { formatReport, limitLines } from './size/text.ts';
import { type Addition, parseAddition } from './size/what-if.ts';
import { ask, queryToken } from './status-query.ts';
import { whyUnanswered } from './unanswered.ts';

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
      'formula, coefficients, sources and inputs of a figure, such as cluster-03/memory or centre, or a coefficient; of all unless said',
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
  if (what !== undefined) return explained(what, names, report, line, refuse);
  if (names.length > 0) line.print(json ? JSON.stringify(edgesJson(names, report), null, 2) : formatEdges(names, report));
  else line.print(json ? JSON.stringify(reportJson(report), null, 2) : formatReport(report));
  return report.size.limits.some(({ state }) => state === 'error') ? 1 : 0;
}

function explained(
  what: string | true,
  names: readonly string[],
  report: SizeReport,
  line: CommandLine,
  refuse: (message: string) => never,
): 0 {
  const { json } = line.settings();
  if (isCoefficient(what)) {
    line.print(json ? JSON.stringify(figuresJson([], [what]), null, 2) : formatSource(what));
    return 0;
  }
  const { edges } = report.inventory;
  const asked = typeof what === 'string' ? [...names, scopeOf(what)] : names;
  const all = figuresOfReport(
    report,
    edges.filter(({ name }) => asked.includes(name)),
  );
  const figures = names.length === 0 ? all : names.flatMap((name) => matching(all, name));
  // Of a named edge a figure needs no more than its own name.
  const found =
    what === true ? figures : ['', ...names.map((name) => `${name}/`)].flatMap((prefix) => matching(figures, `${prefix}${what}`));
  if (found.length === 0) return refuse(noFigure(String(what), names, figures));
  line.print(json ? JSON.stringify(figuresJson(found), null, 2) : explain(found).trimEnd());
  return 0;
}

const isCoefficient = (what: string | true): what is CoefficientId => typeof what === 'string' && what in coefficients;

/** Of `cluster-03/memory` the cluster. */
const scopeOf = (path: string): string => path.split('/', 1)[0] ?? '';

/** Figures of the same edge, or of the same part of the fleet, are nearer than others that are spelt alike. */
function noFigure(what: string, names: readonly string[], figures: readonly NamedFigure[]): string {
  const paths = figures.map(({ path }) => path);
  const scopes = [...new Set(paths.map(scopeOf))];
  const scope = names.length === 1 ? (names[0] as string) : scopeOf(what);
  const asked = what.startsWith(`${scope}/`) ? what : `${scope}/${what}`;
  const near = paths.filter((path) => path.startsWith(`${scope}/`));
  const match = suggest(near.length === 0 ? what : asked, near.length === 0 ? paths : near);
  const which =
    match !== undefined
      ? `Did you mean "${match}"?`
      : near.length === 0
        ? didYouMean(scope, scopes)
        : `Of ${scope} there are ${near.map((path) => path.slice(scope.length + 1)).join(', ')}.`;
  return `there is no figure "${what}". ${which} All with their formulas: fleetc size --explain${near.length === 0 ? '' : ` ${scope}`}.`;
}

function refuseUnknown(names: readonly string[], { central, edges }: Inventory, refuse: (message: string) => never): void {
  const known = edges.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === central.name) refuse(`"${unknown}" is the centre: see fleetc size, or fleetc size --explain centre.`);
  if (unknown !== undefined) refuse(`there is no edge "${unknown}". ${didYouMean(unknown, known) ?? ''}`.trimEnd());
}

/** The named edges, in groups of those that cost the same and ask for the same, and what one of a group adds to the centre. */
function named(names: readonly string[], report: SizeReport): readonly (readonly [EmittedEdges, Added])[] {
  return report.emitted.edges.flatMap((kind): readonly (readonly [EmittedEdges, Added])[] => {
    const edges = kind.edges.filter(({ name }) => names.includes(name));
    const [first] = edges;
    return first === undefined ? [] : [[{ ...kind, edges }, addedBy(first, report)]];
  });
}

const formatEdges = (names: readonly string[], report: SizeReport): string =>
  [...named(names, report).map(([kind, added]) => formatEdge(kind, added)), limitLines(report.size.limits).join('\n')].join('\n\n');

/** The report, of the named edges only. */
function edgesJson(names: readonly string[], report: SizeReport) {
  const { edges } = report.inventory;
  const figures = figuresOfReport(
    report,
    edges.filter(({ name }) => names.includes(name)),
  );
  return {
    edges: named(names, report).flatMap(([kind, { memory, cpu, bucketADay }]) =>
      kind.edges.map(({ name, region, option }: Edge) => ({
        name,
        region,
        option,
        nodes: kind.size.workload.nodes,
        emitted: sumsJson(kind.sums),
        centre: { memory: memory.value, cpu: cpu.value, bucketADay: bucketADay.value },
      })),
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
    line.warn(`fleetc: ${whyUnanswered(error as Error, url)}`);
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
