import type { Edge, Sourced } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { bytesOf, volumeSize } from '../telemetry/quantity.ts';
import { formatDuration } from './duration.ts';
import {
  type Budget,
  budgetOn,
  cut,
  type Derivation,
  type Limit,
  type OptionName,
  type OutageFacts,
  stepsOfTheWal,
  volumeFor,
} from './outage.ts';
import { truncateEvery } from './outage-agent-wal.ts';
import type { Surroundings } from './recommend-surroundings.ts';
import { sizeOf } from './size/edge.ts';
import { defaultVolume, volumeOf } from './size/edge-volume.ts';
import type { Range } from './size/range.ts';
import type { Workload } from './size/workload.ts';

/** A budget by the likeliest number of series, and what it is by others that the edge may have. */
export interface EdgeBudget extends Budget {
  /** The least, the likeliest and the greatest: an agent with more series may survive longer than one with fewer. */
  readonly range: Range;
  /** Where it is least. */
  readonly least: { readonly samplesPerSecond: number; readonly decides: Limit };
}

/** How long an edge survives on an option at so many samples a second, with what fleetc emits for it. */
export function outageBudget(edge: Edge, option: OptionName, rates: Range, surroundings: Surroundings): EdgeBudget {
  return budgetOver(option, outageFacts(edge, rates.middle, surroundings), rates);
}

/** The budget over all rates between the lowest and the highest. */
export function budgetOver(option: OptionName, facts: OutageFacts, rates: Range): EdgeBudget {
  const at = (samplesPerSecond: number): AtRate => ({
    samplesPerSecond,
    budget: budgetOn(option, { ...facts, samplesPerSecond }),
  });
  const likely = at(rates.middle);
  const ends = [at(rates.low), likely, ...(option === 'prometheus-agent' ? besideSteps(facts, rates).map(at) : []), at(rates.high)].sort(
    (a, b) => a.samplesPerSecond - b.samplesPerSecond,
  );
  const all = ends.flatMap((end, i) => [end, ...highestBetween(end, ends[i + 1] ?? end, at)]);
  const least = all.reduce((one, other) => (other.budget.survives < one.budget.survives ? other : one));
  return {
    ...likely.budget,
    range: {
      low: least.budget.survives,
      middle: likely.budget.survives,
      high: Math.max(...all.map(({ budget }) => budget.survives)),
    },
    least: { samplesPerSecond: least.samplesPerSecond, decides: least.budget.decides },
  };
}

interface AtRate {
  readonly samplesPerSecond: number;
  readonly budget: Budget;
}

/** What the WAL bridges rises with the rate up to a step, and falls there at once. */
const besideSteps = (facts: OutageFacts, rates: Range): readonly number[] =>
  stepsOfTheWal(facts, rates).flatMap((rate) =>
    [rate * (1 - 1e-9), rate, rate * (1 + 1e-9)].filter((beside) => beside > rates.low && beside < rates.high),
  );

/** Between two steps the WAL bridges longer with a higher rate while the volume is full sooner: where they meet, most is survived. */
function highestBetween(low: AtRate, high: AtRate, at: (rate: number) => AtRate): readonly AtRate[] {
  if (low.budget.decides.name !== 'wal' || high.budget.decides.name !== 'volume') return [];
  let [below, above] = [low, high];
  while (above.samplesPerSecond - below.samplesPerSecond > 1e-9 * above.samplesPerSecond) {
    const between = at((below.samplesPerSecond + above.samplesPerSecond) / 2);
    if (between.budget.decides.name === 'wal') below = between;
    else above = between;
  }
  return [below, above];
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
  /** The numbers in that. */
  readonly derived: readonly Setting[];
}

/** A field with a number, and how that came about. */
interface Setting extends Derivation {
  readonly field: string;
  readonly value: string;
}

/**
 * Changes that let an edge be offline for `needed` seconds, the smallest first. Each is tried: what is named here, meets it.
 */
export function remedies({ value: edge, at }: Sourced<Edge>, surroundings: Surroundings, needed: number): readonly Remedy[] {
  const { receive, alertmanager } = surroundings.inventory.central;
  const open = edge.network.ingress === 'open';
  const options: readonly OptionName[] = [
    edge.option,
    ...(['prometheus-agent', 'thanos-sidecar'] as const).filter((option) => option !== edge.option),
  ];
  return options.flatMap((option) => {
    const facts = outageFacts(edge, samplesOf(surroundings.workload(edge), option).middle, surroundings);
    const opensNetwork = option === 'thanos-sidecar' && !open;
    const moves = option !== edge.option;
    const derived = [
      ...(option === 'thanos-sidecar' && facts.sidecar.retention < needed ? [retentionFor(needed)] : []),
      ...volumeChange(edge, facts, option, needed),
    ];
    const changes = [
      ...(opensNetwork ? ["network.ingress to 'open'"] : []),
      ...(moves ? [`option to '${option}'`] : []),
      ...derived.map(({ field, value }) => `${field} to '${value}'`),
      ...(moves && option === 'prometheus-agent' && receive === undefined ? ['receive.url of the centre'] : []),
      ...(moves && option === 'thanos-sidecar' && alertmanager.url === undefined ? ['alertmanager.url of the centre'] : []),
    ];
    const changed = budgetOn(option, enlarged(facts, option, needed));
    if (changed.survives < needed || changes.length === 0) return [];
    const says = [
      ...(opensNetwork ? ['open the network to the centre, then '] : []),
      `set ${joined(changes)}`,
      // Each option has settings of its own.
      ...(moves && isWritten(at, 'settings') ? [', and remove settings'] : []),
    ].join('');
    return [{ option, opensNetwork, says, derived }];
  });
}

/** A field that nobody wrote is at the place of its cluster. */
function isWritten(at: Sourced<Edge>['at'], field: string): boolean {
  const [edge, own] = [at(), at(field)];
  return own.file !== edge.file || own.line !== edge.line || own.column !== edge.column;
}

const retentionFor = (needed: number): Setting => ({
  field: 'edgeRetention of the fleet',
  value: asRetention(needed),
  formula: 'the cut, in whole hours, or in whole days above two',
  inputs: [cut(needed)],
});

/** A written size that is too small has to grow; one that is not written grows by itself with the retention. */
function volumeChange(edge: Edge, facts: OutageFacts, option: OptionName, needed: number): readonly Setting[] {
  if (option === 'remote-scrape') return [];
  const { volume } = option === 'thanos-sidecar' ? facts.sidecar : facts.agent;
  const { bytes, ...derivation } = volumeFor(facts, option, needed);
  if (volume >= bytes) return [];
  if (option === 'thanos-sidecar' && edge.storage.size === undefined && facts.sidecar.retention < needed) return [];
  return [{ field: 'storage.size', value: volumeSize(bytes, 1), ...derivation }];
}

/** The facts with a retention and a volume that are large enough: what a remedy can change. */
const enlarged = (facts: OutageFacts, option: OptionName, needed: number): OutageFacts => {
  const volume = volumeFor(facts, option, needed).bytes + 1;
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
