// Everything on docs/choosing-an-option.md and under "Which option?" in README.md that a command says, and the chart: runs the commands and
// writes what they print between the markers. Needs a build: node docs/choosing-an-option/build.mjs [--check] [--built DIR]
//   --check  writes nothing; exits 1 if something is not what the commands print now
//   --built  the folder of the compiled compiler, dist unless said
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chart } from './chart.mjs';
import { costsBySize } from './costs.mjs';
import { tables } from './tables.mjs';

const { values: given } = parseArgs({ options: { check: { type: 'boolean', default: false }, built: { type: 'string' } } });
const repository = join(import.meta.dirname, '../..');
const built = given.built === undefined ? join(repository, 'dist') : resolve(given.built);
const command = 'npm run docs';

// The fleets of the page, where commands that write do no harm.
const folder = mkdtempSync(join(tmpdir(), 'fleetc-choosing-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const examples = ['bad-network', 'autonomous'].map((fleet) => `docs/choosing-an-option/${fleet}`);
for (const path of ['clusters', 'base', 'overlays', 'generated', ...examples.map((root) => `${root}/clusters`)])
  cpSync(join(repository, path), join(folder, path), { recursive: true });

/** As a clone has them: what was compiled of the examples is gone. */
function fresh() {
  for (const root of examples)
    for (const path of ['base', 'overlays', 'generated']) rmSync(join(folder, root, path), { recursive: true, force: true });
  forgetOutput();
}

const printed = new Map();

/** What a command prints. It may exit with 1: that is its answer. */
function fleetc(args) {
  if (args[0] === 'compile') forgetOutput();
  const key = args.join(' ');
  if (!printed.has(key)) printed.set(key, run(args));
  return printed.get(key);
}

/** Only these two look at what is compiled. */
function forgetOutput() {
  for (const key of printed.keys()) if (/\b(status|compile)\b/.test(key)) printed.delete(key);
}

function run(args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(built, 'scripts/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
    maxBuffer: 64_000_000,
  });
  if (error) throw error;
  if (status > 1 || stdout === '') throw new Error(`fleetc ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout.trimEnd();
}

const json = (...args) => JSON.parse(fleetc(['--json', ...args]));
const costs = costsBySize(json, folder);
const tableOf = await tables({ json, costs, built });

/** `recommend cluster-05 | "In the centre", …`: a command, and the paragraphs of its output to keep; all unless said. */
function consoleOf(marker) {
  const [line, kept] = marker.split(' | ');
  const commands = line.split('; ');
  const out = commands.flatMap((one) => {
    const [args, discarded] = one.split(' > /dev/null');
    const text = fleetc(args.split(' '));
    return discarded === undefined ? [text] : [];
  });
  const shown = kept === undefined ? out.join('\n') : paragraphs(out.join('\n'), JSON.parse(`[${kept}]`), marker);
  return ['```console', ...commands.map((one) => `$ npm run --silent fleetc -- ${one}`), shown, '```'].join('\n');
}

/** The paragraphs that begin so, and a mark where others are left out. */
function paragraphs(text, kept, marker) {
  const all = text.split('\n\n');
  const chosen = kept.map((start) => {
    const found = all.findIndex((paragraph) => paragraph.trimStart().startsWith(start));
    if (found < 0) throw new Error(`${marker}: no paragraph begins with "${start}"`);
    return found;
  });
  const lines = [];
  let next = 0;
  for (const index of chosen) {
    if (index > next) lines.push('[...]');
    lines.push(all[index]);
    next = index + 1;
  }
  if (next < all.length) lines.push('[...]');
  return lines.join('\n\n');
}

const generated = (marker) => {
  const [, kind, text] = /^(fleetc|table) (.+)$/.exec(marker) ?? [];
  if (kind === undefined) throw new Error(`"${marker}" is neither a command nor a table`);
  if (kind === 'fleetc') return consoleOf(text);
  if (tableOf[text] === undefined) throw new Error(`there is no table "${text}"`);
  return tableOf[text]();
};

const page = (path) => {
  fresh();
  const text = readFileSync(join(repository, path), 'utf8');
  return text.replace(
    /(<!-- ((?:fleetc|table) .+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin, marker, end) => `${begin}${generated(marker)}\n${end}`,
  );
};

const wanted = {
  'docs/choosing-an-option.md': page('docs/choosing-an-option.md'),
  'docs/choosing-an-option/costs.svg': chart(costs),
  'README.md': page('README.md'),
};
for (const [path, text] of Object.entries(wanted)) {
  const file = join(repository, path);
  let found = '';
  try {
    found = readFileSync(file, 'utf8');
  } catch {}
  if (found === text) continue;
  if (!given.check) writeFileSync(file, text);
  else process.exitCode = 1;
  console.log(
    given.check ? `${path} is not what the commands print now: run ${command}\n${firstDifference(found, text)}` : `${path} written`,
  );
}

function firstDifference(found, text) {
  const [before, after] = [found.split('\n'), text.split('\n')];
  const line = after.findIndex((one, i) => one !== before[i]);
  return `  line ${line + 1}\n  - ${before[line] ?? ''}\n  + ${after[line] ?? ''}`;
}
