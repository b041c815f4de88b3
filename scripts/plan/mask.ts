/** Private keys, tokens, and credentials in URLs and configurations: what must not leave the repository in a comment. */
const secret = new RegExp(
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/,
    /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/,
    /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
    /\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{35}/,
    /(?<=\b[Bb]earer )[\w.~+/-]{20,}=*/,
    /(?<=\/\/[^\s/:@'"]*:)[^\s/@'"]+(?=@)/,
    /(?<=\b(?:access_?key|secret_?key|secret_?access_?key|password|passwd|bearer_token|client_secret|sas_token|api_?key|auth_?token)\\?["']?\s*[:=]\s*\\?["']?)[^\s"'\\{$<,]{4,}/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

/** Hides secrets. The same secret is the same `(masked 1)`, so that a change of it can be seen. */
export function masker(): (text: string) => string {
  const known = new Map<string, number>();
  return (text) =>
    text.replace(secret, (found) => {
      const number = known.get(found) ?? known.size + 1;
      known.set(found, number);
      return `(masked ${number})`;
    });
}

/** For texts of which no two are compared. */
export const masked = (text: string): string => text.replace(secret, '(masked)');
