import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const cli = fileURLToPath(new URL('../scripts/cli.js', import.meta.url));

interface Repository {
  root: string;
}

const test = suite<Repository>('cli');

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'fleetc-cli-'));
  cpSync('clusters', join(context.root, 'clusters'), { recursive: true });
});
test.after.each(({ root }) => rmSync(root, { recursive: true }));

const run = (root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [cli, '--root', root, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });

const edit = (root: string, file: string, from: string, to: string): void => {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
};

test('compile writes, check agrees, and a second compile changes nothing', ({ root }) => {
  const first = run(root, ['compile']);
  assert.is(first.stderr, '');
  assert.is(first.status, 0);
  assert.match(first.stdout, /created, 0 updated, 0 deleted/);
  assert.is(run(root, ['check']).status, 0);
  assert.match(run(root, ['compile']).stdout, /none changed/);
});

test('check names the path that differs and why, and exits with 1', ({ root }) => {
  run(root, ['compile']);
  edit(root, 'overlays/kr/cluster-03/kustomization.yaml', 'REGION=kr', 'REGION=jp');
  rmSync(join(root, 'generated/argocd/params/edge-kr-00/cluster-02.yaml'));
  const { status, stdout } = run(root, ['check']);
  assert.is(status, 1);
  assert.match(stdout, 'generated/argocd/params/edge-kr-00/cluster-02.yaml is missing');
  assert.match(stdout, 'overlays/kr/cluster-03/kustomization.yaml differs from what fleetc compiles');
});

test('check on a repository that was never compiled exits with 1', ({ root }) => {
  assert.is(run(root, ['check']).status, 1);
});

test('a mistake is told with its place, exits with 1, and nothing is written', ({ root }) => {
  edit(root, 'clusters/cluster-02.ts', "'remote-scrape'", "'remote-scrap'");
  const { status, stdout, stderr } = run(root, ['compile']);
  assert.is(status, 1);
  assert.is(stdout, '');
  assert.match(stderr, /^clusters\/cluster-02\.ts:9:11: error: /);
  assert.match(stderr, 'remote-scrape');
  assert.not(existsSync(join(root, 'base')));
});

test('in GitHub Actions a mistake is an annotation', ({ root }) => {
  edit(root, 'clusters/cluster-02.ts', "'remote-scrape'", "'remote-scrap'");
  assert.match(run(root, ['check'], { GITHUB_ACTIONS: 'true' }).stdout, /^::error file=clusters\/cluster-02\.ts,line=9,col=11/m);
});

