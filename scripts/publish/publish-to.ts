// [IO]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Inventory } from '../inventory/inventory.ts';
import type { Sources } from '../inventory/read.ts';
import type { Clock } from './clock.ts';
import { noPulls, rehearsal, type Write } from './dry-run.ts';
import { Refusal } from './failure.ts';
import { type Git, openGit } from './git.ts';
import { gitRemote } from './git-remote.ts';
import { openGitHub } from './github.ts';
import { gitHubAddress } from './github-address.ts';
import { type Dress, gitHubPulls } from './github-pulls.ts';
import { gitHubRemote } from './github-remote.ts';
import { localObjects } from './local-objects.ts';
import { localRemote } from './local-remote.ts';
import { checkProxy } from './proxy.ts';
import { publish } from './publish.ts';
import type { Compiler, Published, World } from './request.ts';
import { findToken } from './token.ts';

export interface PublishOptions extends Dress {
  readonly root: string;
  readonly to: 'github' | 'git';
  /** Absent: the branch that Argo CD follows. */
  readonly base?: string;
  readonly prefix: string;
  readonly per?: 'fleet' | 'ring';
  readonly maxFiles?: number;
  readonly discardForeign: boolean;
  readonly dryRun: boolean;
  /** `--to git`: name in the clone, address or path. */
  readonly remote: string;
  /** `--to git`: where the text of the pull request goes; absent: below `.git`. */
  readonly body?: string;
  /** `--to github`: OWNER/NAME; absent: by the environment, or the inventory. */
  readonly repository?: string;
  /** `--to github`: minutes that a run may take, waits for rate limits included. */
  readonly deadline: number;
  /** `--to github`: entries in one tree request, and changed files above which git pushes the objects. */
  readonly chunk: number;
  readonly pushAbove: number;
}

export interface Surroundings {
  readonly compiler: Compiler;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  random(): number;
  /** `process.version`. */
  readonly node: string;
}

export interface Outcome extends Published {
  /** Of a dry run. */
  readonly writes?: readonly Write[];
}

/** Publishes an inventory that compiles. */
export async function publishTo(options: PublishOptions, sources: Sources, { fleet }: Inventory, around: Surroundings): Promise<Outcome> {
  const git = openGit(options.root, around.env);
  try {
    const baseBranch = options.base ?? fleet.repository.branch;
    const there = await open(options, fleet.repository.url, baseBranch, git, around);
    const pencil = options.dryRun ? rehearsal(there.remote, there.pulls) : undefined;
    const world = { ...around, ...there, ...(pencil && { remote: pencil.remote, pulls: pencil.pulls }) };
    const { prefix, per, maxFiles, discardForeign } = options;
    const published = await publish({ sources, baseBranch, prefix, per, maxFiles, discardForeign }, world);
    return { ...published, ...(pencil && { writes: pencil.writes }) };
  } finally {
    git.close();
  }
}

async function open(
  options: PublishOptions,
  url: string,
  baseBranch: string,
  git: Git,
  { env, clock, compiler, node }: Surroundings,
): Promise<Pick<World, 'remote' | 'pulls' | 'objects' | 'keepText'>> {
  const objects = localObjects(git);
  if (options.to === 'git')
    return {
      remote: gitRemote(objects, options.remote),
      pulls: undefined,
      objects,
      keepText: options.dryRun ? undefined : textKeeper(options, git),
    };

  const address = gitHubAddress({ repository: options.repository, url, env });
  if (typeof address === 'string') throw new Refusal(address);
  const token = findToken(address.server, env);
  if (token === undefined) {
    if (options.dryRun) return { remote: localRemote(objects), pulls: noPulls, objects, keepText: undefined };
    throw new Refusal(
      'There is no token for GitHub: set GITHUB_TOKEN. To look without one: --dry-run; to publish without GitHub: --to git.',
    );
  }
  checkProxy(address.api, env, node);
  const deadline = clock.now() + options.deadline * 60_000;
  const github = await openGitHub({ address, token, clock, deadline, version: compiler.version });
  return {
    remote: gitHubRemote(github, objects, { chunk: options.chunk, push: options.pushAbove }),
    pulls: gitHubPulls(github, baseBranch, options),
    objects,
    keepText: undefined,
  };
}

/** Writes the text of a pull request beside the branch; where it is there already it stays. */
function textKeeper({ body }: PublishOptions, git: Git): NonNullable<World['keepText']> {
  return (group, isOnly, text) => {
    const file = body === undefined ? join(git.folder, 'fleetc', `${group}.md`) : isOnly ? body : named(body, group);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return file;
  };
}

const named = (file: string, group: string): string => {
  const ending = extname(file);
  return `${file.slice(0, file.length - ending.length)}.${group}${ending}`;
};
