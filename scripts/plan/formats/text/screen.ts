import picocolors from 'picocolors';
import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { count } from '../counting.ts';

/** Where the text goes. */
export interface Screen {
  /** Columns. */
  readonly width: number;
  readonly paint: ReturnType<typeof picocolors.createColors>;
}

export const screenOf = (width: number, colour: boolean): Screen => ({ width, paint: picocolors.createColors(colour) });

export const title = ({ paint }: Screen, text: string): string[] => ['', paint.bold(text)];

export const severityText = ({ paint }: Screen, severity: PlanReport['summary']['risk'], text: string = severity): string =>
  ({ high: paint.red, medium: paint.yellow, low: paint.blue, none: paint.green })[severity](text);

/** What a list leaves out. */
export const rest = (left: number, one: string, indent = '  ', many = `${one}s`): string[] =>
  left > 0 ? [`${indent}… and ${count(left, `further ${one}`, `further ${many}`)}`] : [];

/** Lines that keep to the screen where words allow it. */
export function wrapped({ width }: Screen, text: string, indent: string): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => indent + line);
}
