import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { options } from './costs.mjs';

const fleets = [
  { name: 'the one of this repository', root: '.' },
  { name: '12 edges on a bad network', root: 'docs/choosing-an-option/bad-network' },
  { name: '60 autonomous edges', root: 'docs/choosing-an-option/autonomous' },
];

/** The tables of the page by their names. `json` runs a command, `costs` are those of the chart, `built` is where the compiler is. */
export async function tables({ json, costs, built }) {
  const load = (path) => import(pathToFileURL(join(built, 'scripts/advise', path)).href);
  const [{ formatRange }, { formatDuration }, { rules }, { backTests, errorOf }, { coefficients }, { contradictions }] = await Promise.all(
    ['size/format.js', 'duration.js', 'rules.js', 'size/back-test.js', 'coefficients.js', 'source-tables.js'].map(load),
  );
  const amount = ({ unit, ...range }) => (range.high === 0 ? '0' : formatRange(unit, range));

  return {
    rules: () =>
      table(
        ['', 'rule', 'from', 'what it says'],
        rules.map(({ id, kind, says }, i) => [i + 1, `\`${id}\``, kind, says]),
      ),

    'costs by size': () =>
      table(
        [
          'nodes',
          'option',
          'edge memory',
          'edge CPU',
          'edge volume',
          'sent an hour',
          'received an hour',
          'more memory in the centre',
          'bucket, a day',
        ],
        costs.flatMap(({ nodes, of }) =>
          options.map((option) => {
            const { edge, line, centre } = of[option];
            return [
              nodes,
              option,
              ...[edge.memory, edge.cpu, edge.volume, line.sent, line.received, centre.memory, centre.bucket].map(amount),
            ];
          }),
        ),
      ),

    fleets: () =>
      table(
        [
          'fleet',
          'edges',
          'on',
          'advised',
          'decided by',
          'one of them survives offline',
          'on the edge',
          'on the line, an hour',
          'more in the centre',
        ],
        fleets.flatMap(({ name, root }) => {
          const { recommendations } = json('recommend', '--root', root);
          return recommendations.map(({ clusters, option, advised, decided, ranked }, i) => {
            const { outage, edge, line, centre } = ranked.find((one) => one.option === advised);
            return [
              i === 0 ? name : '',
              clusters.length === 1 ? clusters[0] : `${clusters[0]} and ${clusters.length - 1} like it`,
              option,
              advised,
              `\`${decided.rule}\``,
              formatDuration(outage.survives),
              amount(edge.memory),
              amount(line.sent),
              amount(centre.memory),
            ];
          });
        }),
      ),

    'cluster-05': () => {
      const root = ['--root', 'docs/choosing-an-option/bad-network'];
      const [{ advised, decided, ranked }] = json('recommend', 'cluster-05', ...root).recommendations;
      const [{ budgets }] = json('outage', 'cluster-05', '--for', '1d', ...root).outages;
      const { steps } = json('status', 'cluster-05', ...root);
      const { edge, line, centre } = ranked.find(({ option }) => option === advised);
      const lost = ({ most }) => (most === 0 ? 'nothing' : most === 86_400 ? 'all of it' : `the oldest ${formatDuration(most)}`);
      const survived = budgets.map(
        ({ option, survives, loses }) => `${option} loses ${lost(loses)} (it survives ${formatDuration(survives)})`,
      );
      return table(
        ['question', 'answer', 'command'],
        [
          ['Which option?', `**${advised}**, by the rule \`${decided.rule}\`: ${decided.because}`, '`recommend cluster-05`'],
          [
            'What does it cost on the edge?',
            `memory ${amount(edge.memory)}, CPU ${amount(edge.cpu)}, volume ${amount(edge.volume)}`,
            '`size cluster-05`',
          ],
          ['On the line?', `sends ${amount(line.sent)} an hour, receives ${amount(line.received)}`, '`size cluster-05`'],
          [
            'In the centre?',
            `memory ${amount(centre.memory)}, CPU ${amount(centre.cpu)}, and ${amount(centre.bucket)} a day in the bucket`,
            '`size cluster-05`',
          ],
          ['What survives a day offline?', survived.join('; '), '`outage cluster-05 --for 1d`'],
          ['What is missing today?', steps.join('<br>'), '`status cluster-05`'],
        ],
      );
    },

    contradictions: () =>
      table(
        ['', 'in its table', 'what contradicts'],
        Object.entries(contradictions).map(([id, one]) => [id, one.table, one.sentence]),
      ),

    'back-test': () =>
      table(
        ['what', 'published', 'ours', 'ours ÷ published'],
        [...backTests]
          .sort((a, b) => Math.abs(Math.log(errorOf(b))) - Math.abs(Math.log(errorOf(a))))
          .map((one) => [
            one.source.startsWith('http') ? `[${one.what}](${one.source})` : `${one.what} (${one.source} by us)`,
            `${Number(one.published.toPrecision(3))} ${one.unit}`,
            `${Number(one.ours.toPrecision(3))} ${one.unit}`,
            errorOf(one).toFixed(2),
          ]),
      ),

    'back-test in a sentence': () => {
      const errors = backTests.map(errorOf);
      const mean = Math.exp(errors.reduce((sum, error) => sum + Math.log(error), 0) / errors.length);
      return `Of ${errors.length} figures that others published or we measured, the model has between ${Math.min(...errors).toFixed(2)} and ${Math.max(...errors).toFixed(2)} times what was found; the mean is ${mean.toFixed(2)} times.`;
    },

    'kinds of coefficients': () => {
      const kinds = grouped(Object.values(coefficients));
      const meaning = {
        measured: 'by us, on the real programs',
        published: 'by others, with a link',
        assumed: 'a planning estimate that nobody has measured',
        source: 'of the comparison itself',
      };
      return table(
        ['kind', 'coefficients', 'what it means'],
        [...kinds].map(([kind, all]) => [kind, all.length, meaning[kind]]),
      );
    },
  };
}

function grouped(coefficients) {
  const kinds = new Map();
  for (const one of coefficients) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  return kinds;
}

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
