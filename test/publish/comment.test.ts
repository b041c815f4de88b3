import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { compilerVersion } from '../../scripts/compiler-version.ts';
import type { CommandLine } from '../../scripts/publish/command.ts';
import { commentCommand } from '../../scripts/publish/comment-command.ts';
import { reportOf } from '../support/plan.ts';
import { compileSources, type Scene, scenario, smallFleet } from './support/publisher.ts';

const report = reportOf(smallFleet(), smallFleet({ scrapeInterval: '15s' }));

/** Runs the command as plan-comment.yml does, with a token that may write to pull requests and nothing else. */
async function comment(
  { github, root }: Scene,
  plan: unknown,
  head: string,
  sha: string,
  proxy: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly said: string }> {
  const file = join(root, '../plan.json');
  writeFileSync(file, typeof plan === 'string' ? plan : JSON.stringify(plan));
  const said: string[] = [];
  let code = -1;
  const { pathname, origin } = new URL(github.url);
  const line: CommandLine = {
    settings: () => ({ root, json: false }),
    print: (text) => void said.push(text),
    warn: (text) => void said.push(text),
    tell: () => {},
    again: (env) => {
      said.push(`again with ${Object.keys(env).join(' ')}`);
      return 0;
    },
    exit: (given) => {
      code = given;
    },
    env: {
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: `${origin}${pathname}`,
      GITHUB_SERVER_URL: origin,
      GITHUB_REPOSITORY: `${github.owner}/${github.repo}`,
      ...proxy,
    },
    clock: github.clock,
    random: () => 0.5,
    node: 'v24.0.0',
    compiler: { version: compilerVersion, compile: compileSources },
  };
  await commentCommand(line).parseAsync([file, '--head', head, '--sha', sha], { from: 'user' });
  return { code, said: said.join('\n') };
}

/** A pull request to comment on; gives its head and its commit. */
async function aPull(scene: Scene): Promise<{ readonly head: string; readonly sha: string }> {
  scene.edit(smallFleet({ scrapeInterval: '15s' }));
  await scene.publishOne();
  const [pull] = (await scene.github.state()).pulls;
  assert.ok(pull);
  scene.writes();
  const sha = scene.git('ls-remote', 'origin', 'refs/heads/fleetc/fleet').slice(0, 40);
  return { head: `${scene.github.owner}:fleetc/fleet`, sha };
}

test(
  'a plan is one comment, however often it is put there',
  scenario(async (scene) => {
    const { head, sha } = await aPull(scene);
    const first = await comment(scene, report, head, sha);
    assert.is(first.code, 0, first.said);
    assert.equal(scene.writes().length, 1);
    assert.is((await comment(scene, report, head, sha)).code, 0);
    assert.equal(scene.writes(), [], 'the same plan writes nothing');
    const changed: PlanReport = { ...report, fleet: 'another' };
    assert.is((await comment(scene, { ...changed, risks: [] }, head, sha)).code, 0);
    const comments = (await scene.github.state()).pulls[0]?.comments ?? [];
    assert.is(comments.length, 1);
    assert.match(comments[0]?.body ?? '', /scrapeInterval/);
  }),
);

test(
  'a pull request that has moved on since is left to the plan of its newer commit',
  scenario(async (scene) => {
    const { head } = await aPull(scene);
    const { code, said } = await comment(scene, report, head, '0'.repeat(40));
    assert.is(code, 0);
    assert.match(said, /has moved on/);
    assert.equal(scene.writes(), []);
  }),
);

test(
  'what is no plan, or of no pull request, is refused, and nothing is written',
  scenario(async (scene) => {
    const { head, sha } = await aPull(scene);
    for (const [plan, where, why] of [
      ['{', head, /is no JSON/],
      [{ ...report, more: 1 }, head, /is no plan: .* must NOT have additional properties/],
      [{ ...report, risks: [{ code: 1 }] }, head, /is no plan: \/risks\/0/],
      [report, `${scene.github.owner}:elsewhere`, /no open pull request from/],
    ] as const) {
      const { code, said } = await comment(scene, plan, where, sha);
      assert.is(code, 1, said);
      assert.match(said, why);
    }
    assert.equal(scene.writes(), []);
  }),
);

test(
  'behind a proxy the command starts again with it, and asks nothing past it',
  scenario(async (scene) => {
    const { head, sha } = await aPull(scene);
    scene.requests();
    const { code, said } = await comment(scene, report, head, sha, { HTTP_PROXY: 'http://127.0.0.1:9' });
    assert.equal([code, said], [0, 'again with NODE_USE_ENV_PROXY']);
    assert.equal(scene.requests(), []);
  }),
);

test.run();
