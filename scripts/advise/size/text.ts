import type { Edge } from '../../inventory/inventory.ts';
import { columns } from '../columns.ts';
import {
  advice,
  contradictionsOf,
  edgeResources,
  fourEdges,
  overview,
  type SourceTable,
  centre as sourceCentre,
  sourceFleet,
  threeNodes,
} from '../source-tables.ts';
import type { EmittedFleet, EmittedPart, Sums } from './emitted.ts';
import type { FleetSize, Total } from './fleet.ts';
import { formatFigure, formatRange, formatValue, inBrackets } from './format.ts';
import type { Limit } from './limits.ts';
import { exactly } from './range.ts';
import { namesOf, type Sized, type SizeReport } from './report.ts';
import { sourceFigures } from './source-figures.ts';

/** Kinds of edges whose parts are listed one by one. */
const detailed = 8;

/** The report as text, columns aligned. */
export function formatReport(report: SizeReport): string {
  const { inventory, size, emitted, today, assumed } = report;
  const { fleet } = inventory;
  return [
    `${fleet.name}: ${size.fleet.edges} edges, ${size.fleet.nodes} nodes, scraped every ${fleet.scrapeInterval}.`,
    inBrackets,
    'source: the comparison that fleetc began with.',
    ...unsaid(inventory.edges),
    ...assumed.map((sentence) => `Assumed: ${sentence}`),
    '',
    ...edgesTable(size),
    '',
    ...partsTable(emitted.edges),
    '',
    ...totalsTable(size),
    `Emitted for all edges: ${namedSums(emitted.allEdges)
      .map(([what, sum]) => `${what} ${sum}`)
      .join(', ')}`,
    '',
    ...centreTable(size, emitted.centre),
    '',
    ...(today === undefined ? [] : [...changeTable(today, report), '']),
    ...limitLines(size.limits),
    '',
    ...sourceLines(report),
    '',
    'Where a number is from: --explain cluster/memory, --explain centre/bucket, or --explain for all of them.',
  ].join('\n');
}

function unsaid(edges: readonly Edge[]): readonly string[] {
  const count = edges.filter(({ workload }) => workload?.pods === undefined).length;
  return count === 0 ? [] : [`${count} of ${edges.length} edges do not say workload.pods: saying it narrows every range.`];
}

function edgesTable({ groups }: FleetSize): readonly string[] {
  return [
    'On the edges (source: what it counts for as many nodes)',
    ...columns([
      ['edge', 'option', 'nodes', 'CPU', 'memory', 'volume used', 'source CPU', 'source memory'],
      ...groups.map(({ edges, size }) => {
        const { option, nodes } = size.workload;
        const source = sourceFigures(option, nodes);
        return [
          namesOf(edges),
          option,
          String(nodes),
          ...[size.cpu, size.memory, size.volume, source.cpu, source.memory].map(formatFigure),
        ];
      }),
    ]),
    '',
    'On their lines, an hour: sent and received by the edge',
    ...columns([
      ['edge', 'series', 'sent', 'received'],
      ...groups.map(({ edges, size }) => [namesOf(edges), ...[size.series, size.sent, size.received].map(formatFigure)]),
    ]),
  ];
}

/** What each part of an edge uses by the model, and what its manifests ask for. */
export function partsTable(kinds: EmittedFleet['edges']): readonly string[] {
  const shown = kinds.slice(0, detailed);
  return [
    'Parts of an edge, each',
    ...columns([
      partsHead('edge'),
      ...shown.flatMap(({ edges, size, parts, sums }) => [
        ...parts.map((part, i) => [i === 0 ? namesOf(edges) : '', ...partCells(part)]),
        ['', ...togetherCells(size, sums)],
      ]),
    ]),
    ...(kinds.length > shown.length ? [`(${kinds.length - shown.length} kinds of edges more: --json has them all)`] : []),
  ];
}

const partsHead = (first: string): readonly string[] => [
  first,
  'part',
  'pods',
  'CPU',
  'memory',
  'volume used',
  'emitted: CPU request, memory request - limit',
  'volume',
];

const partCells = ({ part: { name, copies, cpu, memory, volume: used }, resources, volume }: EmittedPart): readonly string[] => {
  const { requests, limits } = resources;
  return [
    name,
    String(copies),
    formatFigure(cpu),
    formatFigure(memory),
    used === undefined ? '' : formatFigure(used),
    `${requests.cpu}${limits.cpu === undefined ? '' : ` - ${limits.cpu}`}, ${requests.memory} - ${limits.memory}`,
    volume ?? '',
  ];
};

