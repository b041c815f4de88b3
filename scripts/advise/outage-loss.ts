import { formatDuration } from './duration.ts';
import type { Budget, OptionName } from './outage.ts';
import type { Range } from './size/range.ts';

/** Blocks are deleted whole. */
const block = 2 * 3600;

/** Seconds of samples that never reach the centre after a cut of `offline` seconds, at most. */
export function lostSeconds(option: OptionName, survives: number, offline: number): number {
  if (offline <= survives) return 0;
  return option === 'thanos-sidecar' ? Math.min(offline, Math.ceil((offline - survives) / block) * block) : offline;
}

/** What a cut of `offline` seconds costs, for people. `rates` are the samples a second of the edge on this option. */
export function formatLoss({ option, survives, range }: Budget & { readonly range: Range }, rates: Range, offline: number): string {
  const lost = lostSeconds(option, survives, offline);
  if (lost > 0) return `up to ${samples(rates.middle * lost)}: ${lost === offline ? 'all of it' : `the oldest ${formatDuration(lost)}`}`;
  const most = lostSeconds(option, range.low, offline);
  return most === 0 ? 'nothing' : `nothing; with the most series that it may have, up to ${samples(rates.high * most)}`;
}

/** Two digits are as good as the estimate behind them. */
function samples(count: number): string {
  const [size, suffix] = count >= 1e6 ? [1e6, ' million'] : [1, ''];
  return `${Number((count / size).toPrecision(2))}${suffix} samples`;
}
