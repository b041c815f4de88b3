import type { Edge } from '../inventory/inventory.ts';

/**
 * The figures of the comparison that this project began with, as it states them. They are claims: nothing is computed from them, and what
 * contradicts them is said beside them.
 */
export type ContradictionId = `D${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18}`;

/** Thousandths of a core. */
type Thousandths = number;
type Mebibytes = number;

interface SourcePart {
  readonly part: string;
  readonly per: 'node' | 'cluster';
  readonly cpu: Thousandths;
  readonly memory: Mebibytes;
  readonly limits?: { readonly cpu: Thousandths; readonly memory: Mebibytes };
  /** Gi. */
  readonly volume?: number;
  readonly options: readonly Edge['option'][];
}

const everyOption = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const;

/** "Edge resources": what each part of an edge asks for. */
export const edgeResources: readonly SourcePart[] = [
  { part: 'node-exporter', per: 'node', cpu: 50, memory: 50, options: everyOption },
  { part: 'kube-state-metrics', per: 'cluster', cpu: 100, memory: 128, limits: { cpu: 200, memory: 256 }, options: everyOption },
  {
    part: 'prometheus-agent',
    per: 'cluster',
    cpu: 200,
    memory: 200,
    limits: { cpu: 500, memory: 500 },
    volume: 5,
    options: ['prometheus-agent'],
  },
  { part: 'edge-prometheus', per: 'cluster', cpu: 500, memory: 1024, volume: 15, options: ['thanos-sidecar'] },
  { part: 'thanos-sidecar', per: 'cluster', cpu: 200, memory: 500, options: ['thanos-sidecar'] },
];

interface Stated<T> {
  readonly option: Edge['option'];
  readonly stated: T;
}

/** "Edge resources": its sums for a cluster of three nodes. */
export const threeNodes: readonly Stated<{ readonly cpu: Thousandths; readonly memory: string }>[] = [
  { option: 'remote-scrape', stated: { cpu: 250, memory: '278Mi' } },
  { option: 'prometheus-agent', stated: { cpu: 450, memory: '478Mi' } },
  { option: 'thanos-sidecar', stated: { cpu: 950, memory: '1.8Gi' } },
];

/** "Centre": what an option adds there for four edges. */
export const centre: readonly Stated<{ readonly cpu: Thousandths; readonly memory: Mebibytes; readonly text: string }>[] = [
  { option: 'remote-scrape', stated: { cpu: 200, memory: 500, text: '200m, 500Mi' } },
  { option: 'prometheus-agent', stated: { cpu: 1500, memory: 3072, text: '1500m, 3Gi' } },
  { option: 'thanos-sidecar', stated: { cpu: 0, memory: 0, text: 'nothing' } },
];

/** Of which Receive is all that it counts for prometheus-agent. */
export const receiver = {
  replicas: 3,
  replicationFactor: 2,
  cpu: 500,
  memory: 1024,
  limits: { cpu: 1000, memory: 2048 },
  volume: 50,
} as const;

/** "Four edges": all of them together. */
export const fourEdges: readonly Stated<{ readonly cores: number; readonly memory: string; readonly megabytesAnHour: number }>[] = [
  { option: 'remote-scrape', stated: { cores: 1, memory: '1.1 GB', megabytesAnHour: 10 } },
  { option: 'prometheus-agent', stated: { cores: 1.8, memory: '1.9 GB', megabytesAnHour: 50 } },
  { option: 'thanos-sidecar', stated: { cores: 3.8, memory: '7.2 GB', megabytesAnHour: 200 } },
];

/** "Overview": how it speaks of an option before it counts. */
export const overview: readonly Stated<{
  readonly edgeMemory: string;
  readonly network: string;
  readonly freshness: string;
  readonly centre: string;
}>[] = [
  { option: 'remote-scrape', stated: { edgeMemory: 'none', network: 'low', freshness: '30 s', centre: 'load grows with edges' } },
  {
    option: 'prometheus-agent',
    stated: { edgeMemory: '~200 MB', network: 'efficient', freshness: '1 min batches', centre: 'Receive scales out' },
  },
  {
    option: 'thanos-sidecar',
    stated: { edgeMemory: '~2 GB', network: 'not said', freshness: '30 s', centre: 'each edge managed by itself' },
  },
];

/** "Advice": which option for which situation. */
export const advice: readonly { readonly situation: string; readonly option: Edge['option'] }[] = [
  { situation: 'fewer than 5 edges, scarce resources', option: 'remote-scrape' },
  { situation: '5 to 20 edges, unstable network', option: 'prometheus-agent' },
  { situation: 'more than 20 edges, full autonomy wanted', option: 'thanos-sidecar' },
];

/** "The fleet" that it is written for, and what it decides for it. */
export const sourceFleet = {
  edges: 4,
  addresses: ['192.168.101.196', '192.168.101.197', '192.168.101.198'],
  nodesPerEdge: 3,
  memoryPerMachine: '16 GB',
  network: 'one data centre, stable',
  decided: 'prometheus-agent' as Edge['option'],
} as const;

