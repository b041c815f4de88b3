import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanReport } from '../../generated/types/plan.d.ts';
import { bodyOf } from '../../scripts/publish/body.ts';
import { formatWrites } from '../../scripts/publish/dry-run.ts';
import { ourPart, withOurPart } from '../../scripts/publish/marker.ts';
import { needsProxy, readsProxies } from '../../scripts/publish/proxy.ts';
import { assertSettled, type Scene, scenario, smallFleet } from './support/publisher.ts';

const edited = smallFleet({ scrapeInterval: '15s' });
const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in a process of its own. */
function command({ github, root }: Scene, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { origin } = new URL(github.url);
  const child = spawn(process.execPath, [cli, '--root', root, 'publish', ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: root,
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: origin,
      GITHUB_REPOSITORY: 'example/fleet',
      ...env,
    },
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString('utf8')));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout: out.join(''), stderr: err.join('') })));
}

test(
  'the command: publishes, says so, and publishes nothing the second time',
  scenario(async (scene) => {
    const env = { GITHUB_TOKEN: scene.github.token };
    scene.edit(edited);
    const first = await command(scene, ['--detailed-exitcode'], env);
    assert.match(first.stdout, /^created {3}fleet: fleetc\/fleet, [0-9a-f]{12}, \d+ files, https:.*\/pull\/1\n$/);
    assert.is(first.status, 3);
    const second = await command(scene, ['--detailed-exitcode', '--json'], env);
    assert.is(JSON.parse(second.stdout).groups[0].status, 'unchanged');
    assert.is(second.status, 0);
    await scene.github.people.commit('fleetc/fleet', { 'docs/a.md': 'mine\n' });
    const third = await command(scene, [], env);
    assert.match(third.stdout, /^blocked {3}fleet: /);
    assert.is(third.status, 1);
  }),
);

test(
  'case 51: --dry-run prints the plan, the text and the tree that a run then makes, and writes nothing; no token is needed',
  scenario(async (scene) => {
    scene.edit(edited);
    const before = await scene.github.state();
    const blind = await command(scene, ['--dry-run', '--detailed-exitcode']);
    assert.is(blind.status, 3, blind.stderr);
    assert.equal(scene.requests(), []);
    const dry = await scene.publish({ dryRun: true });
    assert.equal(scene.writes(), []);
    assert.equal(await scene.github.state(), before);
    assert.is(blind.stdout, `${formatWrites(dry.writes ?? [])}\n`);

    const { tree } = await scene.publishOne();
    assert.match(blind.stdout, new RegExp(`^tree ${tree}$`, 'm'));
    const [pull] = (await scene.github.state()).pulls;
    const [, text] = /\npull request from fleetc\/fleet: (.*)\n\n/.exec(blind.stdout) ?? [];
    assert.is(text, pull?.title);
    assert.ok(blind.stdout.includes((pull?.body ?? '').trimEnd()));
    for (const [path, { sha }] of await scene.github.files('fleetc/fleet'))
      if (path.startsWith('clusters/fleet')) assert.ok(blind.stdout.includes(`100644 ${sha} ${path}`));
    const settled = await command(scene, ['--dry-run', '--detailed-exitcode'], { GITHUB_TOKEN: scene.github.token });
    assert.is(settled.stdout, 'Nothing would be written.\n');
    assert.is(settled.status, 0);
  }),
);

test(
  'case 49: neither token nor content in what a failure shows, however deep one looks',
  scenario(async (scene) => {
    scene.edit({
      ...Object.fromEntries(edited),
      'clusters/two.ts': (edited.get('clusters/two.ts') ?? '').replace(
        '"remote-scrape"',
        '"remote-scrape", "labels": { "team": "very-private" }',
      ),
    });
    const { token } = scene.github;
    const echo = `Bad: authorization: token ${token} and https://x-access-token:${token}@github.com`;
    scene.github.inject({
      method: 'POST',
      path: /\/git\/trees$/,
      times: 9,
      effect: { kind: 'answer', status: 422, body: { message: echo } },
    });
    let shown = '';
    await scene.publish().catch((error: unknown) => {
      shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String((error as Error).cause);
    });
    assert.match(shown, /git\/trees: 422/);
    assert.not.ok(shown.includes(token));
    assert.not.ok(shown.includes('very-private'));

    scene.github.inject({
      method: 'POST',
      path: /\/git\/trees$/,
      times: 9,
      effect: { kind: 'answer', status: 422, body: { message: echo } },
    });
    for (const args of [[], ['--json']]) {
      const { status, stdout, stderr } = await command(scene, args, { GITHUB_TOKEN: token, DEBUG: '*', NODE_DEBUG: 'fetch' });
      assert.is(status, 2);
      assert.not.ok(`${stdout}${stderr}`.includes(token));
    }
  }),
);

