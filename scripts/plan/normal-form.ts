import type { Edit, IsCommon } from './edits.ts';
import type { ObjectChange } from './object-change.ts';
import type { OwnValues } from './own-values.ts';
import { filled, placeholders } from './placeholders.ts';

/** A cluster's change as text, one line an object: the same text is the same change. */
export type NormalForm = readonly string[];

/** Writes changes as text. What clusters share is written once, however many of them have it. */
export interface Writer {
  /** With placeholders for what is the cluster's own. */
  normal(changes: readonly ObjectChange[], own: OwnValues): NormalForm;
  /** As it is. */
  plain(changes: readonly ObjectChange[]): NormalForm;
}

export function writer(isCommon: IsCommon): Writer {
  const [commonNormal, commonPlain] = [commonText(placeholders(new Map())), commonText(plainText)];
  const lines = (changes: readonly ObjectChange[], spell: Spell, common: (value: unknown) => string): NormalForm => {
    const write = (value: unknown): string => textOf(value, spell, (part) => (isCommon(part) ? common(part) : undefined));
    const edit = ({ path, before, after, common: shared }: Edit): string => {
      const value = shared ? common : write;
      return `[${write(path)},${before === undefined ? '' : value(before)},${after === undefined ? '' : value(after)}]`;
    };
    return changes
      .map(({ change, identity, after, edits, restarts, findings }) => {
        const what = change === 'added' ? write(after) : change === 'removed' ? '' : edits.map(edit).sort().join(' ');
        return `${change} ${write(identity)} ${restarts} ${write([...new Set(findings.map(({ code }) => code))].sort())} ${what}`;
      })
      .sort();
  };
  return {
    normal: (changes, own) => lines(changes, placeholders(own), commonNormal),
    plain: (changes) => lines(changes, plainText, commonPlain),
  };
}

type Spell = (text: string) => string;
const plainText: Spell = (text) => text;

/** The text of shared parts, each made once. */
function commonText(spell: Spell): (value: unknown) => string {
  const known = new WeakMap<object, string>();
  const write = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return textOf(value, spell);
    const text = known.get(value) ?? textOf(value, spell);
    known.set(value, text);
    return text;
  };
  return write;
}

/** JSON with the keys in order. `shortcut` gives the text of a part that is known already. */
function textOf(value: unknown, spell: Spell, shortcut: (part: object) => string | undefined = () => undefined): string {
  if (typeof value === 'string') return JSON.stringify(spell(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const known = shortcut(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, spell, shortcut)).join(',')}]`;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${fields
    .map(([key, item]) => `${JSON.stringify(spell(key))}:${textOf(item, spell, shortcut)}`)
    .sort()
    .join(',')}}`;
}

/** The change of the cluster with these values that has this normal form; undefined where it has no such value. */
export function instantiate(form: NormalForm, own: OwnValues): NormalForm | undefined {
  const lines: string[] = [];
  for (const line of form) {
    const text = filled(line, own, (value) => JSON.stringify(value).slice(1, -1));
    if (text === undefined) return undefined;
    lines.push(text);
  }
  return lines.sort();
}
