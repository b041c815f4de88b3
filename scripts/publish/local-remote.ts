// [IO]
import { Refusal } from './failure.ts';
import type { LocalObjects } from './local-objects.ts';
import type { Remote } from './remote.ts';

/** The remote as the clone last saw it: for a look without a token. Nothing can be written to it. */
export function localRemote(objects: LocalObjects): Remote {
  const { git } = objects;
  const tip = (branch: string) =>
    [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]
      .map((ref) => git.ask(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))
      .find((sha) => sha !== undefined);
  return {
    async readBranch(branch) {
      const sha = tip(branch);
      if (sha === undefined) throw new Refusal(`This clone has no branch ${branch}: name the base with --base, or give a token.`);
      return objects.snapshot(sha);
    },
    readBlobs: async (shas) => objects.blobs(shas),
    async readHeads(prefix) {
      const rows =
        git.ask(['for-each-ref', '--format=%(objectname) %(refname:lstrip=3)', `refs/remotes/origin/${prefix}`])?.split('\n') ?? [];
      return new Map(rows.filter((row) => row !== '').map((row): [string, string] => [row.slice(41), row.slice(0, 40)]));
    },
    commitsBetween: async (base, head) => objects.commitsBetween(base, head),
    sweep: async () => {},
    readCommit: async (sha) => objects.commit(sha),
    readTree: async (sha) => objects.tree(sha),
    writeCommit: () => Promise.reject(new Error('bug: a clone is only looked at')),
    moveBranches: () => Promise.reject(new Error('bug: a clone is only looked at')),
  };
}
