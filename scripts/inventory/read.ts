import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostic.ts';

/** The texts of the inventory by path, relative to the repository and with `/`; in the order of paths. */
export type Sources = ReadonlyMap<string, string>;

const folder = 'clusters';
const fleetFile = `${folder}/fleet.ts`;

/** What a person writes stays far below; what is beyond is a mistake or an attack. */
const limits = { files: 20_000, bytes: 1024 * 1024, allBytes: 64 * 1024 * 1024, depth: 32 };

/** Reads every `*.ts` under `clusters/`. Nothing outside of it is touched: a symbolic link is refused, not followed. */
export function readSources(root: string): { readonly sources: Sources; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, string>();
  if (!isFolder(root, diagnostics)) return { sources, diagnostics };
  for (const path of typescriptFiles(root, diagnostics)) {
    const text = readText(root, path, diagnostics);
    if (text !== undefined) sources.set(path, text);
  }
  if (!sources.has(fleetFile) && !diagnostics.some(({ span }) => span?.file === fleetFile))
    diagnostics.push({
      code: 'inventory/no-fleet',
      severity: 'error',
      message: `there is no ${fleetFile}`,
      hint: 'It says what holds for the whole fleet: export default { name: …, repository: { url: … }, regions: [ … ] } satisfies Fleet',
    });
  return { sources, diagnostics };
}

function typescriptFiles(root: string, diagnostics: Diagnostic[]): string[] {
  const found: string[] = [];
  let bytes = 0;

  function take(path: string): void {
    const { size } = lstatSync(join(root, path));
    if (size > limits.bytes) {
      diagnostics.push(
        at(
          path,
          'inventory/file-too-large',
          `${path} has ${size} bytes; at most ${limits.bytes} are read`,
          'Split it: a file may export a list of clusters, and a cluster may have a file of its own.',
        ),
      );
      return;
    }
    bytes += size;
    found.push(path);
  }

  function enter(path: string, depth: number): void {
    for (const entry of entriesOf(root, path, diagnostics)) {
      const child = `${path}/${entry.name}`;
      if (found.length > limits.files || bytes > limits.allBytes) return;
      if (entry.isSymbolicLink())
        diagnostics.push(
          at(child, 'inventory/symbolic-link', `${child} is a symbolic link`, 'Links are not followed. Put the file itself here.'),
        );
      else if (entry.isDirectory() && depth >= limits.depth)
        diagnostics.push(at(child, 'inventory/limit', `${child} is more than ${limits.depth} folders deep`));
      else if (entry.isDirectory()) enter(child, depth + 1);
      else if (!entry.name.endsWith('.ts') || entry.name.endsWith('.d.ts')) continue;
      else if (entry.isFile()) take(child);
      else diagnostics.push(at(child, 'inventory/unreadable', `${child} is not a file`));
    }
  }

  enter(folder, 0);
  if (found.length > limits.files)
    diagnostics.push({ code: 'inventory/limit', severity: 'error', message: `${folder}/ has more than ${limits.files} files` });
  if (bytes > limits.allBytes)
    diagnostics.push({ code: 'inventory/limit', severity: 'error', message: `${folder}/ has more than ${limits.allBytes} bytes` });
  return found.sort();
}

/** The entries of a folder in the order of their names, so that a limit is met at the same place everywhere. */
function entriesOf(root: string, path: string, diagnostics: Diagnostic[]): readonly Dirent[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    diagnostics.push(at(path, 'inventory/unreadable', `${path} cannot be read: ${reason(error)}`));
    return [];
  }
}

function isFolder(root: string, diagnostics: Diagnostic[]): boolean {
  const found = lstatSync(join(root, folder), { throwIfNoEntry: false });
  if (found?.isDirectory()) return true;
  if (found?.isSymbolicLink())
    diagnostics.push({
      code: 'inventory/symbolic-link',
      severity: 'error',
      message: `${folder}/ is a symbolic link`,
      hint: 'Links are not followed. Put the folder itself here.',
    });
  else
    diagnostics.push({
      code: 'inventory/no-fleet',
      severity: 'error',
      message: `there is no folder ${folder}/`,
      hint: 'Run fleetc in the repository of the fleet, or name it with --root.',
    });
  return false;
}

function readText(root: string, path: string, diagnostics: Diagnostic[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(root, path)));
  } catch (error) {
    diagnostics.push(
      at(path, 'inventory/unreadable', `${path} cannot be read: ${error instanceof TypeError ? 'it is not UTF-8' : reason(error)}`),
    );
    return undefined;
  }
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const at = (file: string, code: Diagnostic['code'], message: string, hint?: string): Diagnostic => ({
  code,
  severity: 'error',
  message,
  ...(hint && { hint }),
  span: { file, line: 1, column: 1, length: 1 },
});
