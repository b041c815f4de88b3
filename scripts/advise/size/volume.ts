import { constant, coefficient as k, product, quotient, roundedUp, sum, type Term } from './figure.ts';

const hour = constant(3600);
const gibibyte = constant(2 ** 30, 'bytes asked for');

/** Blocks of `retention` seconds and the write-ahead log of a TSDB. */
export const headVolume = (samples: Term, retention: Term): Term =>
  sum(
    product(samples, retention, k('block.sample'), k('block.slack')),
    product(samples, k('wal.sample'), k('head.hours'), hour),
    k('wal.segments'),
  );

/** Bytes as whole Gi, as a volume is asked for. */
export const wholeGibibytes = (bytes: Term): Term => product(roundedUp(quotient(bytes, gibibyte)), gibibyte);
