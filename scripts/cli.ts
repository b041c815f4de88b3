#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import pc from 'picocolors';
import { type Compiled, compile } from './compile.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { loadInventory } from './inventory/load.ts';
import { didYouMean } from './inventory/suggest.ts';
import { rendererOf, renderKustomization } from './kustomize/render.ts';
import { documents } from './kustomize/yaml.ts';
import { overlayDirs } from './overlays/overlay.ts';
import { formatGitHub, formatText } from './report-diagnostics.ts';
import { readOwned, write } from './tree/disk.ts';
import { driftOf } from './tree/ownership.ts';
import { type Change, plan } from './tree/plan.ts';
import { formatPlanText, planJson, planReport } from './tree/report.ts';

/** 0: done. 1: the user's turn, after diagnostics or drift. 2: a wrong command line, or a failure of the world. */
type ExitCode = 0 | 1 | 2;

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
  .action(() =>
    run((compiled, { root, json }) => {
      const { tree, strays } = readOwned(root);
      const drift = driftOf(plan(compiled.tree, tree), strays);
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
  .description('what a compile would change: files, and objects of each cluster')
  .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
  .action(({ format }: { format: 'text' | 'json' }) =>
    run((compiled, { root, json }) => {
      const { tree } = readOwned(root);
      const report = planReport(plan(compiled.tree, tree), compiled.tree, tree, rendererOf);
      print((json || format === 'json' ? planJson(report) : formatPlanText(report)).trimEnd());
      return 0;
    }),
  );

/** Reads and compiles the inventory, tells its diagnostics, and goes on only without errors. */
function run(command: (compiled: Compiled, settings: Settings) => ExitCode): void {
  const settings = program.opts<Settings>();
  const { sources, sourced, diagnostics: found } = loadInventory(settings.root);
  const compiled = sourced === undefined || hasErrors(found) ? { tree: new Map(), diagnostics: [] } : compile(sourced);
  const diagnostics = [...found, ...compiled.diagnostics];
  const refused = sourced === undefined || hasErrors(diagnostics);
  if (!settings.json) tell(diagnostics, sources);
  else if (refused) print(JSON.stringify({ diagnostics }, null, 2));
  process.exitCode = refused ? 1 : command({ ...compiled, diagnostics }, settings);
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
