// [IO]
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { loadInventory } from '../inventory/load.ts';
import type { CommandLine } from './command.ts';
import { commentOn } from './comment.ts';
import { Refusal } from './failure.ts';
import { openGitHub } from './github.ts';
import { gitHubAddress } from './github-address.ts';
import { gitHubPulls } from './github-pulls.ts';
import { checkProxy, ProxyNeeded } from './proxy.ts';
import { readReport } from './read-report.ts';
import { findToken } from './token.ts';

interface Given {
  readonly head: string;
  readonly sha: string;
  readonly repository?: string;
}

export const commentCommand = (line: CommandLine): Command =>
  new Command('comment')
    .description('put a plan below a pull request on GitHub: one comment, updated in place')
    .argument('<report>', 'file with what `plan --format json` printed')
    .requiredOption('--head <owner:branch>', 'where the pull request comes from')
    .requiredOption('--sha <commit>', 'the commit that was planned; a pull request that has moved on is left alone')
    .option('--repository <owner/name>', 'where it goes to (default: GITHUB_REPOSITORY, then the fleet)')
    .action(async (file: string, given: Given) => {
      try {
        const done = await comment(file, given, line);
        if (line.settings().json) line.print(JSON.stringify({ comments: done }, null, 2));
        else
          for (const { status, pull } of done)
            line.print(status === 'commented' ? pull.url : `${pull.url} has moved on: left to its newer plan`);
        line.exit(0);
      } catch (error) {
        if (error instanceof ProxyNeeded) return line.exit(line.again({ NODE_USE_ENV_PROXY: '1' }));
        if (!(error instanceof Refusal)) throw error;
        if (line.settings().json) line.print(JSON.stringify({ refused: error.message }, null, 2));
        else line.warn(`fleetc: ${error.message}`);
        line.exit(1);
      }
    });

async function comment(file: string, { head, sha, repository }: Given, { settings, env, clock, compiler, node }: CommandLine) {
  const report = await readReport(readFileSync(file, 'utf8'), file);
  const { inventory } = loadInventory(settings().root);
  const address = gitHubAddress({ repository, url: inventory?.fleet.repository.url ?? '', env });
  if (typeof address === 'string') throw new Refusal(address);
  const token = findToken(address.server, env);
  if (token === undefined) throw new Refusal('There is no token for GitHub: set GITHUB_TOKEN.');
  checkProxy(address.api, env, node);
  const github = await openGitHub({
    address,
    token,
    clock,
    deadline: clock.now() + 10 * 60_000,
    version: compiler.version,
    toPublish: false,
  });
  const pulls = gitHubPulls(github, github.defaultBranch, { labels: [], reviewers: [], draft: false, autoMerge: undefined });
  return commentOn(pulls, await pulls.openFrom(head), { head, sha }, report);
}
