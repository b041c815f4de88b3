import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { sourceFleet } from '../source-tables.ts';
import { type Figure, figuresOf, input, product, sum } from './figure.ts';
import { type FleetSize, sizeOfFleet } from './fleet.ts';
import { defaultReceive, edgesOf } from './what-if.ts';

/** Our figures for the case of the source's tables: four edges of three nodes on one option, scraped every 30 s by two replicas. */
export interface SourceCase {
  readonly option: Edge['option'];
  readonly edge: { readonly cpu: Figure; readonly memory: Figure; readonly volume: Figure };
  /** What the option needs in the centre: Prometheus, Receive, or what reads the bucket and the sidecars. */
  readonly centre: { readonly parts: readonly string[]; readonly cpu: Figure; readonly memory: Figure };
  readonly fourEdges: { readonly cpu: Figure; readonly memory: Figure; readonly sent: Figure };
}

const centralParts: Readonly<Record<Edge['option'], readonly string[]>> = {
  'remote-scrape': ['prometheus'],
  'prometheus-agent': ['receive-router', 'receive-ingestor'],
  'thanos-sidecar': ['query', 'store-gateway', 'compactor'],
};

/** What the source says, and where it says nothing, what an inventory has that says nothing: nothing of this fleet decides its case. */
const ofItsFleet = { scrapeInterval: '30s', edgeRetention: '3d', metrics: 'lean' } as const;
const ofItsCentre = {
  prometheus: { replicas: 2, mode: 'scrape-config', retention: '2d' },
  receive: defaultReceive,
  query: { replicas: 2 },
  retention: { raw: '30d', fiveMinutes: '180d', oneHour: '730d' },
  storage: {},
} as const;

export const sourceCases = (inventory: Inventory): readonly SourceCase[] =>
  (Object.keys(centralParts) as Edge['option'][]).map((option) => sourceCase(option, inventory));

function sourceCase(option: Edge['option'], { fleet, central }: Inventory): SourceCase {
  const [region = ''] = fleet.regions;
  const edges = edgesOf({ add: sourceFleet.edges, region, option, nodes: sourceFleet.nodesPerEdge, replicas: 1 }, `source-${option}`);
  const scope = `source-case ${option}`;
  const size = sizeOfFleet({ fleet: { ...fleet, ...ofItsFleet }, central: { ...central, ...ofItsCentre }, edges }, `${scope} `);
  const [group] = size.groups;
  if (group === undefined) throw new Error('bug: four edges without a group');
  const figure = figuresOf(scope);
  const added = (what: 'cpu' | 'memory') =>
    sum(...partsOf(size, option).map((part) => product(input(`${part.name} pods`, part.copies), part[what])));
  return {
    option,
    edge: group.size,
    centre: {
      parts: centralParts[option],
      cpu: figure('centre/cpu', 'cores', 'CPU of what the option needs in the centre.', added('cpu')),
      memory: figure('centre/memory', 'bytes of memory', 'Memory of what the option needs in the centre.', added('memory')),
    },
    fourEdges: size.fleet,
  };
}

const partsOf = ({ centre }: FleetSize, option: Edge['option']) => centre.parts.filter(({ name }) => centralParts[option].includes(name));
