/** A place in a file of the inventory. Lines and columns count from 1; `file` is relative to the repository, with `/`. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters from `column` that the code frame underlines; at least 1, never past the end of the line. */
  readonly length: number;
}

/** A mistake of the user, as a value: all of them are found in one run. Our own bugs throw instead. */
export interface Diagnostic {
  /** `area/what`, such as `inventory/duplicate-name`; stable: people search for it. */
  readonly code: `${string}/${string}`;
  /** The one cluster that it is about, which the message quotes: what is true of many is then said once. */
  readonly cluster?: string;
  readonly severity: 'error' | 'warning';
  /** One sentence that says what is wrong, with the value. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Absent only where no file is at fault, such as an empty `clusters/`. */
  readonly span?: Span;
  /** Other places that take part: the first of two clusters in conflict, the literal behind a call. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

export const about = (cluster: string, diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, cluster });

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(({ severity }) => severity === 'error');

/** Errors first, then by file, line, column, code; diagnostics without a place first. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  const key = ({ severity, span, code }: Diagnostic) =>
    [severity === 'error' ? 0 : 1, span?.file ?? '', span?.line ?? 0, span?.column ?? 0, code] as const;
  const [x, y] = [key(a), key(b)];
  for (const [i, left] of x.entries()) {
    const right = y[i] as typeof left;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
