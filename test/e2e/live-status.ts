// `fleetc status --query-url` on a real Query.
import type { Repository, Said } from './fleetc.ts';

/** How a target does, as `fleetc status --json` has it. */
export interface Target {
  readonly cluster: string;
  readonly id: string;
  readonly instance: string;
  readonly state: string;
  /** Seconds since 1970. */
  readonly since?: number;
  readonly why?: string;
}

export interface LiveStatus extends Said {
  readonly targets: readonly Target[];
}

export async function liveStatus(
  { fleetc }: Repository,
  url: string,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LiveStatus> {
  const said = await fleetc(['status', '--query-url', url, '--json', ...more], env);
  if (said.stdout === '') throw new Error(`nothing is printed: ${said.stderr}`);
  const { clusters } = JSON.parse(said.stdout) as {
    readonly clusters: readonly { readonly cluster: string; readonly targets?: readonly Omit<Target, 'cluster'>[] }[];
  };
  return { ...said, targets: clusters.flatMap(({ cluster, targets = [] }) => targets.map((target) => ({ ...target, cluster }))) };
}

/** How many targets do how, such as `7 reporting`. */
export function countedStates(targets: readonly Target[]): string {
  const counts = new Map<string, number>();
  for (const { state } of targets) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** All targets of a cluster do so; gives them. */
export function allAre(state: string, { targets }: LiveStatus, cluster?: string): readonly Target[] {
  const own = targets.filter((target) => cluster === undefined || target.cluster === cluster);
  const others = own.filter((target) => target.state !== state);
  if (own.length === 0 || others.length > 0) throw new Error(`${cluster ?? 'all'}: ${countedStates(own)}; ${JSON.stringify(others[0])}`);
  return own;
}
