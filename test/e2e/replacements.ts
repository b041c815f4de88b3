// The one table of what a run on loopback changes in what a container would get. Nothing else is changed: see replacements.test.ts.
import { parse, stringify } from 'yaml';

/** Text that stands for something of Kubernetes, and what stands for it on loopback. */
export interface Replacement {
  readonly what: 'address' | 'port' | 'path' | 'time';
  readonly find: string;
  readonly put: string;
}

/** Ports and addresses on loopback; the places of a table below are filled with them. */
export interface Loopback {
  /** Of this process: by the port that the container listens on. */
  readonly listen: Readonly<Record<number, number>>;
  /** Of others: by the address in the manifests. More than one for a name that DNS resolves to many. */
  readonly reach: Readonly<Record<string, readonly string[]>>;
  /** Where the container's mount paths are. */
  readonly paths: Readonly<Record<string, string>>;
  /** Durations that nobody waits for in a test: by the flag or the YAML as it is emitted, or as `defaultsOf` says it, the shorter one. */
  readonly times: Readonly<Record<string, string>>;
}

/** What a program does without being told, said aloud so that there is something to replace: ports that it opens, times of its WAL and blocks. */
export const defaultsOf = (program: string, args: readonly string[]): readonly string[] => {
  const defaults =
    program === 'thanos' && args[0] === 'receive'
      ? ['--receive.capnproto-address=:19391']
      : program === 'prometheus' && args.includes('--agent')
        ? ['--storage.agent.wal-truncate-frequency=2h', '--storage.agent.retention.min-time=5m', '--storage.agent.retention.max-time=4h']
        : program === 'prometheus'
          ? ['--storage.tsdb.min-block-duration=2h']
          : [];
  const flag = (arg: string): string => arg.slice(0, arg.indexOf('=') + 1);
  return defaults.filter((each) => !args.some((arg) => arg.startsWith(flag(each))));
};

/** Longest first, so that no path is taken for the beginning of another. */
const byLength = (a: string, b: string): number => b.length - a.length || (a < b ? -1 : 1);

export const replacementsOf = ({ listen, reach, paths, times }: Loopback): readonly Replacement[] => [
  ...Object.keys(paths)
    .sort(byLength)
    .map((path): Replacement => ({ what: 'path', find: path, put: paths[path] ?? '' })),
  ...Object.entries(reach).map(([find, to]): Replacement => entry(find, to)),
  ...Object.entries(times).map(([find, to]): Replacement => ({ what: 'time', find, put: find.replace(/(=|: ).*/, `$1${to}`) })),
  ...Object.entries(listen).map(([from, to]): Replacement => ({ what: 'port', find: `=:${from}`, put: `=127.0.0.1:${to}` })),
  ...Object.entries(listen).map(([from, to]): Replacement => ({ what: 'port', find: `127.0.0.1:${from}`, put: `127.0.0.1:${to}` })),
  ...Object.entries(listen).map(([from, to]): Replacement => ({ what: 'port', find: `-port=${from}`, put: `-port=${to}` })),
];

/** A name with many addresses is an entry of a YAML list: the entry is repeated for each. */
function entry(find: string, to: readonly string[]): Replacement {
  const [only] = to;
  if (to.length === 1 && only !== undefined) return { what: 'address', find, put: only };
  return { what: 'address', find: `  - address: ${find}\n`, put: to.map((address) => `  - address: ${address}\n`).join('') };
}

/** One pass over the text, so that nothing that was put in is replaced again. */
export function replaced(text: string, table: readonly Replacement[], used: Set<Replacement> = new Set()): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const hit = table.find(
      (each) => text.startsWith(each.find, at) && isWhole(each, text[at - 1] ?? '', text[at + each.find.length] ?? ''),
    );
    if (hit === undefined) {
      out += text[at];
      at += 1;
    } else {
      used.add(hit);
      out += hit.put;
      at += hit.find.length;
    }
  }
  return out;
}

/** Neither a longer number nor the middle of another path. */
const isWhole = ({ what }: Replacement, before: string, after: string): boolean =>
  what === 'port' || what === 'time' ? !/\w/.test(after) : what !== 'path' || (!/[\w./-]/.test(before) && !/[\w.-]/.test(after));

/** What Kubernetes' discovery would find: a target and the labels it would bring. */
export interface Found {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: readonly { readonly role: string }[];
}

/** `kubernetes_sd_configs` by what it would find, by role; the `__meta_` labels stay, so that the emitted relabelling runs. */
export function discovered(config: string, found: (role: string) => readonly Found[]): string {
  const parsed = parse(config) as { readonly scrape_configs: readonly ScrapeConfig[] };
  const scrape_configs = parsed.scrape_configs.map(({ kubernetes_sd_configs: discovery, ...rest }) =>
    discovery === undefined
      ? rest
      : {
          ...rest,
          static_configs: discovery.flatMap(({ role }) => found(role)).map(({ address, labels }) => ({ targets: [address], labels })),
        },
  );
  return stringify({ ...parsed, scrape_configs }, { lineWidth: 0 });
}

interface Group {
  readonly rules: readonly { readonly alert?: string; readonly for?: string }[];
}

/** The rules with one alert that fires sooner: nobody waits ten minutes for a test. */
export const sooner = <T extends Group>(groups: readonly T[], alert: string, after: string): readonly T[] =>
  groups.map((group) => ({ ...group, rules: group.rules.map((rule) => (rule.alert === alert ? { ...rule, for: after } : rule)) }));
