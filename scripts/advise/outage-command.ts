// [IO]
import { Command, InvalidArgumentError } from 'commander';
import { seconds } from '../telemetry/duration.ts';
import { formatOutages, outagesJson, outagesOf } from './outage-format.ts';
import { edgesToAdvise, type Line } from './recommend-inventory.ts';

interface Given {
  readonly for?: number;
  readonly explain: boolean;
}

export const outageCommand = (line: Line): Command =>
  new Command('outage')
    .description('how long each edge survives without the centre, what is lost after that, and what a restart meanwhile costs')
    .argument('[cluster...]', 'edges; all unless named')
    .option('--for <duration>', 'what a cut of this length loses, in m, h or d (default: network.maxOffline)', duration)
    .option('--explain', 'the formula and inputs of every number', false)
    .action((names: readonly string[], given: Given) => line.exit(run(names, given, line)));

function run(names: readonly string[], { for: offline, explain }: Given, line: Line): 0 | 1 | 2 {
  const advised = edgesToAdvise(names, line);
  if (typeof advised === 'number') return advised;
  const { inventory, sourced, diagnostics, status } = advised;
  const all = outagesOf(sourced, inventory, offline);
  if (line.settings().json) line.print(JSON.stringify({ outages: outagesJson(all), diagnostics }, null, 2));
  else line.print(formatOutages(all, { explain }));
  return status;
}

function duration(text: string): number {
  if (!/^[1-9][0-9]{0,3}[mhd]$/.test(text)) throw new InvalidArgumentError('It is a number and m, h or d.');
  return seconds(text);
}
