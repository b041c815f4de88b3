/** GitHub takes 65,536 characters of a body, and does not say of what kind: 60,000 of them and 65,000 bytes are safe either way. */
export const bodyBudget = 60_000;

/** What a text takes of a budget: characters, or bytes in the proportion of the two limits where those are more. Never more for the whole than for its parts. */
export const weight = (text: string): number => Math.max(text.length, Math.ceil((Buffer.byteLength(text) * 60) / 65));

/** The first rows that fit, each on a line of its own. */
export function rowsWithin(rows: readonly string[], room: number): readonly string[] {
  let used = 0;
  const end = rows.findIndex((row) => {
    used += weight(row) + 1;
    return used > room;
  });
  return end === -1 ? rows : rows.slice(0, end);
}
