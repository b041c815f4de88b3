/** As much of GitHub's Markdown as tells whether a body is whole. */
export interface Structure {
  /** Lines outside fences. */
  readonly lines: readonly string[];
  readonly fences: readonly { readonly language: string; readonly text: string }[];
  readonly open: boolean;
}

export function structureOf(markdown: string): Structure {
  const lines: string[] = [];
  const fences: { language: string; text: string }[] = [];
  let closing: RegExp | undefined;
  for (const line of markdown.split('\n')) {
    const opening = /^(`{3,})(\w*)$/.exec(line);
    const last = fences.at(-1);
    if (closing !== undefined && last !== undefined) {
      if (closing.test(line)) closing = undefined;
      else last.text += `${line}\n`;
    } else if (opening !== null) {
      closing = new RegExp(`^ {0,3}\`{${opening[1]?.length},} *$`);
      fences.push({ language: opening[2] ?? '', text: '' });
    } else lines.push(line);
  }
  return { lines, fences, open: closing !== undefined };
}

/** What GitHub would look through for mentions and references. */
export const outsideCode = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/<code>[^<]*<\/code>/g, '')
    .replace(/`[^`\n]+`/g, '');

/** Tables as the number of their rows and whether all rows have as many cells as the head. */
export function tablesOf(lines: readonly string[]): { readonly head: string; readonly rows: readonly string[]; readonly even: boolean }[] {
  const tables: { head: string; rows: string[]; even: boolean }[] = [];
  let current: { head: string; rows: string[]; even: boolean } | undefined;
  for (const line of lines) {
    if (!line.startsWith('|')) current = undefined;
    else if (current === undefined) {
      current = { head: line, rows: [], even: true };
      tables.push(current);
    } else {
      if (!/^\|[ :|-]+$/.test(line) || current.rows.length > 0) current.rows.push(line);
      current.even &&= cells(line) === cells(current.head);
    }
  }
  return tables;
}

const cells = (line: string): number => line.split('|').length;
