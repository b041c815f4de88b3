// [IO]
import { Command } from 'commander';
import { formatOutages, outagesJson, outagesOf } from './outage-format.ts';
import { edgesToAdvise, type Line } from './recommend-inventory.ts';

export const outageCommand = (line: Line): Command =>
  new Command('outage')
    .description('how long each edge survives without the centre, what is lost after that, and what a restart meanwhile costs')
    .argument('[cluster...]', 'edges; all unless named')
    .option('--explain', 'the formula and inputs of every number', false)
    .action((names: readonly string[], { explain }: { readonly explain: boolean }) => line.exit(run(names, explain, line)));

function run(names: readonly string[], explain: boolean, line: Line): 0 | 1 | 2 {
  const advised = edgesToAdvise(names, line);
  if (typeof advised === 'number') return advised;
  const { inventory, edges, diagnostics } = advised;
  const all = outagesOf(edges, inventory);
  if (line.settings().json) line.print(JSON.stringify({ outages: outagesJson(all), diagnostics }, null, 2));
  else line.print(formatOutages(all, { explain }));
  return 0;
}
