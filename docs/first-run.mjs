// The whole way of a change, in a folder of its own: a bare repository, an edit of the inventory, the plan, a branch and the text of its pull
// request. No account, no network, nothing outside of the folder is touched: npm run first-run [-- FOLDER]
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = join(import.meta.dirname, '..');
const asked = process.argv[2];
if (asked !== undefined && existsSync(asked)) {
  console.error(`${asked} is there already: name a folder that is not`);
  process.exit(2);
}
const folder = asked === undefined ? mkdtempSync(join(tmpdir(), 'fleetc-first-run-')) : resolve(asked);
const [bare, fleet] = [join(folder, 'fleet.git'), join(folder, 'fleet')];

// Nobody's settings, so that this does the same everywhere.
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GITHUB_TOKEN', 'GH_TOKEN']) delete env[name];
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, env, encoding: 'utf8' });
const git = (...args) => run('git', '-C', fleet, '-c', 'user.name=A person', '-c', 'user.email=person@fleet.example', ...args);
const fleetc = (...args) => {
  say(`$ fleetc ${args.join(' ')}`);
  const out = run(process.execPath, join(repository, 'dist/scripts/cli.js'), '--root', fleet, ...args);
  say(out.trimEnd());
  return out;
};
const say = (text) => process.stdout.write(`${text}\n`);
const step = (text) => say(`\n## ${text}\n`);

step('A bare repository with the fleet on main');
mkdirSync(fleet, { recursive: true });
run('git', 'init', '--quiet', '--bare', '--initial-branch=main', bare);
git('init', '--quiet', '--initial-branch=main');
for (const part of ['clusters', 'base', 'overlays', 'generated']) cpSync(join(repository, part), join(fleet, part), { recursive: true });
git('add', '.');
git('commit', '--quiet', '--message=The fleet');
git('remote', 'add', 'origin', bare);
git('push', '--quiet', '--set-upstream', 'origin', 'main');
say(bare);

step('A person edits the inventory: scrape every 15 seconds');
const file = join(fleet, 'clusters/fleet.ts');
writeFileSync(file, readFileSync(file, 'utf8').replace("regions: ['kr'],", "regions: ['kr'],\n  scrapeInterval: '15s',"));
say(git('diff', '--unified=1', '--', 'clusters').trimEnd());

step('What it does to the fleet');
fleetc('plan');

step('The branch and the text of its pull request');
const body = join(folder, 'pull-request.md');
fleetc('publish', '--to', 'git', '--body', body);
say(`\n$ git log fleetc/fleet\n${run('git', '-C', bare, 'log', '--stat=100', '--max-count=1', 'fleetc/fleet').trimEnd()}`);
say(`\n$ head ${body}\n${readFileSync(body, 'utf8').split('\n').slice(0, 30).join('\n')}`);

step('Once more: nothing is left to write');
fleetc('publish', '--to', 'git', '--body', body);

say(`\nAll of it is in ${folder}: merge fleetc/fleet, or delete the folder.`);
