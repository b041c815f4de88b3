import type { Figure, Unit } from './figure.ts';
import { isExact, type Range } from './range.ts';

type Scale = readonly (readonly [number, string])[];

const decimal = (unit: string): Scale => [
  [1e12, `T${unit}`],
  [1e9, `G${unit}`],
  [1e6, `M${unit}`],
  [1e3, `k${unit}`],
  [1, unit],
];
const binary: Scale = [
  [2 ** 40, 'Ti'],
  [2 ** 30, 'Gi'],
  [2 ** 20, 'Mi'],
  [2 ** 10, 'Ki'],
  [1, ''],
];
const plain: Scale = [
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];

/** Memory and volumes as Kubernetes writes them; what crosses a line or lies in a bucket as it is paid for. */
const scales: Readonly<Record<Unit, Scale>> = {
  cores: [
    [1, ''],
    [1e-3, 'm'],
  ],
  'bytes of memory': binary,
  'bytes of volume': binary,
  'bytes an hour': decimal('B'),
  bytes: decimal('B'),
  'bytes a day': decimal('B'),
  series: plain,
  'samples a second': plain,
  seconds: [[1, 's']],
  count: [[1, '']],
};

/** A range as its likeliest value and, behind it in the same unit, where it is likely to lie: `120Mi (56-350)`. */
export function formatRange(unit: Unit, range: Range): string {
  const [size, suffix] = scaleOf(unit, range.middle);
  const middle = `${digits(range.middle / size)}${suffix}`;
  return isExact(range) ? middle : `${middle} (${digits(range.low / size)}-${digits(range.high / size)})`;
}

export const formatFigure = ({ unit, value }: Figure): string => formatRange(unit, value);

export function formatValue(unit: Unit, value: number): string {
  const [size, suffix] = scaleOf(unit, value);
  return `${digits(value / size)}${suffix}`;
}

function scaleOf(unit: Unit, value: number): readonly [number, string] {
  const scale = scales[unit];
  return scale.find(([size]) => value >= size) ?? (scale.at(-1) as readonly [number, string]);
}

/** Three digits, and no more of a fraction than says something. */
function digits(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

/** A bare number, small fractions with a power of ten. */
export function formatNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential();
  return String(Number(value.toPrecision(6)));
}
