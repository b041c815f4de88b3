import { constant, greatest, coefficient as k, likeliest, product, quotient, roundedUp, sum, type Term } from './figure.ts';

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

/** Below this no volume is worth the trouble of enlarging it later. */
const least = constant(50 * 2 ** 30, 'bytes asked for');

/** A volume for so many series, but at least for those that are planned for, and a quarter more: it can hardly be enlarged. */
export const roomFor = (series: Term, planned: Term, interval: Term, retention: Term): Term =>
  greatest(
    least,
    wholeGibibytes(likeliest(product(constant(1.25), headVolume(quotient(greatest(planned, likeliest(series)), interval), retention)))),
  );
