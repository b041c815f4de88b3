/** A figure with every coefficient at its lowest, at its likeliest, and at its highest. */
export interface Range {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** A value that is known. */
export const exactly = (value: number): Range => ({ low: value, middle: value, high: value });

export const isExact = ({ low, high }: Range): boolean => low === high;

/** Of ranges that are never negative: with their lowest values a sum or product is lowest, with their highest it is highest. */
export const combine = (ranges: readonly Range[], operation: (values: readonly number[]) => number): Range => ({
  low: operation(ranges.map(({ low }) => low)),
  middle: operation(ranges.map(({ middle }) => middle)),
  high: operation(ranges.map(({ high }) => high)),
});

/** A quotient is lowest where the divisor is highest. */
export const divide = (of: Range, by: Range): Range => ({
  low: of.low / by.high,
  middle: of.middle / by.middle,
  high: of.high / by.low,
});
