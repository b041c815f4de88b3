/** What went wrong between us and a forge. Holds nothing of what was sent: neither token nor file content. */
export class ForgeFailure extends Error {
  readonly status: number;
  readonly method: string;
  /** With placeholders, such as `/repos/{owner}/{repo}/git/trees`. */
  readonly route: string;
  /** GitHub's own, for its support. */
  readonly requestId: string | undefined;
  /** Nobody knows whether it was applied: the answer never came, or was an error of the server. */
  readonly isLost: boolean;
  /** What the server said. */
  readonly said: string;

  constructor(given: {
    readonly status: number;
    readonly method: string;
    readonly route: string;
    readonly requestId?: string | undefined;
    readonly isLost: boolean;
    readonly said: string;
    readonly advice?: string | undefined;
  }) {
    const { status, method, route, requestId, isLost, said, advice } = given;
    const answer = status === 0 ? said : `${status} ${said}`;
    super([`${method} ${route}: ${answer}`, ...(advice ? [advice] : []), ...(requestId ? [`(request ${requestId})`] : [])].join(' '));
    this.name = 'ForgeFailure';
    this.status = status;
    this.method = method;
    this.route = route;
    this.requestId = requestId;
    this.isLost = isLost;
    this.said = said;
  }
}

/** A run that stops because a person has to do something first. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

/** Takes out whatever looks like a credential, and those that we were given. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text
    .replace(/\s+/g, ' ')
    .replace(/\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]+/g, '***')
    .replace(/(\/\/)[^/@\s]+@/g, '$1***@')
    .replace(/\b(basic|bearer|token) [A-Za-z0-9+/=._~-]{8,}/gi, '$1 ***');
  for (const secret of secrets)
    if (secret.length >= 4) clean = clean.replaceAll(secret, '***').replaceAll(Buffer.from(secret).toString('base64'), '***');
  return clean;
}
