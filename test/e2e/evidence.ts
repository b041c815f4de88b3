// docs/evidence.md: what a whole run found, and whether another run finds the same.
import type { Row } from './report.ts';

/** When, where and with what a run was: it differs each time, and is no drift. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  /** Program and version. */
  readonly programs: readonly string[];
}

const columns = '| outcome | what | measured |\n|---|---|---|';

/** The page: a table a stage, in the stages' order; rows in one order, for stages do several things at once. */
export function evidencePage(stages: readonly string[], rows: readonly Row[], { date, machine, programs }: Circumstances): string {
  const tables = stages.map((stage) => {
    const own = rows.filter((row) => row.stage === stage).sort((a, b) => (a.what < b.what ? -1 : 1));
    return `## ${stage}\n${columns}\n${own.map(({ outcome, what, said }) => `| ${outcome} | ${cell(what)} | ${cell(said)} |`).join('\n')}\n`;
  });
  const count = (outcome: Row['outcome']): number => rows.filter((row) => row.outcome === outcome).length;
  return `# Evidence

What real programs did with what fleetc emits: \`npm run e2e\` runs them on loopback, on the arguments, the configuration and the objects of
compiled fleets, and writes this page. Only addresses, ports, paths, certificates, discovery and a few times are replaced, by the one table in
[test/e2e/replacements.ts](../test/e2e/replacements.ts). The figures are those of one run; \`npm run e2e -- --check\` says whether another run
finds the same.

\`\`\`
${date}, ${machine}
${programs.join('\n')}
\`\`\`

${count('ok')} checks passed, ${count('FAILED')} failed, ${count('not run')} were not run.

${tables.join('\n')}`;
}

const line = (text: string): string => text.replace(/\s+/g, ' ').trim();
const cell = (text: string): string => line(text).replaceAll('|', '\\|');

/** What is compared of a check: not what was measured, and no figure in its name. */
interface Check {
  readonly stage: string;
  readonly what: string;
  readonly outcome: string;
}

const figures = /\d+(\.\d+)*/g;

const checkOf = ({ stage, what, outcome }: Check): Check => ({ stage, outcome, what: line(what).replace(figures, '#') });

/** The checks that a page lists. */
export function checksOn(page: string): readonly Check[] {
  const checks: Check[] = [];
  let stage = '';
  for (const text of page.split('\n')) {
    stage = /^## (.+)$/.exec(text)?.[1] ?? stage;
    const [, outcome = '', what = ''] = /^\| (ok|FAILED|not run) \| (.*?[^\\]) \| /.exec(text) ?? [];
    if (what !== '') checks.push(checkOf({ stage, what: what.replaceAll('\\|', '|'), outcome }));
  }
  return checks;
}

/** A stage that found nothing of its programs has one row. */
export const wholeStage = 'the stage';

/** What differs between the page and a run, over the stages that ran. */
export function drift(page: string, rows: readonly Row[]): readonly string[] {
  const absent = new Set(rows.filter(({ outcome, what }) => outcome === 'not run' && what === wholeStage).map(({ stage }) => stage));
  const ran = rows.filter(({ stage }) => !absent.has(stage));
  const stages = new Set(ran.map(({ stage }) => stage));
  const name = ({ stage, what }: Check): string => `${stage}: ${what}`;
  const found = new Map(ran.map(checkOf).map((check) => [name(check), check.outcome]));
  const written = new Map(
    checksOn(page)
      .filter(({ stage }) => stages.has(stage))
      .map((check) => [name(check), check.outcome]),
  );
  return [
    ...[...written].flatMap(([check, outcome]) => {
      const now = found.get(check);
      return now === outcome ? [] : [`${check}: was ${outcome}, is ${now ?? 'gone'}`];
    }),
    ...[...found].filter(([check]) => !written.has(check)).map(([check, outcome]) => `${check}: is new (${outcome})`),
  ];
}
