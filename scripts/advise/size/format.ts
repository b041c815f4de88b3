import type { Coefficient } from '../coefficients.ts';
import { formatDuration } from '../duration.ts';
import type { Figure, Unit } from './figure.ts';
import { exactly, isExact, type Range } from './range.ts';

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

/** Written as they are, without a scale. */
const asTheyAre = {
  'cores asked for': (value: number): string => {
    const thousandths = Math.round(value * 1000);
    return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
  },
  'bytes asked for': (value: number): string => {
    const [size, suffix] = binary.find(([one]) => value >= one && value % one === 0) ?? [1, ''];
    return `${value / size}${suffix}`;
  },
  seconds: formatDuration,
} as const satisfies Partial<Readonly<Record<Unit, (value: number) => string>>>;

type AsItIs = keyof typeof asTheyAre;

const isAsItIs = (unit: Unit): unit is AsItIs => unit in asTheyAre;

/** What whoever sees a range is told, once. */
export const inBrackets =
  'Each figure is the likeliest value and, in brackets, the lowest and the highest, in the same unit: with every coefficient at its lowest, and at its highest.';

/** Memory and volumes as Kubernetes writes them; what crosses a line or lies in a bucket as it is paid for. */
const scales: Readonly<Record<Exclude<Unit, AsItIs>, Scale>> = {
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
  count: [[1, '']],
  'thousandths of a core': [[1, 'm']],
  mebibytes: [[1, 'Mi']],
  gibibytes: [[1, 'Gi']],
};

/** A range as its likeliest value and, behind it in the same unit, where it is likely to lie: `120Mi (56-350)`, or `-2Gi (-5 to 1)`. */
export function formatRange(unit: Unit, range: Range): string {
  if (range.low === 0 && range.high === 0) return '0';
  if (isAsItIs(unit)) return asTheyAre[unit](range.middle);
  const [size, suffix] = scaleOf(unit, range.middle);
  const middle = `${digits(range.middle / size)}${suffix}`;
  if (isExact(range)) return middle;
  return `${middle} (${digits(range.low / size)}${range.low < 0 ? ' to ' : '-'}${digits(range.high / size)})`;
}

export const formatFigure = ({ unit, value }: Pick<Figure, 'unit' | 'value'>): string => formatRange(unit, value);

export const formatValue = (unit: Unit, value: number): string => formatRange(unit, exactly(value));

function scaleOf(unit: Exclude<Unit, AsItIs>, value: number): readonly [number, string] {
  const scale = scales[unit];
  return scale.find(([size]) => Math.abs(value) >= size) ?? (scale.at(-1) as readonly [number, string]);
}

/** Three digits, and no more of a fraction than says something. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
}

/** A value of a coefficient, or all of it: bytes and what is large in the units that fit them, what is small with a power of ten. */
export function formatCoefficient({ unit, middle }: Coefficient, range: Range): string {
  const [, per] = /^bytes(?:\/(.+))?$/.exec(unit) ?? [];
  if (unit.startsWith('bytes'))
    return `${formatRange(isBinary(middle) ? 'bytes of memory' : 'bytes', range)}${per === undefined ? '' : ` for each ${per}`}`;
  if (middle >= 1e4) return `${formatRange('series', range)} ${unit}`;
  const ends = isExact(range) ? '' : ` (${formatNumber(range.low)}-${formatNumber(range.high)})`;
  return `${formatNumber(range.middle)}${ends} ${unit}`;
}

/** Whether bytes were counted in Ki, or in Mi and tenths of Gi. */
const isBinary = (bytes: number): boolean => (bytes < 2 ** 20 ? bytes % 2 ** 10 === 0 : (10 * bytes) % 2 ** 20 === 0);

/** A bare number, small fractions with a power of ten. */
export function formatNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential();
  return String(Number(value.toPrecision(6)));
}
