const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** Seconds for people, never more than they are: `6h`, `3d`, `1h30m`, `0`. */
export function formatDuration(seconds: number): string {
  let rest = Math.floor(seconds);
  if (rest < 60) return rest === 0 ? '0' : `${rest}s`;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    // A second unit is enough: nobody plans minutes of days.
    if (rest < size || parts.length === 2) continue;
    parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.join('');
}
