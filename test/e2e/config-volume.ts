import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Writes files as the kubelet mounts a ConfigMap: in a folder of their own behind the link `..data`, which is swapped whole when they
 * change. Who watches a file, or its folder, sees neither change.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/volume/util/atomic_writer.go
 */
export function mountFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, '..data');
  const last = existsSync(data) ? join(folder, readlinkSync(data)) : undefined;
  const next = mkdtempSync(join(folder, '..version-'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(next, file), text);
  symlinkSync(basename(next), `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  const mounted = readdirSync(folder).filter((file) => !file.startsWith('..'));
  for (const file of Object.keys(files)) if (!mounted.includes(file)) symlinkSync(join('..data', file), join(folder, file));
  for (const file of mounted) if (!(file in files)) rmSync(join(folder, file));
  if (last !== undefined) rmSync(last, { recursive: true });
}
