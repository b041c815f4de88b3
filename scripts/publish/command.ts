// [IO]
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, hasErrors } from '../diagnostic.ts';
import { loadInventory } from '../inventory/load.ts';
import { formatWrites, writesJson } from './dry-run.ts';
import { Refusal } from './failure.ts';
import { ProxyNeeded } from './proxy.ts';
import { type Outcome, type PublishOptions, publishTo, type Surroundings } from './publish-to.ts';
import { exitCodeOf, formatResults } from './result.ts';

/** What the command line gives to a command. */
export interface CommandLine extends Surroundings {
  readonly settings: () => { readonly root: string; readonly json: boolean };
  print(text: string): void;
  warn(text: string): void;
  tell(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): void;
  exit(code: number): void;
  /** Starts the same command line in a new process, and gives its exit status. */
  again(env: Readonly<Record<string, string>>): number;
}

type Given = Omit<PublishOptions, 'root' | 'labels' | 'reviewers'> & {
  readonly label: readonly string[];
  readonly reviewer: readonly string[];
  readonly detailedExitcode: boolean;
};

export const publishCommand = (line: CommandLine): Command =>
  new Command('publish')
    .description('open or update the pull requests that bring the inventory and its output to the base branch')
    .addOption(new Option('--to <where>', 'github, or git: branches in a plain remote').choices(['github', 'git']).default('github'))
    .option('--dry-run', 'print what would be written, and write nothing', false)
    .option('--base <branch>', 'branch to publish to (default: repository.branch of the fleet)')
    .option('--prefix <prefix>', 'in front of the names of the branches', prefix, 'fleetc/')
    .addOption(
      new Option('--per <what>', 'a pull request for the fleet, or for each ring (default: by the size of the fleet)').choices([
        'fleet',
        'ring',
      ]),
    )
    .option('--max-files <count>', 'files in a pull request: above, rings are split by region, and regions by hash', count)
    .option('--discard-foreign', 'throw away the commits of others on the branches', false)
    .option('--remote <remote>', '--to git: name, address or path of the remote', 'origin')
    .option('--body <file>', '--to git: where the text of the pull request goes (default: .git/fleetc/)')
    .option('--repository <owner/name>', '--to github: the repository (default: GITHUB_REPOSITORY, then the fleet)')
    .option('--label <name...>', '--to github: labels that the repository has', [])
    .option('--reviewer <login...>', '--to github: who is asked for a review; @name for a team', [])
    .option('--draft', '--to github: open as drafts', false)
    .addOption(
      new Option('--auto-merge <how>', '--to github: merge once the rules of the base branch are met').choices([
        'merge',
        'squash',
        'rebase',
      ]),
    )
    .option('--deadline <minutes>', '--to github: longest run, waits for rate limits included', count, 30)
    .option('--chunk <files>', '--to github: files in one request', count, 100)
    .option('--push-above <files>', '--to github: changed files above which git pushes them', count, 2_000)
    .option('--detailed-exitcode', 'exit 3 when there is something to publish', false)
    .action(async (given: Given) => line.exit(await run(given, line)));

async function run({ label, reviewer, detailedExitcode, ...options }: Given, line: CommandLine): Promise<number> {
  const { root, json } = line.settings();
  const { sources, inventory, diagnostics } = loadInventory(root);
  if (inventory === undefined) {
    if (json) line.print(JSON.stringify({ diagnostics }, null, 2));
    else line.tell(diagnostics, sources);
    return 1;
  }
  try {
    const outcome = await publishTo({ ...options, root, labels: label, reviewers: reviewer }, sources, inventory, line);
    report(outcome, json, line, sources);
    if (hasErrors(outcome.diagnostics)) return 1;
    const code = exitCodeOf(outcome.results);
    return code === 0 && detailedExitcode && hasChanged(outcome) ? 3 : code;
  } catch (error) {
    if (error instanceof ProxyNeeded) return line.again({ NODE_USE_ENV_PROXY: '1' });
    if (!(error instanceof Refusal)) throw error;
    if (json) line.print(JSON.stringify({ refused: error.message }, null, 2));
    else line.warn(`fleetc: ${error.message}`);
    return 1;
  }
}

function report(
  { diagnostics, results, warnings, writes }: Outcome,
  json: boolean,
  line: CommandLine,
  sources: ReadonlyMap<string, string>,
): void {
  if (json) {
    line.print(JSON.stringify({ groups: results, warnings, ...(writes && { writes: writesJson(writes) }), diagnostics }, null, 2));
    return;
  }
  line.tell(diagnostics, sources);
  for (const warning of warnings) line.warn(`warning: ${warning}`);
  if (hasErrors(diagnostics)) return;
  if (writes !== undefined) line.print(formatWrites(writes));
  if (writes === undefined || results.some(({ status }) => status === 'blocked')) line.print(formatResults(results));
}

const hasChanged = ({ results, writes }: Outcome): boolean =>
  writes === undefined ? results.some(({ status }) => status !== 'unchanged') : writes.length > 0;

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return value;
}

function prefix(text: string): string {
  if (!/^(?:[A-Za-z0-9][A-Za-z0-9_-]*\/)+$/.test(text))
    throw new InvalidArgumentError('It is words of letters, digits, - and _, each with a / behind it.');
  return text;
}
