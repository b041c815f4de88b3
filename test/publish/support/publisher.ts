import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile } from '../../../scripts/compile.ts';
import { compilerVersion } from '../../../scripts/compiler-version.ts';
import { checkSources, loadInventory } from '../../../scripts/inventory/load.ts';
import type { Sources } from '../../../scripts/inventory/read.ts';
import { type Outcome, type PublishOptions, publishTo } from '../../../scripts/publish/publish-to.ts';
import type { GroupResult } from '../../../scripts/publish/result.ts';
import { aCentre, aFleet, anEdge } from '../../support/fleet.ts';
import { type FakeGitHub, type FakeGitHubOptions, type RecordedRequest, startFakeGitHub } from '../fake-github/fake-github.ts';

/** A small fleet: some thirty files of output. */
export const smallFleet = (fleet: Readonly<Record<string, unknown>> = {}): Sources =>
  aFleet([aCentre(), anEdge('one', 'remote-scrape', 10), anEdge('two', 'remote-scrape', 20)], fleet);

/** Each inventory once: what is tested here is what comes behind. */
export function compileSources(sources: Sources): ReturnType<typeof freshCompile> {
  const key = JSON.stringify([...sources]);
  const found = compiledBefore.get(key) ?? freshCompile(sources);
  compiledBefore.set(key, found);
  return found;
}

const compiledBefore = new Map<string, ReturnType<typeof freshCompile>>();

function freshCompile(sources: Sources) {
  const { sourced, inventory, diagnostics } = checkSources(sources);
  if (sourced === undefined || inventory === undefined) return { sourced: undefined, tree: new Map<string, string>(), diagnostics };
  const compiled = compile(sourced);
  return { sourced, tree: compiled.tree, diagnostics: [...diagnostics, ...compiled.diagnostics] };
}

/** What a repository holds after `fleetc compile`, and a file of somebody else. */
export const repositoryOf = (sources: Sources): Record<string, string> => ({
  'README.md': 'ours\n',
  '.github/workflows/ci.yml': 'on: push\n',
  ...Object.fromEntries(sources),
  ...Object.fromEntries(compileSources(sources).tree),
});

/** GitHub, and a clone of its repository. */
export interface Scene {
  readonly github: FakeGitHub;
  readonly root: string;
  /** Edits the work tree's inventory. */
  edit(sources: Sources | Readonly<Record<string, string | null>>): void;
  git(...args: readonly string[]): string;
  pull(): void;
  publish(options?: Partial<PublishOptions>, env?: Readonly<Record<string, string | undefined>>): Promise<Outcome>;
  /** The result of the only group. */
  publishOne(options?: Partial<PublishOptions>): Promise<GroupResult>;
  /** Requests that asked to change something, by operation, since the last look. */
  writes(): readonly string[];
  requests(): readonly RecordedRequest[];
  end(): Promise<void>;
}

export async function aScene(sources: Sources = smallFleet(), options: FakeGitHubOptions = {}): Promise<Scene> {
  const github = await startFakeGitHub({ files: repositoryOf(sources), rateLimit: false, writesPerMinute: false, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-publish-test-'));
  const root = join(folder, 'clone');
  execFileSync('git', ['clone', '--quiet', github.repository, root], { stdio: 'pipe' });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  let seen = 0;
  const scene: Scene = {
    github,
    root,
    git,
    edit(files) {
      for (const [path, text] of files instanceof Map ? files : Object.entries(files as Record<string, string | null>)) {
        const file = join(root, path);
        if (text === null) rmSync(file);
        else {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text as string);
        }
      }
    },
    pull: () => void git('pull', '--quiet', '--rebase', '--autostash'),
    publish: (given, env) => publishFrom(scene, given, env),
    async publishOne(given) {
      const { results, diagnostics } = await scene.publish(given);
      const [result] = results;
      if (result === undefined || results.length > 1)
        throw new Error(`${results.length} results: ${JSON.stringify({ results, diagnostics })}`);
      return result;
    },
    writes() {
      const fresh = github.requests.slice(seen).filter(({ write }) => write);
      seen = github.requests.length;
      return fresh.map(({ operation }) => operation);
    },
    requests() {
      const fresh = github.requests.slice(seen);
      seen = github.requests.length;
      return fresh;
    },
    async end() {
      rmSync(folder, { recursive: true, force: true });
      await github.close();
    },
  };
  return scene;
}

export const standard: Omit<PublishOptions, 'root'> = {
  to: 'github',
  prefix: 'fleetc/',
  discardForeign: false,
  dryRun: false,
  remote: 'origin',
  labels: [],
  reviewers: [],
  draft: false,
  autoMerge: undefined,
  deadline: 30,
  chunk: 100,
  pushAbove: 2_000,
};

async function publishFrom(
  { github, root }: Scene,
  given: Partial<PublishOptions> = {},
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  const { sources, inventory, diagnostics } = loadInventory(root);
  if (inventory === undefined) return { diagnostics, results: [], warnings: [] };
  const { pathname, origin } = new URL(github.url);
  return publishTo({ ...standard, root, ...given }, sources, inventory, {
    compiler: { version: compilerVersion, compile: compileSources },
    env: {
      PATH: process.env.PATH,
      HOME: root,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: `${origin}${pathname}`,
      GITHUB_SERVER_URL: origin,
      GITHUB_REPOSITORY: `${github.owner}/${github.repo}`,
      ...env,
    },
    clock: github.clock,
    random: () => 0.5,
    node: 'v24.0.0',
  });
}

/** A test with a scene of its own; whatever GitHub would not have been asked or answered fails it. */
export const scenario =
  (play: (scene: Scene) => Promise<void>, sources?: Sources, options?: FakeGitHubOptions): (() => Promise<void>) =>
  async () => {
    const scene = await aScene(sources, options);
    let problem: unknown;
    try {
      await play(scene);
    } catch (error) {
      problem = error;
    }
    await scene.end().catch((error: unknown) => {
      problem ??= error;
    });
    if (problem !== undefined) throw problem;
  };

/** Runs once more: nothing may be written. */
export async function assertSettled(scene: Scene, options: Partial<PublishOptions> = {}): Promise<void> {
  scene.writes();
  const before = await scene.github.state();
  const { results } = await scene.publish(options);
  const writes = scene.writes();
  if (writes.length > 0) throw new Error(`a second run wrote ${writes.join(', ')}: ${JSON.stringify(results, null, 1)}`);
  if (JSON.stringify(await scene.github.state()) !== JSON.stringify(before)) throw new Error('a second run changed something');
}

/** The message of what was thrown. */
export async function messageOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