test('what is wrong with edges that a map made is told once, errors first; --json has each', ({ root }) => {
  writeFileSync(
    join(root, 'clusters/more.ts'),
    `const numbers = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
export default numbers.map((n) => ({
  name: \`edge-\${n}\`, role: 'edge', region: 'kr', option: 'prometheus-agent',
  localAlerts: true,
  nodes: [{ name: 'n', address: \`192.168.101.\${n}\` }],
  network: { ingress: 'none', maxOffline: '1d' },
  delivery: 'agent',
}));
`,
  );
  const { status, stderr } = run(root, ['compile']);
  assert.is(status, 1);
  assert.equal(
    stderr
      .split('\n')
      .filter((line) => /(error|warning): /.test(line))
      .map((line) => line.replace(/^(\S+) (.*?)(may|even).*(\[.*)/, '$1 $2$4')),
    [
      'clusters/more.ts:6:43: error: "edge-1" and 8 more [network/max-offline]',
      'clusters/more.ts:4:16: warning: Alerts have to fire on "edge-1" and 8 more [option/local-alerts]',
    ],
  );
  assert.is(stderr.match(/for this item/g)?.length, 2);
  assert.is(run(root, ['compile'], { GITHUB_ACTIONS: 'true' }).stdout.match(/^::error /gm)?.length, 1);
  const { diagnostics } = JSON.parse(run(root, ['--json', 'compile']).stdout);
  assert.is(diagnostics.filter(({ code }: { code: string }) => code === 'network/max-offline').length, 9);
});

test('--json prints one JSON value: diagnostics, changes, drift, plan, manifests', ({ root }) => {
  assert.is(JSON.parse(run(root, ['--json', 'plan']).stdout).summary.clusters.touched, 4);
  assert.ok(JSON.parse(run(root, ['--json', 'compile']).stdout).changes.length > 100);
  assert.equal(JSON.parse(run(root, ['--json', 'check']).stdout), { drift: [], diagnostics: [] });
  assert.is(JSON.parse(run(root, ['--json', 'render', 'cluster-02']).stdout)[0].kind, 'Namespace');
  edit(root, 'clusters/cluster-02.ts', "'remote-scrape'", "'remote-scrap'");
  assert.is(JSON.parse(run(root, ['--json', 'check']).stdout).diagnostics[0].severity, 'error');
});

test('plan tells what happens to the objects of each cluster, and writes nothing', ({ root }) => {
  run(root, ['compile']);
  edit(root, 'clusters/cluster-03.ts', "size: '5Gi'", "size: '3Gi'");
  const { status, stdout } = run(root, ['plan']);
  assert.is(status, 0);
  for (const told of [
    'cluster-03',
    'StatefulSet edge-metrics/prometheus-agent',
    '-            storage: 5Gi',
    '+            storage: 3Gi',
    'shrinks',
  ])
    assert.match(stdout, told);
  assert.is(run(root, ['check']).status, 1);
});

test('plan compares with a commit where there is one: it names it, and the field that changed', ({ root }) => {
  run(root, ['compile']);
  const git = (...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).status;
  for (const args of [
    ['init', '--quiet', '--initial-branch', 'main'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'x'],
  ])
    assert.is(git(...args), 0);
  edit(root, 'clusters/cluster-03.ts', "size: '5Gi'", "size: '8Gi'");
  run(root, ['compile']);
  for (const args of [[], ['--base', 'main']]) {
    const report = JSON.parse(run(root, ['plan', '--format', 'json', ...args]).stdout);
    assert.equal([report.base.kind, report.base.ref], ['git', 'main']);
    assert.equal(
      report.causes.map(({ file, line, field, before, after }: Record<string, unknown>) => [file, line, field, before, after]),
      [['clusters/cluster-03.ts', 10, 'storage.size', '"5Gi"', '"8Gi"']],
    );
  }
  assert.match(run(root, ['plan', '--format', 'markdown']).stdout, 'cluster-03');
  assert.match(run(root, ['plan', '--format', 'html']).stdout, /^<!doctype html>/i);
  assert.is(run(root, ['plan', '--detailed-exitcode']).status, 3);
  const { status, stderr } = run(root, ['plan', '--base', 'nobody']);
  assert.is(status, 2);
  assert.match(stderr, '--base nobody: git knows no such commit');
});

test('a file of somebody else in an owned folder stays, is told, and is not counted', ({ root }) => {
  run(root, ['compile']);
  writeFileSync(join(root, 'overlays/notes.txt'), 'mine');
  const { status, stdout, stderr } = run(root, ['compile']);
  assert.is(status, 0);
  assert.match(stdout, /none changed/);
  assert.match(stderr, 'overlays/notes.txt was not written by fleetc');
  assert.is(readFileSync(join(root, 'overlays/notes.txt'), 'utf8'), 'mine');
  assert.is(run(root, ['check']).status, 1);
});

test('plan without changes says so, and exits with 0', ({ root }) => {
  run(root, ['compile']);
  const { status, stdout } = run(root, ['plan', '--detailed-exitcode']);
  assert.is(status, 0);
  assert.match(stdout, 'Nothing changes');
});

test('render of an unknown cluster suggests the one that was meant, and exits with 2', ({ root }) => {
  const { status, stderr } = run(root, ['render', 'clster-02']);
  assert.is(status, 2);
  assert.match(stderr, 'Did you mean "cluster-02"?');
});

test('an unknown command or flag exits with 2, help with 0', ({ root }) => {
  assert.is(run(root, ['compil']).status, 2);
  assert.is(run(root, ['check', '--fast']).status, 2);
  assert.is(run(root, ['--help']).status, 0);
});

test('a root without clusters/ is told, not a stack trace', ({ root }) => {
  rmSync(join(root, 'clusters'), { recursive: true });
  const { status, stderr } = run(root, ['compile']);
  assert.is(status, 1);
  assert.match(stderr, 'clusters');
  assert.not.match(stderr, /\n\s+at /);
});

test.run();
