import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'];
export const sizes = [1, 3, 10, 30];

/**
 * What an edge of each size costs on each option: there, on its line, and what it adds to a centre that has such edges already. `json` runs
 * a command in `folder`.
 */
export function costsBySize(json, folder) {
  const root = 'docs/choosing-an-option/by-size';
  const write = (name, value) => writeFileSync(join(folder, root, 'clusters', name), `export default ${JSON.stringify(value)};\n`);
  mkdirSync(join(folder, root, 'clusters'), { recursive: true });
  write('fleet.ts', { name: 'by-size', repository: { url: 'https://github.com/example/by-size.git' }, regions: ['kr'] });
  write('centre.ts', {
    name: 'centre',
    role: 'central',
    region: 'kr',
    receive: { url: 'https://receive.example:19291/api/v1/receive' },
    alertmanager: { url: 'https://alerts.example:30943' },
  });
  const edges = sizes.flatMap((nodes, i) =>
    options.map((option, j) => ({
      name: `${option}-${nodes}`,
      role: 'edge',
      region: 'kr',
      option,
      nodes: Array.from({ length: nodes }, (_, k) => ({ name: `${option}-${nodes}-${k + 1}`, address: `10.${i}.${j}.${k + 1}` })),
    })),
  );
  write('edges.ts', edges);
  const { recommendations } = json('recommend', '--root', root, ...sizes.map((nodes) => `remote-scrape-${nodes}`));
  return sizes.map((nodes) => {
    const { ranked } = recommendations.find(({ clusters }) => clusters.includes(`remote-scrape-${nodes}`));
    return { nodes, of: Object.fromEntries(ranked.map(({ option, edge, line, centre }) => [option, { edge, line, centre }])) };
  });
}
