import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountFiles } from './config-volume.ts';
import type { Container } from './pod.ts';
import { type Running, start } from './processes.ts';
import { defaultsOf, type Loopback, type Replacement, replaced, replacementsOf } from './replacements.ts';

/** The bytes of Secrets, which no manifest holds: by Secret and key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Launch extends Partial<Loopback> {
  readonly name: string;
  readonly program: string;
  readonly container: Container;
  readonly secrets?: Secrets;
  /** A volume that another container of the pod has too: by its name. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** A configuration file before the replacements: discovery. */
  readonly edit?: (file: string, text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Launched extends Running {
  /** Where the readiness probe asks. */
  readonly probe: string | undefined;
  /** Where the program answers by HTTP, where its probe does. */
  readonly http: number;
  /** Gives the ConfigMap mounted at `path` other files, as a sync of a changed one would; `reach` is for addresses that are new. */
  readonly remount: (path: string, files: Readonly<Record<string, string>>, reach?: Loopback['reach']) => void;
}

/** Starts what a container would start, in a folder of its own. Started again under its name, it finds its volumes as they were left. */
export function launch(
  folder: string,
  { name, program, container, listen = {}, reach = {}, times = {}, secrets = {}, volumes = {}, edit, ...more }: Launch,
): Launched {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const paths: Record<string, string> = { ...more.paths };
  for (const { path, from } of container.mounts)
    paths[path] =
      from.kind === 'host' ? from.path : from.kind === 'volume' ? (volumes[from.name] ?? join(own, from.name)) : join(own, path.slice(1));
  const table = replacementsOf({ listen, reach, paths, times });
  const used = new Set<Replacement>();
  const remount: Launched['remount'] = (path, files, others = {}) => {
    const all = [...replacementsOf({ listen: {}, reach: others, paths: {}, times: {} }), ...table];
    const texts = Object.entries(files).map(([file, text]) => [file, replaced(edit?.(file, text) ?? text, all, used)]);
    mountFiles(paths[path] ?? missing(`${name} mounts nothing at ${path}`), Object.fromEntries(texts));
  };
  for (const { path, from } of container.mounts) {
    const place = paths[path] ?? '';
    if (from.kind === 'files') remount(path, from.files);
    else if (from.kind !== 'host') mkdirSync(place, { recursive: true });
    if (from.kind === 'secret') {
      const secret = secrets[from.name] ?? missing(`${name} mounts Secret ${from.name}, which this run does not have`);
      const items = from.items.length > 0 ? from.items : Object.keys(secret).map((key) => ({ key, path: key }));
      for (const item of items) writeFileSync(join(place, item.path), secret[item.key] ?? missing(`${from.name} has no key ${item.key}`));
    }
  }
  const emitted = [...container.args, ...defaultsOf(program, container.args)];
  const args = emitted.map((arg) => replaced(arg, table, used));
  const unused = table.filter((each) => (each.what === 'address' || each.what === 'time') && !used.has(each));
  if (unused.length > 0) throw new Error(`${name}: nothing says ${unused.map(({ find }) => find).join(', ')}`);
  const { ready } = container;
  const http = listen[ready?.port ?? 0] ?? 0;
  const probe = ready === undefined ? undefined : `${ready.scheme.toLowerCase()}://127.0.0.1:${http}${ready.path}`;
  return Object.assign(start(name, program, args, { ...container.env, ...more.env }, folder), { probe, http, remount });
}

const missing = (what: string): never => {
  throw new Error(what);
};