const togetherCells = ({ cpu, memory, volume }: Pick<Total, 'cpu' | 'memory' | 'volume'>, sums: Sums): readonly string[] => [
  'all together',
  '',
  ...[cpu, memory, volume].map(formatFigure),
  ...formatSums(sums),
];

/** Requests and limits, and volumes. */
const formatSums = ({ cpu, memory, memoryLimit, volume }: Sums): readonly [string, string] => [
  `${formatFigure(cpu)}, ${formatFigure(memory)} - ${formatFigure(memoryLimit)}`,
  formatFigure(volume),
];

function totalsTable({ rings, regions, fleet }: FleetSize): readonly string[] {
  const row = ({ scope, edges, nodes, series, cpu, memory, volume, sent, received }: Total) => [
    scope,
    String(edges),
    String(nodes),
    ...[series, cpu, memory, volume, sent, received].map(formatFigure),
  ];
  return [
    'All edges of (sent and received: by the edges)',
    ...columns([
      ['', 'edges', 'nodes', 'series', 'CPU', 'memory', 'volume used', 'sent an hour', 'received an hour'],
      ...[...rings, ...regions, fleet].map(row),
    ]),
  ];
}

function centreTable({ centre }: FleetSize, { parts, sums }: EmittedFleet['centre']): readonly string[] {
  return [
    'In the centre, each',
    ...columns([partsHead('').slice(1), ...parts.map(partCells), togetherCells(centre, sums)]),
    '',
    'What the centre holds',
    ...columns(held(centre).map(([what, value]) => [what, value])),
  ];
}

function held({ prometheus, receive, query, storage, bucket }: FleetSize['centre']): readonly (readonly [string, string])[] {
  return [
    ['series of a replica of a Prometheus shard', formatFigure(prometheus.series)],
    ['Prometheus shards', formatFigure(prometheus.shards)],
    ['volume of each', formatFigure(prometheus.storage)],
    ['edges that they scrape', formatFigure(prometheus.edges)],
    ['their scrape configuration, compressed', formatFigure(prometheus.configuration)],
    ...(receive === undefined
      ? []
      : ([
          ['routers', formatFigure(receive.routers)],
          ['ingestors', formatFigure(receive.ingestors)],
          ['of which each tenant uses', formatFigure(receive.spread)],
          ['tenants of an ingestor', formatFigure(receive.tenants)],
          ['series of an ingestor', formatFigure(receive.series)],
          ['volume of an ingestor', formatFigure(receive.storage)],
        ] as const)),
    ['volume of a Store Gateway', formatFigure(storage.storeGateway)],
    ['volume of the Compactor', formatFigure(storage.compactor)],
    ['leaves of Query', formatFigure(query.leaves)],
    ['sidecar edges that one Query asks', formatFigure(query.asked)],
    ['bucket grows by a day', formatFigure(bucket.day)],
    ['bucket grows by 30 days', formatFigure(bucket.month)],
    ['bucket in the end', formatFigure(bucket.steady)],
    ['blocks in the end', formatFigure(bucket.blocks)],
  ];
}

/** What additions change in the centre and on the lines. */
function changeTable(today: Sized, then: Sized): readonly string[] {
  const before = new Map([...rowsOf(today)]);
  const after = rowsOf(then);
  return [
    'What it changes',
    ...columns([
      ['', 'today', 'then'],
      ...after.map(([what, value]) => [what, before.get(what) ?? '-', value]).filter(([, a, b]) => a !== b),
    ]),
  ];
}

const rowsOf = ({ size: { fleet, centre }, emitted }: Sized): readonly (readonly [string, string])[] => [
  ['edges', String(fleet.edges)],
  ['sent by all edges an hour', formatFigure(fleet.sent)],
  ...centre.parts.flatMap(({ name, copies, memory, volume }): readonly (readonly [string, string])[] => [
    [`${name} pods`, String(copies)],
    [`${name} memory, each`, formatFigure(memory)],
    ...(volume === undefined ? [] : [[`${name} volume used, each`, formatFigure(volume)] as const]),
  ]),
  ['centre CPU', formatFigure(centre.cpu)],
  ['centre memory', formatFigure(centre.memory)],
  ['centre volume used', formatFigure(centre.volume)],
  ...sumRows('all edges', emitted.allEdges),
  ...sumRows('the centre', emitted.centre.sums),
  ...held(centre),
];

