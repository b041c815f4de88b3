import type { OptionName } from './outage.ts';
import type { Decision } from './recommend.ts';
import type { Recommendation } from './recommend-edge.ts';
import { disagree } from './recommend-format.ts';
import type { Figure } from './size/figure.ts';

const decision = ({ rule: { id, kind, says }, because }: Decision) => ({ rule: id, kind, says, because });

/** For tools: what the text says, with every range, unit and name. */
export const recommendationsJson = (all: readonly Recommendation[]) =>
  all.map((one) => ({
    clusters: one.clusters,
    option: one.option,
    advised: one.ranked[0]?.option,
    decided: decision(one.decided),
    ranked: one.ranked.map(({ option, below }) => ({
      option,
      ...(below && { below: decision(below) }),
      ...costsOf(one, option),
      outage: outageOf(one, option),
    })),
    flips: one.flips.map(({ change, to, decided }) => ({ change, to, decided: decision(decided) })),
    source: { answers: one.source, disagree: disagree(one.source) },
    facts: one.facts,
  }));

function outageOf({ budgets }: Recommendation, option: OptionName) {
  const { survives, range, lostAfter, restart, meanwhile, limits } = budgets[option];
  return { unit: 's', survives, range, lostAfter, restart, meanwhile, limits };
}

function costsOf({ sizes, centre }: Recommendation, option: OptionName) {
  const { memory, cpu, volume, sent, received } = sizes[option];
  const figure = ({ unit, value }: Pick<Figure, 'unit' | 'value'>) => ({ unit, ...value });
  return {
    edge: { memory: figure(memory), cpu: figure(cpu), volume: figure(volume) },
    line: { sent: figure(sent), received: figure(received) },
    centre: {
      memory: figure(centre[option].memory),
      cpu: figure(centre[option].cpu),
      bucket: figure(centre[option].bucketADay),
      ...(centre[option].less !== undefined && { less: centre[option].less }),
    },
  };
}
