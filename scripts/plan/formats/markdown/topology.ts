import type { PlanReport } from '../../../../generated/types/plan.d.ts';
import { number } from '../counting.ts';
import { clip } from '../legible.ts';
import { ringsOf } from '../rings.ts';
import { fence } from './escape.ts';

/** Far below what Mermaid takes (500 edges): what is more than a screen is no picture. */
const most = { nodes: 24, clusters: 20 };

type Group = PlanReport['groups'][number];

/** The fleet as a flowchart: rings, then regions, and in a small fleet the clusters that change. Undefined where it would show nothing or too much. */
export function topology({ fleet, groups, clusters, summary }: PlanReport): string | undefined {
  const rings = ringsOf(groups);
  const detailed = summary.clusters.total <= most.clusters && clusters.length > 0;
  if (!detailed && groups.length < 2) return undefined;
  const nodes = 1 + rings.length + groups.length + (detailed ? clusters.length : 0);
  const regions = nodes <= most.nodes;
  if (1 + rings.length > most.nodes) return undefined;

  const lines: string[] = [];
  let last = 0;
  const add = (from: string, label: string, changed: boolean): string => {
    last += 1;
    lines.push(`  ${from} ${changed ? '==>' : '-.->'} n${last}["${text(label)}"]${changed ? ':::changed' : ''}`);
    return `n${last}`;
  };
  for (const ring of rings) {
    const own = groups.filter((group) => group.ring === ring);
    const parent = ring === '' && regions ? 'n0' : add('n0', `${ring === '' ? 'centre' : `ring ${ring}`} · ${shareOf(own)}`, touches(own));
    if (regions)
      for (const group of own) {
        const within = detailed ? clusters.filter((cluster) => cluster.region === group.region && cluster.ring === ring) : [];
        if (ring === '' && within.length > 0) {
          for (const { name } of within) add(parent, `centre · ${name}`, true);
          continue;
        }
        const node = add(parent, `${ring === '' ? 'centre in ' : ''}${group.region} · ${shareOf([group])}`, touches([group]));
        for (const { name, option } of within) add(node, option === '' ? name : `${name} · ${option}`, true);
      }
  }
  return fence(
    'mermaid',
    [
      'flowchart LR',
      `  n0["${text(`inventory of ${fleet}`)}"]`,
      ...lines,
      '  classDef changed fill:#fff1d6,stroke:#9a6700,stroke-width:2px,color:#3b2300',
    ].join('\n'),
  );
}

const touches = (groups: readonly Group[]): boolean => groups.some(({ clusters }) => clusters.touched > 0);

const shareOf = (groups: readonly Group[]): string => {
  const all = (key: 'touched' | 'total') => groups.reduce((total, { clusters }) => total + clusters[key], 0);
  return `${number(all('touched'))} of ${number(all('total'))}`;
};

/** Mermaid's own entities: what is not a letter, a digit or harmless has no meaning as one. */
const text = (label: string): string => clip(label, 60).replace(/[^\p{L}\p{N} ,·./-]/gu, (character) => `#${character.codePointAt(0)};`);
