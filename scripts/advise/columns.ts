/** A table as text: a line a row, columns aligned, cells of `right` columns to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => Array.from({ length: Math.max(widest.length, row.length) }, (_, i) => Math.max(widest[i] ?? 0, (row[i] ?? '').length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
