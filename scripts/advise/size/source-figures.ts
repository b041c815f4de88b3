import type { Edge } from '../../inventory/inventory.ts';
import { edgeResources } from '../source-tables.ts';
import { type Figure, figuresOf, input, product, sum, type Term, type Unit } from './figure.ts';

/** What the comparison that fleetc began with counts for an edge, in its own units: its rows, added up. */
export interface SourceFigures {
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume: Figure;
}

export function sourceFigures(option: Edge['option'], nodes: number, scope = 'edge'): SourceFigures {
  const figure = figuresOf(scope);
  const rows = edgeResources.filter((row) => row.options.includes(option));
  const one = (what: keyof SourceFigures, unit: Unit, called: string): Figure =>
    figure(
      `source/${what}`,
      unit,
      `${called} that the comparison that fleetc began with counts for as many nodes.`,
      sum(
        ...rows.flatMap((row): readonly Term[] => {
          const value = row[what];
          if (value === undefined) return [];
          const term = input(`${row.part} of the source`, value, unit, 'source');
          return [row.per === 'node' ? product(input('nodes', nodes), term) : term];
        }),
      ),
    );
  return {
    cpu: one('cpu', 'thousandths of a core', 'CPU'),
    memory: one('memory', 'mebibytes', 'Memory'),
    volume: one('volume', 'gibibytes', 'Volumes'),
  };
}
