// [IO]
import { Command } from 'commander';
import { recommend } from './recommend-edge.ts';
import { formatRecommendations } from './recommend-format.ts';
import { edgesToAdvise, type Line } from './recommend-inventory.ts';
import { recommendationsJson } from './recommend-json.ts';

export const recommendCommand = (line: Line): Command =>
  new Command('recommend')
    .description('which option fits each edge, why, what would change that, and what each option costs')
    .argument('[cluster...]', 'edges; all unless named')
    .option('--explain', 'every rule, and the formula and inputs of every number', false)
    .action((names: readonly string[], { explain }: { readonly explain: boolean }) => line.exit(run(names, explain, line)));

function run(names: readonly string[], explain: boolean, line: Line): 0 | 1 | 2 {
  const advised = edgesToAdvise(names, line);
  if (typeof advised === 'number') return advised;
  const { inventory, edges, diagnostics, status } = advised;
  const all = recommend(edges, inventory);
  if (line.settings().json) line.print(JSON.stringify({ recommendations: recommendationsJson(all), diagnostics }, null, 2));
  else line.print(formatRecommendations(all, { explain }));
  return status;
}
