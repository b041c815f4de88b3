import { html, type Markup } from './markup.ts';

/** A unified diff: the text stays what it is, signs and all, so that it reads without colours and copies whole. */
export function diffMarkup(lines: readonly string[]): Markup {
  const parts: Markup[] = [];
  let at = 0;
  while (at < lines.length) {
    const sign = signOf(lines[at]);
    const from = at;
    while (at < lines.length && signOf(lines[at]) === sign) at += 1;
    const run = lines.slice(from, at);
    if (sign !== '-') {
      parts.push(plainRun(sign, run));
      continue;
    }
    const to = at;
    while (at < lines.length && signOf(lines[at]) === '+') at += 1;
    const next = lines.slice(to, at);
    // A line in place of a line: what differs within it stands out.
    const pairs = run.length === next.length ? run.map((line, index) => differing(line, next[index] as string)) : undefined;
    parts.push(html`<del>${pairs?.map(([before]) => before) ?? plainLines(run)}</del>`);
    if (next.length > 0) parts.push(html`<ins>${pairs?.map(([, after]) => after) ?? plainLines(next)}</ins>`);
  }
  return html`<pre class="diff"><code>${parts}</code></pre>`;
}

const signOf = (line: string | undefined): string =>
  line?.startsWith('@@') ? '@' : line?.startsWith('+') || line?.startsWith('-') ? line.slice(0, 1) : ' ';

const plainRun = (sign: string, lines: readonly string[]): Markup =>
  sign === '+' ? html`<ins>${plainLines(lines)}</ins>` : sign === '@' ? html`<i>${plainLines(lines)}</i>` : html`${plainLines(lines)}`;

const plainLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Two lines without their signs, from the first character that differs to the last. */
function differing(before: string, after: string): readonly [Markup, Markup] {
  const [old, fresh] = [Array.from(before.slice(1)), Array.from(after.slice(1))];
  const short = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < short && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < short - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const marked = (sign: string, line: readonly string[]) => {
    const middle = line.slice(head, line.length - tail).join('');
    return html`${sign}${line.slice(0, head).join('')}${middle === '' ? '' : html`<b>${middle}</b>`}${line.slice(line.length - tail).join('')}\n`;
  };
  return [marked('-', old), marked('+', fresh)];
}
