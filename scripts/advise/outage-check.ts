import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Sourced } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { formatDuration } from './duration.ts';
import { outageBudget, type Remedy, reasonOf, remedies, samplesOf } from './outage-edge.ts';
import type { Surroundings } from './recommend-surroundings.ts';

/** An edge that has to survive longer without the centre than its option lets it. */
export function* offlineTooLong(edge: Sourced<Edge>, surroundings: Surroundings): Iterable<Diagnostic> {
  const { value, at } = edge;
  const { name, option, network } = value;
  if (network.maxOffline === undefined) return;
  const needed = seconds(network.maxOffline);
  const budget = outageBudget(value, option, samplesOf(surroundings.workload(value), option), surroundings);
  const found = {
    code: 'network/max-offline',
    span: at('network', 'maxOffline'),
    related: [{ message: 'the option', span: at('option') }],
  } as const;
  if (budget.survives < needed)
    yield {
      ...found,
      severity: 'error',
      message: `"${name}" may be offline for ${network.maxOffline}, which ${option} does not survive: ${reasonOf(budget)}.`,
      hint: hint(remedies(edge, surroundings, needed), needed, budget.survives),
    };
  else if (budget.range.low < needed)
    yield {
      ...found,
      severity: 'warning',
      message: `"${name}" may be offline for ${network.maxOffline}, which ${option} survives with the series that are likely, but only ${formatDuration(budget.range.low)} with another number that its nodes may have.`,
      hint: 'See what it has with fleetc size --calibrate, or choose an option with more to spare.',
    };
}

/** The last way out is to ask for less. */
function hint(found: readonly Remedy[], needed: number, survives: number): string {
  const less = atMost(survives);
  const ways = [
    ...found.map(({ says }) => says),
    less === undefined ? 'leave network.maxOffline out, if a gap is accepted' : `set network.maxOffline to '${less}', if that is enough`,
  ].join('; or ');
  const conflict = found.every(({ opensNetwork }) => opensNetwork)
    ? `No option both connects out alone, as network.ingress 'none' asks, and survives ${formatDuration(needed)}. `
    : '';
  return `${conflict}${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}

const [minute, hour, day] = [60, 3600, 86_400];

/** What to write for no more than so many seconds; undefined where that is less than a minute. */
function atMost(seconds: number): string | undefined {
  if (seconds < minute) return undefined;
  if (seconds % day === 0 || seconds >= 9999 * hour) return `${Math.floor(seconds / day)}d`;
  if (seconds % hour === 0 || seconds >= 2 * hour) return `${Math.floor(seconds / hour)}h`;
  return `${Math.floor(seconds / minute)}m`;
}
