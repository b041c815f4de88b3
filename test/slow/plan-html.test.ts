import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatHtml } from '../../scripts/plan/formats/html.ts';
import { alike, different, firstRing, hostile, nothing, small } from '../plan/formats/reports.ts';

const chromium = process.env.CHROMIUM ?? 'chromium';
const axe = resolve('test/tools/browser/bin/axe.min.js');

const missing = !existsSync(axe)
  ? 'axe-core is missing, run: node test/tools/browser/setup.mjs'
  : spawnSync(chromium, ['--version']).status !== 0
    ? 'there is no chromium; CHROMIUM may name one'
    : undefined;

interface Seen {
  readonly dark: boolean;
  /** Without the scroll bar. */
  readonly width: number;
  readonly contentWidth: number;
  readonly passes: number;
  readonly violations: readonly { readonly id: string; readonly nodes: readonly string[] }[];
}

const pages = {
  nothing: nothing(),
  small: small(),
  alike: alike(300),
  different: different(400, 260),
  firstRing: firstRing(300),
  hostile: hostile(),
};

if (missing !== undefined) {
  test('the page cannot be looked at', () => {
    console.log(`not run: ${missing}`);
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-plan-html-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  const open = (page: string, ...flags: string[]) => {
    const file = join(folder, 'page.html');
    writeFileSync(file, page);
    const { status, stdout, stderr, error } = spawnSync(
      chromium,
      // A container has no sandbox to start; the page is ours, and the network is shut.
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        `--user-data-dir=${join(folder, 'profile')}`,
        '--enable-logging=stderr',
        ...flags,
        '--dump-dom',
        `file://${file}`,
      ],
      { encoding: 'utf8', maxBuffer: 64_000_000, timeout: 120_000, killSignal: 'SIGKILL' },
    );
    if (status !== 0) throw new Error(`chromium ended with ${status ?? error?.message}: ${stderr.slice(-500)}`);
    return { dom: stdout, log: stderr };
  };

  const look = (page: string, { dark, width }: { readonly dark: boolean; readonly width: number }): Seen => {
    const { dom, log } = open(
      checkedBy(page),
      '--virtual-time-budget=60000',
      `--window-size=${width},900`,
      `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
    );
    const found = /<output id="seen">([^<]*)<\/output>/.exec(dom)?.[1];
    if (found === undefined) throw new Error(`axe did not finish: ${log.slice(-500)}`);
    return JSON.parse(decodeURIComponent(found)) as Seen;
  };

  for (const [name, report] of Object.entries(pages))
    for (const dark of [false, true])
      test(`${name}, ${dark ? 'dark' : 'light'}: axe finds nothing, with all folds open`, () => {
        const seen = look(formatHtml(report), { dark, width: 1200 });
        assert.is(seen.dark, dark);
        assert.equal(seen.violations, []);
        assert.ok(seen.passes > 10, `${seen.passes} rules`);
      });

  test('a narrow window: axe finds nothing, and the page does not scroll sideways', () => {
    for (const report of [small(), hostile()]) {
      const seen = look(formatHtml(report), { dark: false, width: 500 });
      assert.equal(seen.violations, []);
      assert.ok(seen.width <= 500);
      assert.is(seen.contentWidth, seen.width);
    }
  });

  test('axe would find a mistake: grey on grey, a page without a language', () => {
    const page = formatHtml(small()).replaceAll('--quiet:#55606c', '--quiet:#c0c4c8').replace('<html lang="en">', '<html>');
    const found = look(page, { dark: false, width: 1200 }).violations.map(({ id }) => id);
    assert.equal(found.sort(), ['color-contrast', 'html-has-lang']);
  });

  test("the page's own policy lets its style sheet pass, and no other", () => {
    const refused = /Content Security Policy/;
    const page = formatHtml(small());
    assert.not.match(open(page).log, refused);
    assert.match(open(page.replace('<style>', '<style>p{color:red}')).log, refused);
    assert.match(open(page.replace('</body>', '<script>document.title = 1</script></body>')).log, refused);
  });
}

/** The page with everything open, without its policy, and with axe, which writes what it found at the end. */
function checkedBy(page: string): string {
  const run = `
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    const say = (seen) => {
      const output = document.createElement('output');
      output.id = 'seen';
      output.textContent = encodeURIComponent(JSON.stringify(seen));
      document.body.append(output);
    };
    const screen = { dark: matchMedia('(prefers-color-scheme: dark)').matches, width: document.documentElement.clientWidth, contentWidth: document.documentElement.scrollWidth };
    axe.run(document, { resultTypes: ['violations'] }).then(
      ({ passes, violations }) => say({ ...screen, passes: passes.length, violations: violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 3).map(({ html }) => html) })) }),
      (error) => say({ ...screen, passes: 0, violations: [{ id: String(error), nodes: [] }] }),
    );`;
  return page
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</body>', () => `<script>${readFileSync(axe, 'utf8')}</script><script>${run}</script></body>`);
}

test.run();
