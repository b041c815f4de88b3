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
  sourceSum,
  threeNodes,
} from '../source-tables.ts';
import type { PartSize } from './edge.ts';
import type { FleetSize, Total } from './fleet.ts';
import { formatFigure, formatRange, formatValue } from './format.ts';
import type { Limit } from './limits.ts';
import type { Provision } from './provision.ts';
import { exactly } from './range.ts';
import { namesOf, type SizeReport } from './report.ts';
import type { Resources } from './resources.ts';

/** Groups of equal edges whose parts are listed one by one. */
const detailedGroups = 8;

/** The report as text, columns aligned. */
export function formatReport(report: SizeReport): string {
  const { inventory, size, provision, today, assumed } = report;
  const { fleet } = inventory;
  return [
    `${fleet.name}: ${size.fleet.edges} edges, ${size.fleet.nodes} nodes, scraped every ${fleet.scrapeInterval}.`,
    'Each figure is the likeliest value and, in brackets, what it is with every coefficient at its lowest and at its highest.',
    ...unsaid(inventory.edges),
    ...assumed.map((sentence) => `Assumed: ${sentence}`),
    '',
    ...edgesTable(size),
    '',
    ...partsTable(size.groups, provision),
    '',
    ...totalsTable(size),
    '',
    ...centreTable(size, provision),
    '',
    ...(today === undefined ? [] : [...changeTable(today, size), '']),
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
    'On the edges (source: what the comparison counts for as many nodes)',
    ...columns([
      ['edge', 'option', 'nodes', 'CPU', 'memory', 'volume', 'source CPU', 'source memory'],
      ...groups.map(({ edges, size }) => {
        const { option, nodes } = size.workload;
        const source = sourceSum(option, nodes);
        return [
          namesOf(edges),
          option,
          String(nodes),
          ...[size.cpu, size.memory, size.volume].map(formatFigure),
          `${source.cpu}m`,
          `${source.memory}Mi`,
        ];
      }),
    ]),
    '',
    'On their lines, an hour',
    ...columns([
      ['edge', 'series', 'sent', 'received'],
      ...groups.map(({ edges, size }) => [namesOf(edges), ...[size.series, size.sent, size.received].map(formatFigure)]),
    ]),
  ];
}

export function partsTable(groups: FleetSize['groups'], provision: Provision): readonly string[] {
  const shown = groups.slice(0, detailedGroups);
  return [
    'Parts of an edge, each',
    ...columns([
      partsHead('edge'),
      ...shown.flatMap(({ edges, size: { parts } }) =>
        parts.map((part, i) => [i === 0 ? namesOf(edges) : '', ...partCells(part, provision.onEdge(edges[0] as Edge, part.name))]),
      ),
    ]),
    ...(groups.length > shown.length ? [`(${groups.length - shown.length} kinds of edges more: --json has them all)`] : []),
  ];
}

const partsHead = (first: string): readonly string[] => [first, 'part', 'copies', 'CPU', 'memory', 'emitted: request - limit', 'volume'];

const partCells = ({ name, copies, cpu, memory, volume }: PartSize, { requests, limits }: Resources): readonly string[] => [
  name,
  String(copies),
  formatFigure(cpu),
  formatFigure(memory),
  `${requests.cpu}, ${requests.memory} - ${limits.memory}`,
  volume === undefined ? '' : formatFigure(volume),
];

function totalsTable({ rings, regions, fleet }: FleetSize): readonly string[] {
  const row = ({ scope, edges, nodes, series, cpu, memory, volume, sent, received }: Total) => [
    scope,
    String(edges),
    String(nodes),
    ...[series, cpu, memory, volume, sent, received].map(formatFigure),
  ];
  return [
    'All edges of',
    ...columns([
      ['', 'edges', 'nodes', 'series', 'CPU', 'memory', 'volume', 'sent an hour', 'received an hour'],
      ...[...rings, ...regions, fleet].map(row),
    ]),
  ];
}

function centreTable({ centre }: FleetSize, provision: Provision): readonly string[] {
  return [
    'In the centre, each',
    ...columns([
      partsHead('').slice(1),
      ...centre.parts.map((part) => partCells(part, provision.inCentre(part.name))),
      ['all together', '', formatFigure(centre.cpu), formatFigure(centre.memory), '', formatFigure(centre.volume)],
    ]),
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
          ['of which each tenant is on', formatFigure(receive.spread)],
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
function changeTable(today: FleetSize, size: FleetSize): readonly string[] {
  const before = new Map([...rowsOf(today)]);
  const after = rowsOf(size);
  return [
    'What it changes',
    ...columns([
      ['', 'today', 'then'],
      ...after.map(([what, value]) => [what, before.get(what) ?? '-', value]).filter(([, a, b]) => a !== b),
    ]),
  ];
}

const rowsOf = ({ fleet, centre }: FleetSize): readonly (readonly [string, string])[] => [
  ['edges', String(fleet.edges)],
  ['sent by all edges an hour', formatFigure(fleet.sent)],
  ...centre.parts.flatMap(({ name, copies, memory, volume }): readonly (readonly [string, string])[] => [
    [`${name} copies`, String(copies)],
    [`${name} memory, each`, formatFigure(memory)],
    ...(volume === undefined ? [] : [[`${name} volume, each`, formatFigure(volume)] as const]),
  ]),
  ['centre CPU', formatFigure(centre.cpu)],
  ['centre memory', formatFigure(centre.memory)],
  ['centre volume', formatFigure(centre.volume)],
  ...held(centre),
];

export function limitLines(limits: readonly Limit[]): readonly string[] {
  const broken = limits.filter(({ state }) => state !== 'ok');
  if (broken.length === 0) return [`None of ${limits.length} limits is near.`];
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
        `${sourceSum(option, 3).volume}Gi`,
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
