import { columns } from './columns.ts';
import { formatDuration } from './duration.ts';
import type { Limit } from './outage.ts';

/** A limit with how it came about: formula, inputs, sources. */
export const formatLimit = ({ name, seconds, formula, inputs }: Limit): readonly string[] => [
  `    by ${name}: ${seconds === null ? 'no bound' : formatDuration(seconds)} = ${formula}`,
  ...columns(inputs.map((input) => [`      ${input.name}`, input.value, input.source])),
];
