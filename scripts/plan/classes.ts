import { createHash } from 'node:crypto';
import { instantiate, type NormalForm, type Writer } from './normal-form.ts';
import type { ObjectChange } from './object-change.ts';
import type { OwnValues } from './own-values.ts';

/** A cluster and what happens to its objects. */
export interface Changed {
  readonly cluster: string;
  readonly own: OwnValues;
  readonly changes: readonly ObjectChange[];
}

/** Clusters whose change is the same but for what is their own. */
export interface ChangeClass<C extends Changed> {
  /** The first 48 bits of SHA-256 over the normal form. */
  readonly id: string;
  /** With a member's own values filled in, it is that member's change. */
  readonly form: NormalForm;
  /** In the order in which they were given. */
  readonly members: readonly C[];
}

/** Of more forms than this, the rarer ones are not tried on clusters that have another: that would take time without end. */
const mostForms = 8;

/**
 * The classes of clusters. Two clusters are in one if their normal forms are equal. A cluster whose name is also a word of its configuration
 * has placeholders at places where the others have the word: it joins those whose form, filled with its values, is its change.
 */
export function classesOf<C extends Changed>(changed: readonly C[], write: Writer): readonly ChangeClass<C>[] {
  const byForm = new Map<string, { readonly form: NormalForm; readonly members: C[] }>();
  for (const one of changed) {
    const form = write.normal(one.changes, one.own);
    const id = digest(form);
    const same = byForm.get(id);
    if (same === undefined) byForm.set(id, { form, members: [one] });
    else same.members.push(one);
  }
  const words = firstWords(changed);
  const comparable = new Map<string, [string, { readonly form: NormalForm; readonly members: readonly C[] }][]>();
  for (const entry of byForm) {
    const [first] = entry[1].members;
    const key =
      first === undefined
        ? ''
        : digest(
            write
              .plain(first.changes)
              .map((line) => withoutWords(line, words))
              .sort(),
          );
    comparable.set(key, [...(comparable.get(key) ?? []), entry]);
  }
  const order = new Map(changed.map((one, i) => [one, i]));
  return [...comparable.values()].flatMap((forms) => {
    if (forms.length === 1) return forms.map(([id, { form, members }]) => ({ id, form, members }));
    return covered(forms, write).map(({ id, form, members }) => ({
      id,
      form,
      members: [...members].sort((a, b) => (order.get(a) as number) - (order.get(b) as number)),
    }));
  });
}

/** The fewest forms that explain all, by taking the one that explains most until nothing is left. */
function covered<C extends Changed>(
  forms: readonly [string, { readonly form: NormalForm; readonly members: readonly C[] }][],
  write: Writer,
): readonly ChangeClass<C>[] {
  const bySize = [...forms].sort(([a, { members: x }], [b, { members: y }]) => y.length - x.length || (a < b ? -1 : 1));
  const tried = bySize.slice(0, mostForms);
  const rest = new Set(bySize.flatMap(([, { members }]) => members));
  const plain = new Map([...rest].map((one) => [one, write.plain(one.changes).join('\n')]));
  const explained = tried.map(([id, { form, members }]) => {
    const own = new Set(members);
    return { id, form, members: [...rest].filter((one) => own.has(one) || instantiate(form, one.own)?.join('\n') === plain.get(one)) };
  });
  const classes: ChangeClass<C>[] = [];
  for (;;) {
    const left = explained.map(({ id, form, members }) => ({ id, form, members: members.filter((one) => rest.has(one)) }));
    const best = left.reduce<ChangeClass<C> | undefined>(
      (most, one) => (one.members.length > (most?.members.length ?? 0) ? one : most),
      undefined,
    );
    if (best === undefined) break;
    classes.push(best);
    for (const one of best.members) rest.delete(one);
  }
  for (const [id, { form, members }] of bySize) {
    const left = members.filter((one) => rest.has(one));
    if (left.length > 0) classes.push({ id, form, members: left });
    for (const one of left) rest.delete(one);
  }
  return classes;
}

const digest = (form: NormalForm): string => createHash('sha256').update(form.join('\n')).digest('hex').slice(0, 12);

/** The first word of each value that is a cluster's own; undefined where one has no word, and could be anywhere. */
function firstWords(changed: readonly Changed[]): ReadonlySet<string> | undefined {
  const words = new Set<string>();
  for (const { own } of changed)
    for (const value of own.values()) {
      const first = /[A-Za-z0-9]+/.exec(value)?.[0];
      if (first === undefined) return undefined;
      words.add(first);
    }
  return words;
}

/** The line without the texts that could hold a value of some cluster: lines that differ here are of different changes for certain. */
const withoutWords = (line: string, words: ReadonlySet<string> | undefined): string =>
  line.replace(/"(?:[^"\\]|\\.)*"/g, (text) => {
    const found = (JSON.parse(text) as string).match(/[A-Za-z0-9]+/g) ?? [];
    return words === undefined || found.some((word) => words.has(word)) ? '"*"' : text;
  });
