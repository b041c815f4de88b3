import type { Directory, Listed } from './directory.ts';
import type { Writer } from './normal-form.ts';
import { type ObjectChange, objectOf } from './object-change.ts';
import { ownValues } from './own-values.ts';

/** A change of an object, and the names of those to which the same happens but for the cluster that each is about. */
export interface Folded {
  readonly change: ObjectChange;
  readonly also: readonly string[];
}

/** The centre has objects about each edge: what happens to all of them alike is told of the first. */
export function folded(changes: readonly ObjectChange[], write: Writer, directory: Directory): readonly Folded[] {
  const alike = new Map<string, { readonly change: ObjectChange; readonly also: string[] }>();
  for (const change of changes) {
    const { name } = objectOf(change).metadata;
    const subject = subjectOf(name, directory);
    const [line] = subject === undefined ? [change.identity] : write.normal([change], ownValues(subject.before, subject.after));
    const first = alike.get(line as string);
    if (first === undefined) alike.set(line as string, { change, also: [] });
    else first.also.push(name);
  }
  return [...alike.values()].map(({ change, also }) => ({ change, also: also.sort() }));
}

/** The cluster whose name is in the name of an object; the longest, since `edge-1` is also in `edge-1-b`. */
export function subjectOf(name: string, directory: Directory): Listed | undefined {
  const words = name.split('-');
  for (let length = words.length; length > 0; length--)
    for (let first = 0; first + length <= words.length; first++) {
      const found = directory.known(words.slice(first, first + length).join('-'));
      if (found !== undefined) return found;
    }
  return undefined;
}
