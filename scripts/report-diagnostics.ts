import { createColors } from 'picocolors';
import { compareDiagnostics, type Diagnostic, type Span } from './diagnostic.ts';
import { withCalls } from './inventory/place.ts';

interface TextFormat {
  readonly color: boolean;
  /** Shows the lines around each place. */
  readonly frames: boolean;
}

/** For people: a line each, what to do about it, the other places that take part. `sources` are the texts of the files. */
export function formatText(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  { color, frames }: TextFormat,
): string {
  const colors = createColors(color);
  const texts = told(diagnostics).map((diagnostic) => {
    const { code, severity, message, hint, span, related = [] } = diagnostic;
    const paint = severity === 'error' ? colors.red : colors.yellow;
    const framed = (place: Span | undefined, indent: string): string[] =>
      frames && place ? codeFrame(place, sources, paint, colors.dim).map((line) => indent + line) : [];
    return [
      `${span ? `${colors.bold(placeName(span))}: ` : ''}${paint(severity)}: ${printable(message)} ${colors.dim(`[${code}]`)}`,
      ...framed(span, '  '),
      ...(hint === undefined ? [] : [`  ${printable(hint)}`]),
      ...related.flatMap((other) => [
        `  ${colors.bold(placeName(other.span))}: ${printable(other.message)}`,
        ...framed(other.span, '    '),
      ]),
    ].join('\n');
  });
  return texts.map((text) => `${text}\n`).join(frames ? '\n' : '');
}

/** For GitHub Actions, which shows each at its line: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function formatGitHub(diagnostics: readonly Diagnostic[]): string {
  const lines = told(diagnostics).map(({ code, severity, message, hint, span, related = [] }) => {
    const place = span
      ? [`file=${property(span.file)}`, `line=${span.line}`, `col=${span.column}`, `endColumn=${span.column + span.length}`]
      : [];
    const text = [message, ...(hint === undefined ? [] : [hint]), ...related.map((other) => `${placeName(other.span)}: ${other.message}`)]
      .map(printable)
      .join('\n');
    return `::${severity} ${[...place, `title=${property(code)}`].join(',')}::${data(text)}\n`;
  });
  return lines.join('');
}

/** For programs. */
export function formatJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics.map(withCalls), null, 2)}\n`;
}

/** In order, and once what is the same of many clusters: of the first, and how many more there are. */
function told(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const alike = new Map<string, { readonly first: Diagnostic; readonly clusters: Set<string | undefined> }>();
  for (const diagnostic of diagnostics.map(withCalls).sort(compareDiagnostics)) {
    const { code, cluster, severity, message, hint, span } = diagnostic;
    const key = JSON.stringify([code, severity, span, unnamed(message, cluster), unnamed(hint ?? '', cluster)]);
    const group = alike.get(key) ?? { first: diagnostic, clusters: new Set() };
    alike.set(key, group);
    group.clusters.add(cluster);
  }
  return [...alike.values()].map(({ first, clusters }) => {
    const name = `"${first.cluster}"`;
    return clusters.size === 1 ? first : { ...first, message: first.message.replace(name, () => `${name} and ${clusters.size - 1} more`) };
  });
}

/** A text as it is of every cluster. A name has letters, digits and dashes. */
const unnamed = (text: string, cluster: string | undefined): string =>
  cluster === undefined ? text : text.replace(new RegExp(`(?<![-a-z0-9])${cluster}(?![-a-z0-9])`, 'g'), '…');

const placeName = ({ file, line, column }: Span): string => `${printable(file)}:${line}:${column}`;

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');

/**
 * The text without what moves the cursor, changes colours, or reverses the reading order: it comes from an inventory that
 * anybody may have written.
 */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const point = character.codePointAt(0) as number;
    return point < 0x100 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
  });
}

/** Longer lines are cut around the place. */
const frameWidth = 100;

/** The line before and the line of the place, with numbers, and carets below. */
function codeFrame(
  { file, line, column, length }: Span,
  sources: ReadonlyMap<string, string>,
  paint: (text: string) => string,
  dim: (text: string) => string,
): string[] {
  const lines = sources.get(file)?.split(/\r\n|[\n\r\u2028\u2029]/);
  const text = lines?.[line - 1];
  if (lines === undefined || text === undefined) return [];
  const width = String(line).length;
  const gutter = (number?: number): string => dim(`${String(number ?? '').padStart(width)} |`);
  const from = text.length > frameWidth && column > frameWidth / 2 ? column - 1 - frameWidth / 2 : 0;
  const shown = (whole: string): string => printable(whole.slice(from, from + frameWidth).replaceAll('\t', ' '));
  const before = line > 1 ? [`${gutter(line - 1)} ${shown(lines[line - 2] as string)}`.trimEnd()] : [];
  // What is not printable takes more than one column: the carets follow the text as it is shown.
  const start = shown(text.slice(0, column - 1)).length;
  const end = shown(text.slice(0, column - 1 + length)).length;
  return [...before, `${gutter(line)} ${shown(text)}`, `${gutter()} ${' '.repeat(start)}${paint('^'.repeat(Math.max(1, end - start)))}`];
}
