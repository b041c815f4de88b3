// What fleetc outage says, with times that a test can wait for, beside what is lost.
import { type Budget, budgetOn, type OptionName } from '../../scripts/advise/outage.ts';
import { truncateEvery } from '../../scripts/advise/outage-agent-wal.ts';

/** Times in seconds; what is not said is as it is emitted, or large enough. */
interface Shortened {
  readonly samplesPerSecond?: number;
  readonly truncation?: number;
  readonly retention?: number;
}

const large = 2 ** 50;

/** The budget of an option, by the code that fleetc outage prints. */
export const budgetOf = (
  option: OptionName,
  { samplesPerSecond = 1000, truncation = truncateEvery, retention = large }: Shortened = {},
): Budget =>
  budgetOn(option, {
    samplesPerSecond,
    agent: { truncateEvery: truncation, volume: large },
    receive: { tenants: 'per-edge', outOfOrderWindow: 0 },
    sidecar: { retention, volume: large },
  });

/** Seconds that are lost, as predicted and as measured; throws where they are further apart than `within`. */
export function comparedLoss(predicted: number, measured: number, within: number): string {
  const difference = measured - predicted;
  const said = `predicted ${predicted.toFixed(0)} s lost, measured ${measured.toFixed(0)} s, difference ${difference < 0 ? '' : '+'}${difference.toFixed(0)} s`;
  if (!(Math.abs(difference) <= within)) throw new Error(`${said}: more than ${within} s`);
  return said;
}
