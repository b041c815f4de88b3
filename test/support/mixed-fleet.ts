import { aCentre, aFleet, anEdge } from './fleet.ts';

const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const;

/** A fleet of `edges` edges with two nodes each, on all options, in two regions and two rings. */
export const mixedFleet = (
  edges: number,
  change: (edge: number) => Readonly<Record<string, unknown>> = () => ({}),
): ReadonlyMap<string, string> =>
  aFleet([aCentre(), ...Array.from({ length: edges }, (_, edge) => mixedEdge(edge, change(edge)))], {
    regions: ['kr', 'us'],
    rings: ['canary', 'stable'],
  });

export const nameOf = (edge: number): string => `edge-${String(edge).padStart(4, '0')}`;

export const mixedEdge = (edge: number, change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> =>
  anEdge(nameOf(edge), options[edge % options.length] ?? 'remote-scrape', 0, {
    region: edge % 5 === 0 ? 'us' : 'kr',
    ...(edge % 10 === 0 ? { ring: 'canary' } : {}),
    nodes: ['a', 'b'].map((node, index) => ({ name: `${nameOf(edge)}-${node}`, address: addressOf(2 * edge + index) })),
    ...change,
  });

/** From 10.0.0.0/8. */
export const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