/** What has to exist, whatever of it is used. */
const namedSums = ({ cpu, memory, memoryLimit, volume }: Sums): readonly (readonly [string, string])[] => [
  ['CPU requests', formatFigure(cpu)],
  ['memory requests', formatFigure(memory)],
  ['memory limits', formatFigure(memoryLimit)],
  ['volumes', formatFigure(volume)],
];

const sumRows = (whose: string, sums: Sums): readonly (readonly [string, string])[] =>
  namedSums(sums).map(([what, sum]) => [`emitted for ${whose}: ${what}`, sum]);

export function limitLines(limits: readonly Limit[]): readonly string[] {
  const broken = limits.filter(({ state }) => state !== 'ok');
  if (broken.length === 0) return [`None of the centre's ${limits.length} limits of capacity is near.`];
  return broken.map(
    ({ state, figure, most, warnAbove, change }) =>
      `${state}: ${figure.scope} ${figure.name} is ${formatFigure(figure)}; the limit is ${formatValue(figure.unit, most ?? warnAbove)}. ${change}`,
  );
}

/** The tables of the source with ours beside them for the same case. */
function sourceLines({ source }: SizeReport): readonly string[] {
  const ours = (option: string) => {
    const found = source.find((one) => one.option === option);
    if (found === undefined) throw new Error(`bug: no case of the source for ${option}`);
    return found;
  };
  const cores = (thousandths: number) => `${thousandths}m`;
  return [
    'The tables of the source, as it states them, and ours for the same case: edges of three nodes, scraped every 30 s by two replicas',
    '',
    'source: edge resources',
    ...columns([
      ['part', 'for each', 'CPU', 'memory', 'volume'],
      ...edgeResources.map(({ part, per, cpu, memory, volume }) => [
        part,
        per,
        cores(cpu),
        `${memory}Mi`,
        volume === undefined ? '' : `${volume}Gi`,
      ]),
    ]),
    ...columns([
      ['three nodes', 'source CPU', 'ours', 'source memory', 'ours', 'source volume', 'ours'],
      ...threeNodes.map(({ option, stated }) => [
        option,
        cores(stated.cpu),
        formatFigure(ours(option).edge.cpu),
        stated.memory,
        formatFigure(ours(option).edge.memory),
        formatFigure(sourceFigures(option, 3).volume),
        formatFigure(ours(option).edge.volume),
      ]),
    ]),
    ...notes('edge resources'),
    '',
    'source: centre, for four edges',
    ...columns([
      ['', 'source', 'ours CPU', 'ours memory', 'ours of'],
      ...sourceCentre.map(({ option, stated }) => [
        option,
        stated.text,
        formatFigure(ours(option).centre.cpu),
        formatFigure(ours(option).centre.memory),
        ours(option).centre.parts.join(', '),
      ]),
    ]),
    ...notes('centre'),
    '',
    'source: four edges',
    ...columns([
      ['', 'source CPU', 'ours', 'source memory', 'ours', 'source traffic an hour', 'ours'],
      ...fourEdges.map(({ option, stated }) => [
        option,
        formatRange('cores', exactly(stated.cores)),
        formatFigure(ours(option).fourEdges.cpu),
        stated.memory,
        formatFigure(ours(option).fourEdges.memory),
        `${stated.megabytesAnHour}MB`,
        formatFigure(ours(option).fourEdges.sent),
      ]),
    ]),
    ...notes('four edges'),
    '',
    'source: overview',
    ...columns([
      ['', 'edge memory', 'network', 'freshness', 'centre'],
      ...overview.map(({ option, stated }) => [option, stated.edgeMemory, stated.network, stated.freshness, stated.centre]),
    ]),
    ...notes('overview'),
    '',
    'source: advice',
    ...columns([['situation', 'option'], ...advice.map(({ situation, option }) => [situation, option])]),
    ...notes('advice'),
    '',
    'source: its fleet',
    ...columns([
      ['edges', 'addresses', 'machines', 'network', 'decided'],
      [String(sourceFleet.edges), sourceFleet.addresses.join(' '), sourceFleet.memoryPerMachine, sourceFleet.network, sourceFleet.decided],
    ]),
    ...notes('fleet'),
  ];
}

const notes = (table: SourceTable): readonly string[] => contradictionsOf(table).map(([id, sentence]) => `  ${id} ${sentence}`);
