#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import type { PlanReport } from '../generated/types/plan.d.ts';
import { outageCommand } from './advise/outage-command.ts';
import { recommendCommand } from './advise/recommend-command.ts';
import { sizeCommand } from './advise/size-command.ts';
import { statusCommand } from './advise/status-command.ts';
import { type Compiled, compile } from './compile.ts';
import { compilerVersion } from './compiler-version.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import type { SourcedInventory } from './inventory/inventory.ts';
import { checkSources, loadInventory } from './inventory/load.ts';
import type { Sources } from './inventory/read.ts';
import { didYouMean } from './inventory/suggest.ts';
import { type ParseCache, rendererOf, renderKustomization } from './kustomize/render.ts';
import { documents } from './kustomize/yaml.ts';
import { overlayDirs } from './overlays/overlay.ts';
import { readBase } from './plan/base.ts';
import { formatHtml } from './plan/formats/html.ts';
import { formatMarkdown } from './plan/formats/markdown.ts';
import { formatText as formatPlanText } from './plan/formats/text.ts';
import { planReport, type Side } from './plan/plan-report.ts';
import { type CommandLine, publishCommand } from './publish/command.ts';
import { commentCommand } from './publish/comment-command.ts';
import { formatGitHub, formatText } from './report-diagnostics.ts';
import { readOwned, write } from './tree/disk.ts';
import { driftOf } from './tree/ownership.ts';
import { type Change, plan } from './tree/plan.ts';

/** 0: done. 1: the user's turn, after diagnostics or drift. 2: a wrong command line, or a failure of the world. 3: there are changes, where
 *  that was asked for. */
type ExitCode = 0 | 1 | 2 | 3;

interface Settings {
  readonly root: string;
  readonly json: boolean;
}

const program = new Command('fleetc')
  .description('Compiles the inventory in clusters/ into a GitOps repository for Argo CD.')
  .addOption(new Option('--root <dir>', 'folder of the repository').default('.'))
  .addOption(new Option('--json', 'print results and diagnostics as JSON').default(false))
  .configureHelp({ showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride();

program
  .command('compile')
  .description('write what differs into base/, overlays/ and generated/')
  .action(() =>
    run((compiled, { root, json }) => {
      const owned = readOwned(root);
      const planned = plan(compiled.tree, owned.tree);
      const diagnostics = [...compiled.diagnostics, ...write(root, owned, planned)];
      const untouched = new Set(diagnostics.flatMap(({ code, span }) => (code === 'tree/foreign-file' && span ? [span.file] : [])));
      const changes = planned.filter(({ path }) => !untouched.has(path));
      const refused = hasErrors(diagnostics);
      if (json) print(JSON.stringify({ changes: refused ? [] : changes.map(({ kind, path }) => ({ kind, path })), diagnostics }, null, 2));
      else {
        tell(diagnostics.slice(compiled.diagnostics.length), new Map());
        if (!refused) print(summary(compiled, changes));
      }
      return refused ? 1 : 0;
    }),
  );

program
  .command('check')
  .description('exit 1 if the committed output differs from a fresh compile')
  .addOption(
    new Option('--base <ref>', 'only files that differ from where HEAD left this branch or commit: for the pull request of one ring'),
  )
  .action(({ base: ref }: { readonly base?: string }) =>
    run((compiled, { root, json }) => {
      const { tree, strays } = readOwned(root);
      const base = ref === undefined ? undefined : readBase(root, { ref: commonCommit(root, ref) ?? ref });
      const drift = driftOf(plan(compiled.tree, tree), strays).filter(
        ({ path }) => base === undefined || tree.get(path) !== base.tree.get(path),
      );
      if (json) print(JSON.stringify({ drift, diagnostics: compiled.diagnostics }, null, 2));
      else if (drift.length === 0) print(`${compiled.tree.size} files are what the inventory compiles to.`);
      else print([...drift.map(({ path, why }) => `${path} ${why}`), '', 'Run npm run compile, and commit what it writes.'].join('\n'));
      return drift.length === 0 ? 0 : 1;
    }),
  );

program
  .command('render')
  .description('print the final manifests of one cluster, as kustomize build prints those of its overlay')
  .argument('<cluster>', "name of the cluster; <cluster>/edges/<bucket> for a large centre's other overlays")
  .action((cluster: string) =>
    run((compiled, { json }) => {
      const dirs = overlayDirs(compiled.tree);
      const dir = dirs.get(cluster);
      if (dir === undefined)
        return program.error(`error: there is no cluster "${cluster}". ${didYouMean(cluster, [...dirs.keys()]) ?? ''}`);
      const resources = renderKustomization(compiled.tree, dir);
      print(json ? JSON.stringify(resources, null, 2) : documents(resources).trimEnd());
      return 0;
    }),
  );

program
  .command('plan')
  .description('what a change does to the fleet: classes of clusters to which the same happens, with risks and causes')
  .addOption(new Option('--base <ref>', 'commit to compare with; unless said, where HEAD left the default branch'))
  .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'markdown', 'json', 'html']).default('text'))
  .addOption(new Option('--detailed-exitcode', 'exit 3 if there are changes').default(false))
  .action(({ base: ref, format, detailedExitcode }: PlanOptions) =>
    run((compiled, { root, json }, after) => {
      const base = readBase(root, { ...(ref !== undefined && { ref }), branch: after.inventory.fleet.value.repository.branch });
      const before = base ?? { base: { kind: 'disk' as const }, tree: readOwned(root).tree, sources: new Map<string, string>() };
      const known = base && checkSources(base.sources);
      const parsed: ParseCache = new Map();
      const report = planReport(
        { ...before, inventory: known?.inventory && known.sourced },
        { ...after, tree: compiled.tree },
        before.base,
        (tree) => rendererOf(tree, parsed),
      );
      print(planFormats[json ? 'json' : format](report).trimEnd());
      return detailedExitcode && report.files.length > 0 ? 3 : 0;
    }),
  );

