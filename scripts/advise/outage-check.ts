import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Sourced } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { formatDuration } from './duration.ts';
import { outageBudget, reasonOf, remedies, samplesOf } from './outage-edge.ts';
import type { Surroundings } from './recommend-surroundings.ts';

/** An edge that has to survive longer without the centre than its option lets it. */
export function* offlineTooLong({ value, at }: Sourced<Edge>, surroundings: Surroundings): Iterable<Diagnostic> {
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
      hint: hint(value, surroundings, needed),
    };
  else if (budget.range.low < needed)
    yield {
      ...found,
      severity: 'warning',
      message: `"${name}" may be offline for ${network.maxOffline}, which ${option} survives with the series that are likely, but only ${formatDuration(budget.range.low)} with the most that its nodes may have.`,
      hint: 'See what it has with fleetc size --calibrate, or choose an option with more to spare.',
    };
}

function hint(edge: Edge, surroundings: Surroundings, needed: number): string {
  const [first, ...others] = remedies(edge, surroundings, needed).map(({ says }) => says);
  if (first === undefined) return 'No option survives this long: write a shorter time.';
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${others.map((way) => `; or ${way}`).join('')}.`;
}
