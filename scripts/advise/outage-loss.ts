import { formatDuration } from './duration.ts';
import { type Budget, countOfSamples, cut, type Derivation, type OptionName } from './outage.ts';
import type { Range } from './size/range.ts';

/** Blocks are deleted whole. */
const block = 2 * 3600;

/** Seconds of samples that never reach the centre after a cut of `offline` seconds, at most. */
export function lostSeconds(option: OptionName, survives: number, offline: number): number {
  if (offline <= survives) return 0;
  return option === 'thanos-sidecar' ? Math.min(offline, Math.ceil((offline - survives) / block) * block) : offline;
}

interface Lost extends Derivation {
  readonly seconds: number;
  /** Which part of the cut that is. */
  readonly part: string;
  readonly samples: number;
}

/** What a cut costs: with the likeliest number of series, and at most. */
export interface Loss {
  readonly offline: number;
  readonly likely: Lost;
  readonly most: Lost;
}

/** What a cut of `offline` seconds costs. `rates` are the samples a second of the edge on this option. */
export function lossOf({ option, range }: Pick<Budget, 'option'> & { readonly range: Range }, rates: Range, offline: number): Loss {
  const lost = (rate: number, which: string, survives: number): Lost => {
    const seconds = lostSeconds(option, survives, offline);
    return {
      seconds,
      part: seconds === 0 ? 'nothing' : seconds === offline ? 'all of it' : `the oldest ${formatDuration(seconds)}`,
      samples: rate * seconds,
      formula: 'samples a second × seconds lost',
      inputs: [
        { name: 'samples a second', value: String(Math.round(rate * 10) / 10), source: `${which} by the size model: derived below` },
        { name: 'seconds lost', value: formatDuration(seconds), source: whyLost(option, survives, offline) },
        cut(offline),
      ],
    };
  };
  return {
    offline,
    likely: lost(rates.middle, 'the likeliest', range.middle),
    // The most samples and the shortest time need not come together: no more than this is lost in any case.
    most: lost(rates.high, 'the highest', range.low),
  };
}

function whyLost(option: OptionName, survives: number, offline: number): string {
  const survived = `the ${formatDuration(survives)} that are survived`;
  if (offline <= survives) return `none, as the cut is not longer than ${survived}`;
  if (option !== 'thanos-sidecar') return `the whole cut, as it is longer than ${survived}`;
  return `the cut of ${formatDuration(offline)} less ${survived}, in whole blocks of two hours, and no more than the cut`;
}

/** For people. */
export function formatLoss({ likely, most }: Loss): string {
  if (most.seconds === 0) return most.part;
  if (likely.seconds === 0) return `likely ${likely.part}, at most ${digits(most)} samples: ${most.part}`;
  const part = likely.part === most.part ? most.part : `${likely.part}, at most ${most.part}`;
  return `some ${digits(likely)} samples, at most ${digits(most)}: ${part}`;
}

export const formatLost = (lost: Lost): string => `${digits(lost)} samples, ${lost.part}`;

const digits = ({ samples }: Lost): string => countOfSamples(samples);
