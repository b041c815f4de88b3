import type { Diagnostic } from '../../diagnostic.ts';

/** The schema and the rules of the fleet say all there is to say of such an edge. */
export function* check(): Iterable<Diagnostic> {}
