// [IO]
import { Command, Option } from 'commander';
import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory } from '../inventory/inventory.ts';
import { loadInventory } from '../inventory/load.ts';
import { didYouMean, suggest } from '../inventory/suggest.ts';
import { type CoefficientId, coefficients } from './coefficients.ts';
import { longestWait, queryUrl } from './query-options.ts';
import { type AddedCost, costOf } from './size/added.ts';
import { type Answers, calibrate, calibrationJson, formatCalibration, questions } from './size/calibration.ts';
import { formatEdge } from './size/edge-text.ts';
import type { EmittedEdges } from './size/emitted.ts';
import { explain, formatSource, matching } from './size/explain.ts';
import { sizeOfFleet } from './size/fleet.ts';
import { figuresJson, limitsJson, reportJson, sumsJson } from './size/json.ts';
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
  const command = new Command('size');
  return command
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
    .addOption(
      new Option(
        '--calibrate <url>',
        'a live Prometheus or Thanos Query, or the own Prometheus of the one edge that is named: prints what it measures against what is modelled; it is only read',
      )
        .argParser(queryUrl(command, '--calibrate'))
        .conflicts(['explain', 'whatIf']),
    )
    .option('--token-file <file>', '--calibrate: bearer token for it (default: FLEETC_QUERY_TOKEN)')
    .option('--timeout <seconds>', '--calibrate: longest wait for an answer', longestWait, 30)
    .action(async (names: readonly string[], given: Given) =>
      line.exit(await run(names, given, line, (message) => command.error(`error: ${message}`))),
    );
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
    return measure(given.calibrate, given, { inventory, diagnostics }, line, names[0]);
  }
  const report = sizeReport(inventory, additions);
  refuseUnknown(names, report.inventory, refuse);
  const print = (asJson: () => object, asText: () => string) =>
    line.print(json ? JSON.stringify({ ...asJson(), diagnostics }, null, 2) : asText());
  if (what !== undefined) return explained(what, names, report, print, refuse);
  if (names.length > 0) {
    const kinds = named(names, report);
    print(
      () => edgesJson(kinds, report),
      () => formatEdges(kinds, report),
    );
  } else
    print(
      () => reportJson(report),
      () => formatReport(report),
    );
  return report.size.limits.some(({ state }) => state === 'error') ? 1 : 0;
}

function explained(
  what: string | true,
  names: readonly string[],
  report: SizeReport,
  print: (asJson: () => object, asText: () => string) => void,
  refuse: (message: string) => never,
): 0 {
  if (isCoefficient(what)) {
    print(
      () => figuresJson([], [what]),
      () => formatSource(what),
    );
    return 0;
  }
  const { edges } = report.inventory;
  const asked = typeof what === 'string' ? [...names, scopeOf(what)] : names;
  const all = figuresOfReport(
    report,
    edges.filter(({ name }) => asked.includes(name)),
  );
  const figures = names.length === 0 ? all : all.filter(({ path }) => names.includes(scopeOf(path)));
  // Of a named edge a figure needs no more than its own name.
  const found =
    what === true ? figures : ['', ...names.map((name) => `${name}/`)].flatMap((prefix) => matching(figures, `${prefix}${what}`));
  if (found.length === 0) return refuse(noFigure(String(what), names, figures));
  print(
    () => figuresJson(found),
    () => explain(found).trimEnd(),
  );
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

/** Named edges that cost the same and ask for the same, and what one of them adds to the centre. */
interface Named {
  readonly kind: EmittedEdges;
  readonly added: AddedCost;
}

function named(names: readonly string[], report: SizeReport): readonly Named[] {
  return report.emitted.edges.flatMap((kind): readonly Named[] => {
    const edges = kind.edges.filter(({ name }) => names.includes(name));
    const [first] = edges;
    return first === undefined ? [] : [{ kind: { ...kind, edges }, added: costOf(addedBy(first, report)) }];
  });
}

const formatEdges = (kinds: readonly Named[], { size }: SizeReport): string =>
  [...kinds.map(({ kind, added }) => formatEdge(kind, added)), limitLines(size.limits).join('\n')].join('\n\n');

/** Kinds of edges up to which the JSON has all that the centre is made of without each of them: every time it is as much as the fleet. */
const derived = 20;

/** The report, of the named edges only. */
function edgesJson(kinds: readonly Named[], report: SizeReport) {
  const names = new Set(kinds.flatMap(({ kind }) => kind.edges.map(({ name }) => name)));
  const isDerived = kinds.length <= derived;
  const figures = figuresOfReport(report, isDerived ? kinds.flatMap(({ kind }) => kind.edges) : []);
  return {
    edges: kinds.flatMap(({ kind, added: { memory, cpu, bucketADay, less } }) =>
      kind.edges.map(({ name, region, option }: Edge) => ({
        name,
        region,
        option,
        nodes: kind.size.workload.nodes,
        scope: kind.size.series.scope,
        emitted: { scope: kind.scope, ...sumsJson(kind.sums) },
        centre: {
          ...(isDerived && { scope: kind.edges[0]?.name }),
          memory: memory.value,
          cpu: cpu.value,
          bucketADay: bucketADay.value,
          ...(less !== undefined && { less }),
        },
      })),
    ),
    limits: limitsJson(report),
    ...figuresJson([
      ...figures.filter(({ path }) => names.has(scopeOf(path))),
      ...report.size.limits.map(({ figure }) => ({ path: figure.name, figure })),
    ]),
  };
}

async function measure(
  url: string,
  { tokenFile, timeout }: Given,
  { inventory, diagnostics }: { readonly inventory: Inventory; readonly diagnostics: readonly Diagnostic[] },
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
  line.print(
    line.settings().json ? JSON.stringify({ ...calibrationJson(calibration), diagnostics }, null, 2) : formatCalibration(calibration),
  );
  return 0;
}
