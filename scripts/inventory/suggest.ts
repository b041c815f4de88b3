/** The known word that `word` was probably meant to be: a slip or two of the keyboard away. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let least = allowed + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const cost = distance(word.toLowerCase(), candidate.toLowerCase());
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best;
}

/** `Did you mean "x"?`, or else which words there are. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const match = suggest(word, known);
  if (match !== undefined) return `Did you mean "${match}"?`;
  if (!known.length) return undefined;
  const some = known.slice(0, 12).map((name) => `"${name}"`);
  return `Known: ${some.join(', ')}${known.length > some.length ? ` and ${known.length - some.length} more` : ''}.`;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] as number) + 1);
      row.push(cost);
    }
    [before, above] = [above, row];
  }
  return above[b.length] as number;
}