/** Where HEAD and another commit parted. */
function commonCommit(root: string, ref: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['merge-base', '--end-of-options', 'HEAD', ref], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

interface PlanOptions {
  readonly base?: string;
  readonly format: 'text' | 'markdown' | 'json' | 'html';
  readonly detailedExitcode: boolean;
}

const planFormats: Readonly<Record<PlanOptions['format'], (report: PlanReport) => string>> = {
  text: (report) => formatPlanText(report, { colour: pc.isColorSupported && process.stdout.isTTY === true }),
  markdown: (report) => formatMarkdown(report),
  json: (report) => JSON.stringify(report, null, 2),
  html: formatHtml,
};

program.addCommand(publishCommand(commandLine()).copyInheritedSettings(program));
program.addCommand(commentCommand(commandLine()).copyInheritedSettings(program));
program.addCommand(sizeCommand(commandLine()).copyInheritedSettings(program));
program.addCommand(outageCommand(commandLine()).copyInheritedSettings(program));
program.addCommand(recommendCommand(commandLine()).copyInheritedSettings(program));
program.addCommand(statusCommand(commandLine()).copyInheritedSettings(program));

/** For a command that waits for the world. */
function commandLine(): CommandLine {
  return {
    settings: () => program.opts<Settings>(),
    print: (text) => print(text),
    warn: (text) => void process.stderr.write(`${text}\n`),
    tell,
    exit: (code) => {
      process.exitCode = code;
    },
    again: (env) =>
      spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, ...env } })
        .status ?? 2,
    env: process.env,
    node: process.version,
    clock: {
      now: () => Date.now(),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
    },
    random: () => Math.random(),
    compiler: { version: compilerVersion, compile: compileSources },
  };
}

function compileSources(sources: Sources) {
  const { sourced, inventory, diagnostics } = checkSources(sources);
  if (sourced === undefined || inventory === undefined) return { sourced: undefined, tree: new Map(), diagnostics };
  const compiled = compile(sourced);
  return { sourced, tree: compiled.tree, diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

/** Reads and compiles the inventory, tells its diagnostics, and goes on only without errors. */
function run(
  command: (compiled: Compiled, settings: Settings, inventory: Pick<Side, 'sources'> & { inventory: SourcedInventory }) => ExitCode,
): void {
  const settings = program.opts<Settings>();
  const { sources, sourced, diagnostics: found } = loadInventory(settings.root);
  const compiled = sourced === undefined || hasErrors(found) ? { tree: new Map(), diagnostics: [] } : compile(sourced);
  const diagnostics = [...found, ...compiled.diagnostics];
  const refused = sourced === undefined || hasErrors(diagnostics);
  if (!settings.json) tell(diagnostics, sources);
  else if (refused) print(JSON.stringify({ diagnostics }, null, 2));
  process.exitCode = refused ? 1 : command({ ...compiled, diagnostics }, settings, { inventory: sourced, sources });
}

function tell(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): void {
  if (diagnostics.length === 0) return;
  const terminal = process.stderr.isTTY === true;
  process.stderr.write(formatText(diagnostics, sources, { color: pc.isColorSupported && terminal, frames: terminal }));
  if (process.env.GITHUB_ACTIONS === 'true') print(formatGitHub(diagnostics).trimEnd());
}

function summary({ tree }: Compiled, changes: readonly Change[]): string {
  if (changes.length === 0) return `${tree.size} files, none changed.`;
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const folders = new Map<string, number>();
  for (const { path } of changes) {
    const folder = path.split('/').slice(0, 2).join('/');
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [
    `${tree.size} files: ${count('create')} created, ${count('update')} updated, ${count('delete')} deleted.`,
    ...[...folders].map(([folder, files]) => `  ${folder}  ${files}`),
  ].join('\n');
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 2;
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.stderr.write(`fleetc: ${(error as Error).message}\n`);
}
