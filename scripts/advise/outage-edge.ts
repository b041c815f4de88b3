import type { Edge } from '../inventory/inventory.ts';
import { defaultVolume, volumeOf } from '../parts/edge/volume.ts';
import { seconds } from '../telemetry/duration.ts';
import { bytesOf, volumeSize } from '../telemetry/quantity.ts';
import { formatDuration } from './duration.ts';
import { type Budget, budgetsOf, type OptionName, type OutageFacts, volumeFor } from './outage.ts';
import { truncateEvery } from './outage-agent-wal.ts';
import type { Surroundings } from './recommend-surroundings.ts';
import { sizeOf } from './size/edge.ts';
import type { Range } from './size/range.ts';
import type { Workload } from './size/workload.ts';

/** A budget by the likeliest number of series, and what it is by the fewest and by the most. */
export interface EdgeBudget extends Budget {
  readonly range: Range;
}

/** How long an edge survives on an option at so many samples a second, with what fleetc emits for it. */
export function outageBudget(edge: Edge, option: OptionName, rates: Range, surroundings: Surroundings): EdgeBudget {
  const at = (rate: number) => budgetsOf(outageFacts(edge, rate, surroundings))[option];
  return { ...at(rates.middle), range: { low: at(rates.high).survives, middle: at(rates.middle).survives, high: at(rates.low).survives } };
}

/** Samples a second of an edge, were it on `option`. */
export const samplesOf = (workload: Workload, option: OptionName): Range => sizeOf({ ...workload, option }).samples.value;

const outageFacts = (edge: Edge, samplesPerSecond: number, surroundings: Surroundings): OutageFacts => ({
  samplesPerSecond,
  // No flag of the agent's WAL is emitted.
  agent: { truncateEvery, volume: volumeBytes(edge, 'prometheus-agent', surroundings) },
  // The router takes the tenant from the certificate, and ingestors get no window.
  receive: { tenants: 'per-edge', outOfOrderWindow: 0 },
  sidecar: { retention: seconds(surroundings.inventory.fleet.edgeRetention), volume: volumeBytes(edge, 'thanos-sidecar', surroundings) },
});

const volumeBytes = (edge: Edge, option: keyof typeof defaultVolume, { workload }: Surroundings): number =>
  bytesOf(volumeOf(edge, option, sizeOf({ ...workload(edge), option })).size ?? `${defaultVolume[option]}Gi`);

/** A change of the inventory after which an edge may be away for as long as it says. */
export interface Remedy {
  readonly option: OptionName;
  /** Whether the network itself has to change first. */
  readonly opensNetwork: boolean;
  /** What to write, as a sentence without its end. */
  readonly says: string;
}

/**
 * Changes that let `edge` be offline for `needed` seconds, the smallest first. Each is tried: what is named here, meets it.
 */
export function remedies(edge: Edge, surroundings: Surroundings, needed: number): readonly Remedy[] {
  const open = edge.network.ingress === 'open';
  const options: readonly OptionName[] = [
    edge.option,
    ...(['prometheus-agent', 'thanos-sidecar'] as const).filter((option) => option !== edge.option),
  ];
  return options.flatMap((option) => {
    const facts = outageFacts(edge, samplesOf(surroundings.workload(edge), option).middle, surroundings);
    const opensNetwork = option === 'thanos-sidecar' && !open;
    const changes = [
      ...(opensNetwork ? ["network.ingress to 'open'"] : []),
      ...(option === edge.option ? [] : [`option to '${option}'`]),
      ...(option === 'thanos-sidecar' && facts.sidecar.retention < needed
        ? [`edgeRetention of the fleet to '${asRetention(needed)}'`]
        : []),
      ...volumeChange(edge, facts, option, needed),
    ];
    const changed = budgetsOf(enlarged(facts, option, needed))[option];
    if (changed.survives < needed || changes.length === 0) return [];
    return [{ option, opensNetwork, says: `${opensNetwork ? 'open the network to the centre, then ' : ''}set ${joined(changes)}` }];
  });
}

/** A written size that is too small has to grow; one that is not written grows by itself with the retention. */
function volumeChange(edge: Edge, facts: OutageFacts, option: OptionName, needed: number): readonly string[] {
  if (option === 'remote-scrape') return [];
  const { volume } = option === 'thanos-sidecar' ? facts.sidecar : facts.agent;
  const size = volumeFor(facts, option, needed);
  if (volume >= size) return [];
  if (option === 'thanos-sidecar' && edge.storage.size === undefined && facts.sidecar.retention < needed) return [];
  return [`storage.size to '${volumeSize(size, 1)}'`];
}

/** The facts with a retention and a volume that are large enough: what a remedy can change. */
const enlarged = (facts: OutageFacts, option: OptionName, needed: number): OutageFacts => {
  const volume = volumeFor(facts, option, needed) + 1;
  return {
    ...facts,
    agent: { ...facts.agent, volume: Math.max(facts.agent.volume, volume) },
    sidecar: { retention: Math.max(facts.sidecar.retention, needed), volume: Math.max(facts.sidecar.volume, volume) },
  };
};

/** Hours below two days, days above: the retention's own form, never less than asked. */
const asRetention = (needed: number): string => (needed <= 48 * 3600 ? `${Math.ceil(needed / 3600)}h` : `${Math.ceil(needed / 86_400)}d`);

const joined = (all: readonly string[]): string => (all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`);

/** What bounds a budget, in words. */
export function reasonOf({ decides, survives }: Budget): string {
  switch (decides.name) {
    case 'no buffer':
      return 'it keeps nothing';
    case 'wal':
      return `its WAL bridges ${formatDuration(survives)}`;
    case 'volume':
      return `its volume is full after ${formatDuration(survives)}`;
    case 'receive':
      return `Receive refuses what is older than ${formatDuration(survives)}, since its tenant is shared`;
    case 'retention':
      return `its Prometheus keeps ${formatDuration(survives)}`;
  }
}
