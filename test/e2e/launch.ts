import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from './pod.ts';
import { type Running, start } from './processes.ts';
import { defaultsOf, type Loopback, type Replacement, replaced, replacementsOf } from './replacements.ts';

/** The bytes of Secrets, which no manifest holds: by Secret and key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Launch {
  readonly name: string;
  readonly program: string;
  readonly container: Container;
  /** By the port that the container listens on. */
  readonly listen: Readonly<Record<number, number>>;
  readonly reach?: Loopback['reach'];
  readonly secrets?: Secrets;
  /** A volume that another container of the pod has too: by its name. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** What the kubelet mounts without being asked. */
  readonly paths?: Readonly<Record<string, string>>;
  /** A configuration file before the replacements: discovery, times. */
  readonly edit?: (file: string, text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts what a container would start, in a folder of its own. */
export function launch(
  folder: string,
  { name, program, container, listen, reach = {}, secrets = {}, volumes = {}, edit, ...more }: Launch,
): Running {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const paths: Record<string, string> = { ...more.paths };
  for (const { path, from } of container.mounts)
    paths[path] =
      from.kind === 'host' ? from.path : from.kind === 'volume' ? (volumes[from.name] ?? join(own, from.name)) : join(own, path.slice(1));
  const table = replacementsOf({ listen, reach, paths });
  const used = new Set<Replacement>();
  for (const { path, from } of container.mounts) {
    const place = paths[path] ?? '';
    if (from.kind !== 'host') mkdirSync(place, { recursive: true });
    if (from.kind === 'files')
      for (const [file, text] of Object.entries(from.files))
        writeFileSync(join(place, file), replaced(edit?.(file, text) ?? text, table, used));
    if (from.kind === 'secret') {
      const secret = secrets[from.name];
      if (secret === undefined) throw new Error(`${name} mounts Secret ${from.name}, which this run does not have`);
      const items = from.items.length > 0 ? from.items : Object.keys(secret).map((key) => ({ key, path: key }));
      for (const item of items) writeFileSync(join(place, item.path), secret[item.key] ?? missing(`${from.name} has no key ${item.key}`));
    }
  }
  const emitted = [...container.args, ...defaultsOf(program, container.args)];
  const args = emitted.map((arg) => replaced(arg, table, used));
  const unused = table.filter((each) => each.what === 'address' && !used.has(each));
  if (unused.length > 0) throw new Error(`${name}: nothing says ${unused.map(({ find }) => find).join(', ')}`);
  return start(name, program, args, { ...container.env, ...more.env }, folder);
}

const missing = (what: string): never => {
  throw new Error(what);
};
