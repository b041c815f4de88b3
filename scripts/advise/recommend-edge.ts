import type { Diagnostic } from '../diagnostic.ts';
import type { Edge, Inventory, Sourced } from '../inventory/inventory.ts';
import { seconds } from '../telemetry/duration.ts';
import { bytesOf } from '../telemetry/quantity.ts';
import type { OptionName } from './outage.ts';
import { type EdgeBudget, outageBudget } from './outage-edge.ts';
import { type Flip, flips, type Ranking, rank, type SourceAnswer, sourceAnswers } from './recommend.ts';
import { type Surroundings, surroundingsOf } from './recommend-surroundings.ts';
import { type Facts, perOption } from './rules.ts';
import { type Added, type AddedCost, addedToCentre, type Counted, centreWith, costOf, counted, othersOf } from './size/added.ts';
import { type EdgeSize, sizeOf } from './size/edge.ts';
import { defaultReceive } from './size/what-if.ts';

type PerOption<T> = Readonly<Record<OptionName, T>>;

/** What one edge would be on each option. */
export interface Prospects {
  readonly facts: Facts;
  readonly budgets: PerOption<EdgeBudget>;
  readonly sizes: PerOption<EdgeSize>;
}

export function prospectsOf(edge: Edge, surroundings: Surroundings): Prospects {
  const { inventory, on } = surroundings;
  const sizes = perOption((option) => sizeOf(surroundings.workload(onOption(edge, option)), `${edge.name} on ${option}`));
  const budgets = perOption((option) => outageBudget(edge, option, sizes[option].samples.value, surroundings));
  return {
    budgets,
    sizes,
    facts: {
      option: edge.option,
      edges: inventory.edges.length,
      on: perOption((option) => (edge.option === option ? on[option] : on[option] + 1)),
      ingress: edge.network.ingress,
      stability: edge.network.stability,
      maxOffline: edge.network.maxOffline === undefined ? undefined : seconds(edge.network.maxOffline),
      localAlerts: edge.localAlerts,
      nodeMemory: smallestNode(edge),
      survives: perOption((option) => budgets[option].survives),
      memory: perOption((option) => onOneNode(sizes[option])),
    },
  };
}

/** The edge as it would be on another option, with that option's own settings as they are unless said. */
function onOption(edge: Edge, option: OptionName): Edge {
  if (edge.option === option) return edge;
  const { settings: _, ...common } = { settings: undefined, ...edge };
  switch (option) {
    case 'remote-scrape':
      return { ...common, option, settings: { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} } };
    case 'prometheus-agent':
      return { ...common, option };
    case 'thanos-sidecar':
      return { ...common, option, settings: { replicas: 1 } };
  }
}

/** Of nodes whose memory is known; undefined where one is not. */
function smallestNode({ nodes }: Pick<Edge, 'nodes'>): number | undefined {
  const known = nodes.flatMap(({ memory }) => (memory === undefined ? [] : [bytesOf(memory)]));
  return known.length === nodes.length ? Math.min(...known) : undefined;
}

/** One copy of each part may find itself on the same node. As much as it may be: a node that is full is full. */
const onOneNode = ({ parts }: EdgeSize): number => parts.reduce((bytes, { memory }) => bytes + memory.value.high, 0);

/** A recommendation for edges that are alike, and what each option costs one of them. */
export interface Recommendation extends Prospects, Ranking {
  /** At least one. */
  readonly clusters: readonly string[];
  readonly option: OptionName;
  readonly flips: readonly Flip[];
  readonly source: readonly SourceAnswer[];
  /** What the edge adds to the centre on each option. */
  readonly centre: PerOption<AddedCost>;
  /** The same with its derivations: each is as large as the fleet, so it is made when somebody asks. */
  readonly derived: () => PerOption<Added>;
}