test(
  'case 49: git is told the token where nobody can read it',
  scenario(async (scene) => {
    scene.edit(edited);
    // A git that writes down how it was called.
    const log = `${scene.root}/../calls.txt`;
    scene.git('config', 'credential.helper', 'store --file=/nonexistent');
    const { writeFileSync, chmodSync, mkdirSync, readFileSync } = await import('node:fs');
    mkdirSync(`${scene.root}/../bin`);
    writeFileSync(`${scene.root}/../bin/git`, `#!/bin/sh\necho "$@" >> '${log}'\nPATH='${process.env.PATH}' exec git "$@"\n`);
    chmodSync(`${scene.root}/../bin/git`, 0o755);
    await scene.publish({ pushAbove: 5 }, { PATH: `${scene.root}/../bin:${process.env.PATH}` });
    const calls = readFileSync(log, 'utf8');
    const { token } = scene.github;
    assert.match(calls, / push .*refs\/fleetc\/staging\//m);
    for (const secret of [token, Buffer.from(`x-access-token:${token}`).toString('base64')]) assert.not.ok(calls.includes(secret));
    assert.not.ok(readFileSync(`${scene.root}/.git/config`, 'utf8').includes(token));
  }),
);

test(
  'case 50: GitHub Enterprise: every request below /api/v3, GraphQL at /api/graphql, links without either',
  scenario(
    async (scene) => {
      scene.edit(edited);
      assert.is((await scene.publishOne()).status, 'created');
      assert.ok(scene.requests().some(({ operation }) => operation === 'graphql updateRefs'));
      const [pull] = (await scene.github.state()).pulls;
      assert.not.match(pull?.body ?? '', /api\/v3/);
      await assertSettled(scene);
    },
    undefined,
    { prefix: '/api/v3' },
  ),
);

test('case 50: when a proxy is needed, and which Node can go through one', () => {
  const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost, .corp.example,ghe.local:8443' };
  assert.is(needsProxy('https://api.github.com', env), true);
  assert.is(needsProxy('https://api.github.com', {}), false);
  assert.is(needsProxy('http://api.github.com', env), false);
  assert.is(needsProxy('https://git.corp.example/api/v3', env), false);
  assert.is(needsProxy('https://ghe.local:8443/api/v3', env), false);
  assert.is(needsProxy('https://ghe.local/api/v3', env), true);
  assert.is(needsProxy('https://api.github.com', { ...env, no_proxy: '*' }), false);
  assert.equal(['v20.19.0', 'v22.20.0', 'v22.21.0', 'v24.0.0', 'v23.5.0'].map(readsProxies), [false, false, true, true, false]);
});

test(
  'case 50: the command goes through the proxy, and past it where NO_PROXY says so',
  scenario(async (scene) => {
    scene.edit(edited);
    const seen: string[] = [];
    const proxy = createServer((_, response) => void response.writeHead(502).end());
    proxy.on('connect', (request, client) => {
      seen.push(request.url ?? '');
      const [host = '', port] = (request.url ?? '').split(':');
      const server = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const socket of [server, client]) socket.on('error', () => [server, client].map((each) => each.destroy()));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const env = { GITHUB_TOKEN: scene.github.token, HTTP_PROXY: address, HTTPS_PROXY: address };
      const through = await command(scene, ['--deadline', '1'], env);
      if (readsProxies(process.version)) {
        assert.is(through.status, 0, through.stderr);
        assert.ok(seen.length > 0 && seen.every((each) => each === new URL(scene.github.url).host), seen.join());
        seen.length = 0;
      } else {
        console.log(`not run: case 50, a request through a proxy: Node ${process.version} cannot`);
        assert.match(through.stderr, /cannot go through a proxy/);
        assert.is(through.status, 1);
        assert.equal(scene.requests(), []);
      }
      const past = await command(scene, [], { ...env, NO_PROXY: '127.0.0.1' });
      assert.is(past.status, 0, past.stderr);
      assert.equal(seen, []);
    } finally {
      proxy.close();
    }
  }),
);

const share = { touched: 5_000, total: 10_000 };
const none = { added: 0, changed: 1, removed: 0, restarted: 0 };

/** A fleet of 10,000 in which 5,000 clusters each change in their own way. */
const large = (names: (i: number) => string): PlanReport => ({
  version: 1,
  fleet: 'test',
  base: { kind: 'git', ref: 'main' },
  summary: {
    risk: 'high',
    files: { created: 0, updated: 5_000, deleted: 0 },
    objects: none,
    clusters: share,
    regions: share,
    rings: share,
  },
  causes: [],
  risks: Array.from({ length: 20 }, (_, i) => ({
    code: 'risk/object-deleted',
    severity: 'high',
    what: `Object ${i} goes.`,
    why: 'It is gone.',
    check: 'Look.',
    object: `ConfigMap a/${names(i)}`,
    clusters: [names(i)],
  })),
  groups: [],
  classes: Array.from({ length: 5_000 }, (_, i) => ({
    id: i.toString(16).padStart(12, '0'),
    title: names(i),
    severity: 'low',
    clusters: [names(i)],
    exemplar: names(i),
    changes: [
      {
        change: 'changed',
        object: { apiVersion: 'v1', kind: 'ConfigMap', name: names(i) },
        restarts: false,
        risks: [],
        diff: `@@ -1 +1 @@\n-a: ${i} ghp_abcdefghijklmnopqrstuvwxyz0123456789\n+a: \`\`\`${names(i)}\n`,
      },
    ],
  })),
  clusters: [],
  files: [],
});

const trailers = { 'Compiled-Tree': 'a', 'Inventory-Digest': 'b', 'Compiler-Version': '0.1.0', 'Output-Root': 'c', 'Change-Digest': 'd' };
const group = { name: 'fleet', title: 'the fleet', deltas: [] };

test('case 47: 5,000 classes: at most 60,000 characters, fences and details closed, all risks', () => {
  const report = large((i) => `cluster-${i}`);
  const { text, title } = bodyOf({
    group,
    report,
    trailers,
    order: 'Pull request 1 of 2.',
    postponed: ['base/parts/a/b'],
    budget: 59_000,
    hasBoxes: true,
  });
  const body = withOurPart('', {
    marker: { v: 1, group: 'fleet', base: 'main', tree: 'a', change: 'b', order: 'c', title: 'd', text: 'e' },
    text,
  });
  assert.ok(body.length <= 60_000, String(body.length));
  assert.ok(title.length <= 250);
  for (let i = 0; i < 20; i++) assert.match(text, new RegExp(`cluster-${i}\\b`));
  assert.is(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  const shown = text.match(/<details>/g)?.length ?? 0;
  const left = Number(
    /(\d[\d,]*) (?:of 5,000 |more )?(?:diff )?classes/.exec(text.slice(text.lastIndexOf('</details>')))?.[1]?.replace(',', '') ??
      Number.NaN,
  );
  assert.ok(shown < 5_000);
  assert.ok(Number.isNaN(left) || left <= 5_000);
});

test('case 48: names made to break out: no mention, no end of our part, and a marker that is read', () => {
  const report = large((i) => `x|\`@org/team\` --> <!-- fleetc:end --> #12 😀${i}`);
  const { text } = bodyOf({ group, report, trailers, order: '', postponed: [], budget: 59_000, hasBoxes: true });
  const body = withOurPart('Mine.', {
    marker: { v: 1, group: 'fleet', base: 'main', tree: 'a', change: 'b', order: 'c', title: 'd', text: 'e' },
    text,
  });
  const part = ourPart(body);
  assert.is(part?.text, text);
  assert.is(part?.after.trim(), '');
  assert.not.match(text.replace(/```[\s\S]*?```/g, ''), /(^|[\s>|])@org\/team/);
  assert.not.match(body, /\p{Surrogate}/u);
});

test.run();
