/** Third byte of each site's network, by region. */
export const sites = { eu: [10, 11], us: [20] } as const;

export const nodesOf = (site: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `node-${i + 1}`, address: `10.0.${site}.${i + 1}` }));
