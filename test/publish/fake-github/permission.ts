import { notFound, Refusal } from './answer.ts';
import type { Level, Permissions, Token } from './fake-github.ts';

const rank: Readonly<Record<Level, number>> = { none: 0, read: 1, write: 2 };

export const isVisible = ({ permissions }: Token): boolean => permissions.metadata !== 'none';
export const mayWrite = ({ permissions }: Token, name: keyof Permissions): boolean => permissions[name] === 'write';

/** A repository that the token cannot see is not there; one that it sees and may not use is forbidden. */
export function demandPermission(token: Token, ways: readonly Partial<Permissions>[]): void {
  if (!isVisible(token)) throw notFound();
  const allowed = ways.some((needed) =>
    Object.entries(needed).every(([name, level]) => rank[token.permissions[name as keyof Permissions]] >= rank[level]),
  );
  if (ways.length === 0 || allowed) return;
  const accepted = ways
    .map((needed) =>
      Object.entries(needed)
        .map(([name, level]) => `${name}=${level}`)
        .join(','),
    )
    .join('; ');
  throw new Refusal(403, `Resource not accessible by ${token.kind === 'user' ? 'personal access token' : 'integration'}`, undefined, {
    'x-accepted-github-permissions': accepted,
  });
}
