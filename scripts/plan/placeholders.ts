import type { OwnValues } from './own-values.ts';

/** A placeholder is `⟨name⟩`; a bracket that was in the text is written twice. */
const escaped = (text: string): string => text.replaceAll('⟨', '⟨⟨');

/** Puts placeholders where the own values of a cluster are whole words: not `edge-1` in `edge-10`, but in `scrape-edge-1`. */
export function placeholders(own: OwnValues): (text: string) => string {
  const roles = new Map<string, string>();
  for (const [role, value] of own) if (value !== '' && !roles.has(value)) roles.set(value, role);
  if (roles.size === 0) return escaped;
  // The longest first: a node's name may begin with the cluster's.
  const values = [...roles.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(
    `⟨|(?<![A-Za-z0-9])(?:${values.map((value) => value.replaceAll(/[^A-Za-z0-9]/g, '\\$&')).join('|')})(?![A-Za-z0-9])`,
    'g',
  );
  return (text) => text.replace(pattern, (found) => (found === '⟨' ? '⟨⟨' : `⟨${roles.get(found)}⟩`));
}

/** Puts the values of a cluster back; undefined where it has no such value. `written` is how a value is spelt in the text. */
export function filled(text: string, own: OwnValues, written: (value: string) => string = (value) => value): string | undefined {
  let lacking = false;
  const whole = text.replace(/⟨⟨|⟨([^⟩]*)⟩/g, (_, role?: string) => {
    if (role === undefined) return '⟨';
    const value = own.get(role);
    if (value === undefined) lacking = true;
    return written(value ?? '');
  });
  return lacking ? undefined : whole;
}
