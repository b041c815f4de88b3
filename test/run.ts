// Runs every test file in a process of its own: node dist/test/run.js [--slow] [--time-limit SECONDS] [part of a path]...
// test/slow needs more than npm: it runs only with --slow.
// uvu alone lets three mistakes pass: a file without `test.run()`, a test marked as the only one, and a test that never ends.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { slow: { type: 'boolean', default: false }, 'time-limit': { type: 'string', default: '600' } },
});
const timeLimit = Number(values['time-limit']);
const filesAtOnce = 2;
const slowSeconds = 5;

/** Below the working directory; what runs is beside this file, wherever tsc put it. */
const sources = 'test';
const compiled = fileURLToPath(new URL('.', import.meta.url));

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Everything that the file printed. */
  readonly output: string;
  /** What is wrong with the file as a whole. */
  readonly problem?: string;
}

const total = { passed: 0, failed: 0, skipped: 0 };

const files = filesOf(sources, '.test.ts').filter((file) => values.slow || !file.startsWith('slow/'));
const chosen = files.filter((file) => filters.length === 0 || filters.some((filter) => `${sources}/${file}.test.ts`.includes(filter)));
if (chosen.length === 0) fail('no test file', filters.length === 0 ? `below ${sources}/` : `has ${filters.join(' or ')} in its path`);
for (const file of files)
  if (/\.only\s*\(/.test(readFileSync(join(sources, `${file}.test.ts`), 'utf8'))) fail(file, 'marks a test as the only one');
for (const file of filesOf(compiled, '.test.js'))
  if (!existsSync(join(sources, `${file}.test.ts`))) console.log(`stale: ${join(compiled, file)}.test.js has no source any more`);

const waiting = [...chosen];
await Promise.all(Array.from({ length: filesAtOnce }, worker));

console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function worker(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const start = performance.now();
    const outcome = await run(file);
    const seconds = (performance.now() - start) / 1000;
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
    if (outcome.failed > 0) console.log(`FAILED ${file}${outcome.problem === undefined ? '' : `: ${outcome.problem}`}\n${outcome.output}`);
    else for (const line of outcome.output.match(/^not run:.*$/gm) ?? []) console.log(`${file}: ${line}`);
    if (seconds > slowSeconds) console.log(`${file} took ${seconds.toFixed(1)} s`);
  }
}

function run(file: string): Promise<Outcome> {
  const path = join(compiled, `${file}.test.js`);
  if (!existsSync(path))
    return Promise.resolve({ passed: 0, failed: 1, skipped: 0, output: '', problem: 'is not compiled: npm run build' });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeLimit * 1000);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const ending = late ? `did not end within ${timeLimit} s` : code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`;
      // A process that the test left behind may hold the output open for ever.
      const grace = setTimeout(() => child.stdout.destroy() && child.stderr.destroy(), 1_000);
      child.on('close', () => {
        clearTimeout(grace);
        resolve(judge(Buffer.concat(chunks).toString('utf8'), ending));
      });
    });
  });
}

/** Counts by the summary that uvu prints last. */
function judge(output: string, ending: string | undefined): Outcome {
  const [summary] = [...output.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)].slice(-1);
  if (summary === undefined)
    return { passed: 0, failed: 1, skipped: 0, output, problem: ending ?? 'printed no summary: does it end with test.run()?' };
  const [all = 0, passed = 0, skipped = 0] = summary.slice(1).map(Number);
  const failed = all - passed;
  if (failed > 0) return { passed, failed, skipped, output };
  const problem = ending ?? (all === 0 ? 'holds no test' : undefined);
  return problem === undefined ? { passed, failed, skipped, output } : { passed, failed: 1, skipped, output, problem };
}

/** Files below a folder, without their extension, in order. */
function filesOf(folder: string, extension: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith(extension) && !/(^|\/)(golden|rejects|tools|node_modules)\//.test(path))
    .map((path) => path.slice(0, -extension.length))
    .sort();
}

function fail(file: string, problem: string): void {
  total.failed += 1;
  console.log(`FAILED ${file}: ${problem}`);
}
