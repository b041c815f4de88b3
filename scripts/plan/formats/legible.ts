import type { PlanReport } from '../../../generated/types/plan.d.ts';

/**
 * What a reader cannot see, or what makes a reader see something else: controls of a terminal and of the direction of text, invisible
 * letters, halves of a surrogate pair. Names come from people, and some of them are strangers with a fork.
 */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Surrogate}]/gu;

const visible = (text: string): string => text.replace(unseen, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);

const oneLine = (text: string): string => visible(text.replace(/\s+/gu, ' ').trim());

/** The same report with every text on one line but the diffs, and nothing in it that hides. */
export const legible = (report: PlanReport): PlanReport => map(report, '') as PlanReport;

function map(value: unknown, key: string): unknown {
  if (typeof value === 'string') return key === 'diff' ? visible(value) : oneLine(value);
  if (Array.isArray(value)) return value.map((element) => map(element, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, map(element, name)]));
}

/** At most so many UTF-16 units, cut between characters. */
export const clip = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
