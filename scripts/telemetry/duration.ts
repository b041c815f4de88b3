/** Seconds of a duration of one unit, such as `30s`, `5m`, `6h` or `3d`. */
export const seconds = (duration: string): number =>
  Number.parseInt(duration, 10) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[duration.slice(-1)] as number);
