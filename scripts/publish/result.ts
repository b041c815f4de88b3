/** What became of one group: the JSON of `fleetc publish --json` holds one for each. */
export interface GroupResult {
  readonly group: string;
  readonly branch: string;
  /**
   * `adopted`: a pull request was there that we did not open. `retired`: nothing is left to change, so it was closed. `declined`: a person closed a
   * pull request with this very change. `deferred`: in the merge queue. `blocked`: commits of others are on the branch.
   */
  readonly status: 'created' | 'updated' | 'unchanged' | 'adopted' | 'retired' | 'declined' | 'deferred' | 'blocked';
  readonly files: number;
  /** Newest commit of the branch. */
  readonly head?: string;
  readonly tree?: string;
  readonly pull?: { readonly number: number; readonly url: string };
  /** Where the text of the pull request was written. */
  readonly body?: string;
  readonly warnings: readonly string[];
  readonly reason?: string;
}

/** Blocked is somebody's turn. */
export const exitCodeOf = (results: readonly GroupResult[]): 0 | 1 => (results.some(({ status }) => status === 'blocked') ? 1 : 0);

export function formatResults(results: readonly GroupResult[]): string {
  if (results.length === 0) return 'Nothing to publish: the base branch holds what the inventory compiles to.';
  const lines = results.flatMap(({ group, branch, status, files, pull, head, body, warnings, reason }) => [
    `${status.padEnd(9)} ${group}: ${[branch, ...(head ? [head.slice(0, 12)] : []), ...(files > 0 ? [`${files} files`] : []), ...(pull ? [pull.url] : [])].join(', ')}`,
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...(body === undefined ? [] : [`  text: ${body}`]),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ]);
  return lines.join('\n');
}
