import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { Derivation, Limit } from './outage.ts';

/** A limit with how it came about: formula, inputs, sources. */
export const formatLimit = (limit: Limit): readonly string[] =>
  formatDerivation(`by ${limit.name}`, limit.seconds === null ? 'no bound' : formatDuration(limit.seconds), limit);

/** A number with how it came about. */
export const formatDerivation = (name: string, value: string, { formula, inputs }: Derivation): readonly string[] => [
  `    ${name}: ${value} = ${formula}`,
  ...columns(inputs.map((input) => [`      ${input.name}`, input.value, input.source])),
];
