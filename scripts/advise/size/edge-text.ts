import { columns } from '../columns.ts';
import type { AddedCost } from './added.ts';
import type { EmittedEdges } from './emitted.ts';
import { formatFigure, inBrackets } from './format.ts';
import { namesOf } from './report.ts';
import { sourceFigures } from './source-figures.ts';
import { partsTable } from './text.ts';

/** What one edge costs, of edges that cost the same and ask for the same: there, on its line and in the centre. */
export function formatEdge(kind: EmittedEdges, added: AddedCost): string {
  const { edges, size, sums } = kind;
  const { option, nodes, interval, pods } = size.workload;
  const source = sourceFigures(option, nodes);
  const [first] = edges;
  return [
    `${namesOf(edges)}: ${option}, ${nodes} node${nodes === 1 ? '' : 's'}, scraped every ${interval}s.`,
    inBrackets,
    'source: the comparison that fleetc began with, for as many nodes.',
    ...(pods === undefined ? ['workload.pods is not said: saying it narrows every range.'] : []),
    '',
    ...columns([
      ['on the edge', 'memory', formatFigure(size.memory), `source: ${formatFigure(source.memory)}`],
      ['', 'CPU', formatFigure(size.cpu), `source: ${formatFigure(source.cpu)}`],
      ['', 'volume used', formatFigure(size.volume), `source: ${formatFigure(source.volume)}`],
      ['', 'series', formatFigure(size.series)],
      ['emitted there', 'memory', `${formatFigure(sums.memory)} requested, limit ${formatFigure(sums.memoryLimit)}`],
      ['', 'CPU', `${formatFigure(sums.cpu)} requested`],
      ['', 'volume', formatFigure(sums.volume)],
      ['on the line', 'the edge sends, an hour', formatFigure(size.sent)],
      ['', 'the edge receives, an hour', formatFigure(size.received)],
      ['more in the centre', 'memory', formatFigure(added.memory)],
      ['', 'CPU', formatFigure(added.cpu)],
      ['', 'bucket, a day', formatFigure(added.bucketADay)],
    ]),
    ...(added.less === undefined ? [] : [added.less]),
    '',
    ...partsTable([kind]),
    '',
    `Where a number is from: fleetc size --explain ${first?.name}/memory, --explain ${first?.name}/centre/memory, or fleetc size ${first?.name} --explain for all of them.`,
  ].join('\n');
}