/** The tables, by what they are called in output and tests. */
export type SourceTable = 'edge resources' | 'centre' | 'four edges' | 'overview' | 'advice' | 'fleet';

interface Contradiction {
  readonly table: SourceTable;
  /** One sentence. */
  readonly sentence: string;
}

/** Where the source contradicts itself, or what is so; each beside the table that it is about. */
export const contradictions: Readonly<Record<ContradictionId, Contradiction>> = {
  D1: {
    table: 'edge resources',
    sentence: 'The sums for three nodes are right (250m and 278Mi, 450m and 478Mi, 950m and 1802Mi), but 1802Mi is 1.76Gi, shown as 1.8Gi.',
  },
  D2: {
    table: 'four edges',
    sentence:
      'Four times 278Mi, 478Mi and 1802Mi are 1.17, 2.00 and 7.56 GB, or 1.09, 1.87 and 7.04 GiB: the 1.1, 1.9 and 7.2 GB shown mix the two units and round twice.',
  },
  D3: { table: 'overview', sentence: 'The overview gives remote-scrape no resources on the edge, the table 250m and 278Mi.' },
  D4: {
    table: 'overview',
    sentence:
      'The overview says 200 MB and 2 GB a cluster, the table 478Mi and 1.76Gi: the first counts the agent only, the second rounds up.',
  },
  D5: {
    table: 'edge resources',
    sentence:
      'An agent is said to need 10% of a Prometheus; by its own rows it is 20% of the memory (200Mi of 1Gi) and 40% of the CPU (200m of 500m).',
  },
  D6: {
    table: 'edge resources',
    sentence: 'prometheus-agent is said to cost half of thanos-sidecar; by its own sums it is 47% of the CPU and 27% of the memory.',
  },
  D7: {
    table: 'centre',
    sentence:
      'thanos-sidecar is said to need nothing in the centre, where the same page draws Query, Store Gateway and a bucket, which needs a Compactor too.',
  },
  D8: {
    table: 'centre',
    sentence:
      'For prometheus-agent only the requests of Receive are counted: its limits are 3 cores and 6Gi, its volumes 150Gi, and routers, Store Gateway, Compactor and the bucket are missing.',
  },
  D9: {
    table: 'centre',
    sentence: 'The 500Mi for remote-scrape are those of one Prometheus, but two replicas run, each with every series: 1000Mi.',
  },
  D10: {
    table: 'four edges',
    sentence:
      'remote-scrape is called low and prometheus-agent efficient in traffic; its 10, 50 and 200 MB an hour are in the wrong order, as thanos-sidecar sends least, and too low for the other two by a factor of several.',
  },
  D11: {
    table: 'four edges',
    sentence: 'Two replicas in the centre scrape every edge, so remote-scrape sends everything twice: 20 MB an hour by its own figure.',
  },
  D12: {
    table: 'overview',
    sentence:
      'prometheus-agent is said to send batches of one minute, but its settings scrape every 30 s and send within 5 s: 35 s at most.',
  },
  D13: {
    table: 'fleet',
    sentence:
      'Four edges are named, three addresses listed, and machines of 16 GB described one by one, while the tables assume three nodes an edge.',
  },
  D14: {
    table: 'overview',
    sentence: 'More stars mean more expensive in one column and better in another, so the stars of two columns cannot be added.',
  },
  D15: {
    table: 'edge resources',
    sentence: 'The volume of 15Gi comes without a retention; at 833 samples a second 15 days are some 2.2 GB.',
  },
  D16: {
    table: 'overview',
    sentence:
      'The list of ports to open has 10255, which a kubelet of today keeps closed, and lacks 9100 and 8080, which its own scrape definitions use.',
  },
  D17: {
    table: 'advice',
    sentence:
      'Its own fleet, few edges on a stable network with scarce resources, is remote-scrape by this table, and the conclusion is prometheus-agent.',
  },
  D18: {
    table: 'centre',
    sentence:
      'Three receivers with 1Gi each are said to be enough with two copies of a sample, whatever the number of series; series and copies decide.',
  },
};

/** The figures of the source for a cluster of `nodes` nodes: its rows, added up. */
export function sourceSum(
  option: Edge['option'],
  nodes: number,
): { readonly cpu: Thousandths; readonly memory: Mebibytes; readonly volume: number } {
  const rows = edgeResources
    .filter((row) => row.options.includes(option))
    .map((row) => ({ ...row, times: row.per === 'node' ? nodes : 1 }));
  return {
    cpu: rows.reduce((sum, { cpu, times }) => sum + times * cpu, 0),
    memory: rows.reduce((sum, { memory, times }) => sum + times * memory, 0),
    volume: rows.reduce((sum, { volume = 0 }) => sum + volume, 0),
  };
}

/** What the source contradicts beside one of its tables. */
export const contradictionsOf = (table: SourceTable): readonly (readonly [ContradictionId, string])[] =>
  (Object.entries(contradictions) as [ContradictionId, Contradiction][])
    .filter(([, one]) => one.table === table)
    .map(([id, { sentence }]) => [id, sentence]);
