import { createHash } from 'node:crypto';

/** What a pull request's body says to the next run, hidden from the reader. */
export interface Marker {
  readonly v: 1;
  readonly group: string;
  readonly base: string;
  /** The commit's tree. */
  readonly tree: string;
  /** The commit's `Change-Digest`. */
  readonly change: string;
  /** Digest of what the body says of the groups before this one. */
  readonly order: string;
  /** Digests of the title and the text as written: what differs was changed by somebody. */
  readonly title: string;
  readonly text: string;
  /** Closed by us, since nothing was left to change. */
  readonly retired?: true;
}

const start = /<!-- fleetc:(\{[^\n]*?\}) -->\n?/;
const end = '<!-- fleetc:end -->';
const box = '<!-- fleetc:regenerate -->';

/** Digest of a text; blanks are not told apart, since forges rewrite them. */
export const textDigest = (text: string): string =>
  createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16);

export interface OurPart {
  readonly marker: Marker;
  readonly text: string;
}

/** Our part of a body; the rest belongs to others. */
export function ourPart(body: string | null | undefined): (OurPart & { readonly before: string; readonly after: string }) | undefined {
  const normal = (body ?? '').replaceAll('\r\n', '\n');
  const found = start.exec(normal);
  if (found === null) return undefined;
  const marker = parse(found[1] as string);
  if (marker === undefined) return undefined;
  const from = found.index + found[0].length;
  const to = normal.indexOf(end, from);
  return {
    marker,
    text: normal.slice(from, to < 0 ? undefined : to).trimEnd(),
    before: normal.slice(0, found.index),
    after: to < 0 ? '' : normal.slice(to + end.length),
  };
}

function parse(json: string): Marker | undefined {
  try {
    const value = JSON.parse(json) as Partial<Marker>;
    return value.v === 1 && typeof value.group === 'string' && typeof value.change === 'string' ? (value as Marker) : undefined;
  } catch {
    return undefined;
  }
}

/** A body with our part new and what others wrote kept; behind their text where we had no part yet. */
export function withOurPart(body: string | null | undefined, { marker, text }: OurPart): string {
  const json = JSON.stringify(marker).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  const part = `<!-- fleetc:${json} -->\n${text.trimEnd()}\n${end}`;
  const old = ourPart(body);
  if (old !== undefined) return `${old.before}${part}${old.after}`;
  return (body ?? '').trim() === '' ? `${part}\n` : `${(body as string).trimEnd()}\n\n${part}\n`;
}

/** What others wrote, in characters. */
export function othersLength(body: string | null | undefined): number {
  const part = ourPart(body);
  return part === undefined ? (body ?? '').length : part.before.length + part.after.length;
}

export const regenerateBox = `- [ ] Regenerate this branch, and discard the commits of others on it ${box}`;

export const wantsRegeneration = (body: string | null | undefined): boolean =>
  (body ?? '').split('\n').some((line) => /^\s*[-*] \[[xX]\]/.test(line) && line.includes(box));
