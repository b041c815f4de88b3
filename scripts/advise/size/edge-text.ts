import { columns } from '../columns.ts';
import { sourceSum } from '../source-tables.ts';
import { formatFigure, formatRange } from './format.ts';
import type { Group } from './groups.ts';
import type { Provision } from './provision.ts';
import type { Range } from './range.ts';
import { namesOf } from './report.ts';
import { partsTable } from './text.ts';

/** What an edge adds to the centre. */
export interface Added {
  readonly memory: Range;
  readonly cpu: Range;
  readonly bucketADay: Range;
}

/** What one edge costs, of edges that cost the same: there, on its line and in the centre. */
export function formatEdge(group: Group, added: Added, provision: Provision): string {
  const { edges, size } = group;
  const { option, nodes, interval, pods } = size.workload;
  const source = sourceSum(option, nodes);
  return [
    `${namesOf(edges)}: ${option}, ${nodes} node${nodes === 1 ? '' : 's'}, scraped every ${interval}s.`,
    'Each figure is the likeliest value and, in brackets, what it is with every coefficient at its lowest and at its highest.',
    ...(pods === undefined ? ['workload.pods is not said: saying it narrows every range.'] : []),
    '',
    ...columns([
      ['on the edge', 'memory', formatFigure(size.memory), `source: ${source.memory}Mi`],
      ['', 'CPU', formatFigure(size.cpu), `source: ${source.cpu}m`],
      ['', 'volume', formatFigure(size.volume), `source: ${source.volume}Gi`],
      ['', 'series', formatFigure(size.series)],
      ['on the line', 'sent an hour', formatFigure(size.sent)],
      ['', 'received an hour', formatFigure(size.received)],
      ['more in the centre', 'memory', formatAdded('bytes of memory', added.memory)],
      ['', 'CPU', formatAdded('cores', added.cpu)],
      ['', 'bucket, a day', formatAdded('bytes a day', added.bucketADay)],
    ]),
    '',
    ...partsTable([group], provision),
    '',
    `Where a number is from: fleetc size --explain ${(edges[0] as { readonly name: string }).name}/memory`,
  ].join('\n');
}

const formatAdded = (unit: 'bytes of memory' | 'cores' | 'bytes a day', range: Range): string =>
  range.high === 0 ? '0' : formatRange(unit, range);