/** What is advised for some edges of an inventory, said once for those that are alike. */
export function recommend(edges: readonly Edge[], inventory: Inventory): readonly Recommendation[] {
  const surroundings = surroundingsOf(inventory);
  const alike = new Map<string, Edge[]>();
  for (const edge of edges) {
    const { network, localAlerts, nodes, storage, option } = edge;
    const key = JSON.stringify([option, surroundings.workload(edge), network, localAlerts, storage.size, smallestNode({ nodes })]);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [edge]);
    else group.push(edge);
  }
  const fleet = counted(inventory);
  return [...alike.values()].map((group) => recommendation(group as [Edge, ...Edge[]], surroundings, fleet));
}

function recommendation(edges: readonly [Edge, ...Edge[]], surroundings: Surroundings, fleet: Counted): Recommendation {
  const [edge] = edges;
  const prospects = prospectsOf(edge, surroundings);
  const derived = () => addedOn(edge, prospects.sizes, fleet);
  return {
    clusters: edges.map(({ name }) => name),
    option: edge.option,
    ...prospects,
    ...rank(prospects.facts),
    flips: flips(prospects.facts),
    source: sourceAnswers(prospects.facts),
    centre: costsOf(derived()),
    derived,
  };
}

const costsOf = (added: PerOption<Added>): PerOption<AddedCost> => perOption((option) => costOf(added[option]));

/** What the edge adds to the centre on each option. */
function addedOn(edge: Edge, sizes: Prospects['sizes'], fleet: Counted): PerOption<Added> {
  const others = othersOf(edge, fleet);
  const { central } = others.inventory;
  // With Receive where the option writes to it, even if the inventory has none yet.
  const withReceive = {
    ...others,
    inventory: { ...others.inventory, central: { ...central, receive: central.receive ?? defaultReceive } },
  };
  return perOption((option) => {
    if (option === edge.option && (option !== 'prometheus-agent' || central.receive !== undefined))
      return addedToCentre(edge.name, fleet.size.centre, others.centre);
    const withIt = centreWith(onOption(edge, option), sizes[option], option === 'prometheus-agent' ? withReceive : others);
    return addedToCentre(sizes[option].series.scope, withIt, others.centre);
  });
}

/** An edge whose option cannot do what somebody wrote down about it, or is the worst of the three by it: worth a word, not a refusal. */
export function* unfitOption(edge: Sourced<Edge>, surroundings: Surroundings): Iterable<Diagnostic> {
  if (edge.value.localAlerts && edge.value.option !== 'thanos-sidecar') yield noLocalAlerts(edge);
  else yield* rankedLast(edge, surroundings);
}

const noLocalAlerts = ({ value, at }: Sourced<Edge>): Diagnostic => ({
  code: 'option/local-alerts',
  severity: 'warning',
  message: `Alerts have to fire on "${value.name}" even while it is cut off, but ${value.option} evaluates no rules there.`,
  hint:
    value.network.ingress === 'open'
      ? "Set option to 'thanos-sidecar', or localAlerts to false."
      : "Open the network to the centre, then set network.ingress to 'open' and option to 'thanos-sidecar'; or set localAlerts to false.",
  span: at('localAlerts'),
  related: [{ message: 'the option', span: at('option') }],
});

function* rankedLast({ value, at }: Sourced<Edge>, surroundings: Surroundings): Iterable<Diagnostic> {
  const { network, localAlerts, nodes } = value;
  // Nothing was written that a rule rests on: the common case, and a fleet may have thousands of edges.
  if (network.stability === undefined && network.maxOffline === undefined && localAlerts === undefined && nodes[0]?.memory === undefined)
    return;
  const { ranked, decided } = rank(prospectsOf(value, surroundings).facts);
  const { rule, because } = decided;
  if (ranked.at(-1)?.option !== value.option || !rule.warns) return;
  yield {
    code: 'option/ranked-last',
    severity: 'warning',
    message: `${value.option} is the last choice for "${value.name}": ${because}.`,
    hint: `The first is ${ranked[0]?.option}. See fleetc recommend ${value.name}.`,
    span: at('option'),
  };
}
