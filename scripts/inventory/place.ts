import type { Diagnostic, Span } from '../diagnostic.ts';

/** A place that also knows how its value got to where it is used: the calls it came through, the field that names its constant. */
export interface Place extends Span {
  readonly through: readonly { readonly message: string; readonly span: Span }[];
}

/** The diagnostic with the way of the values at its places as related places. */
export function withCalls(diagnostic: Diagnostic): Diagnostic {
  const { related, span, ...rest } = diagnostic;
  const all = [...wayOf(span), ...(related ?? []).flatMap(({ message, span: other }) => [{ message, span: bare(other) }, ...wayOf(other)])];
  return { ...rest, ...(span && { span: bare(span) }), ...(all.length && { related: distinct(all) }) };
}

const wayOf = (span: Span | undefined): Place['through'] => (span && 'through' in span ? (span as Place).through : []);

/** Each place once, by what is said of it first. */
export function distinct<T extends { readonly span: Span }>(places: readonly T[]): T[] {
  const key = ({ span }: T) => `${span.file}:${span.line}:${span.column}`;
  return places.filter((place, i) => places.findIndex((other) => key(other) === key(place)) === i);
}

const bare = ({ file, line, column, length }: Span): Span => ({ file, line, column, length });
