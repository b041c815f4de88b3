import { coefficients } from './coefficients.ts';
import { formatDuration } from './duration.ts';
import type { OptionName } from './outage.ts';

type PerOption<T> = Readonly<Record<OptionName, T>>;

/** What a rule may look at: facts of the inventory, undefined where it says nothing, and what the models make of them. */
export interface Facts {
  /** The option that the edge is on. */
  readonly option: OptionName;
  /** Edges of the fleet, this one among them. */
  readonly edges: number;
  /** How many of them would be on an option, were this one on it. */
  readonly on: PerOption<number>;
  readonly ingress: 'open' | 'none';
  readonly stability: 'stable' | 'unstable' | undefined;
  /** Seconds. */
  readonly maxOffline: number | undefined;
  readonly localAlerts: boolean | undefined;
  /** Bytes of the smallest node. */
  readonly nodeMemory: number | undefined;
  /** Seconds offline that each option survives. */
  readonly survives: PerOption<number>;
  /** Bytes that each option may take on the node that runs all of it. */
  readonly memory: PerOption<number>;
}

/** How a rule sees the options: 0 is best. It speaks only where it tells two of them apart. */
export interface Verdict {
  readonly ranks: PerOption<number>;
  readonly because: string;
}

export interface Rule {
  readonly id: string;
  /** `source`: of the comparison that this project began with. */
  readonly kind: 'source' | 'ours';
  /** One sentence. */
  readonly says: string;
  /** Whether compile warns of an option that this rule puts last: only of what somebody wrote about the edge, and once, not beside an error. */
  readonly warns: boolean;
  readonly verdict: (facts: Facts) => Verdict | undefined;
}

const gi = 2 ** 30;

/** Where the rules change their mind. */
export const thresholds = {
  /** The source's table: "fewer than 5", "5 to 20", "more than 20". */
  few: 5,
  many: 20,
  /** The source calls resources scarce and has 16 GB a machine. */
  scarceMemory: 16 * gi,
  /** Of a node's memory, for all that collects metrics on it: assumed. */
  memoryShare: 1 / 4,
  scraped: coefficients['limit.remoteScrape.edges'].low,
} as const;

export const optionNames: readonly OptionName[] = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'];

export const perOption = <T>(of: (option: OptionName) => T): PerOption<T> => ({
  'remote-scrape': of('remote-scrape'),
  'prometheus-agent': of('prometheus-agent'),
  'thanos-sidecar': of('thanos-sidecar'),
});

/** Nothing to say of all options, or of none. */
function against(isAgainst: (option: OptionName) => boolean, because: string): Verdict | undefined {
  const worse = optionNames.filter(isAgainst);
  if (worse.length === 0 || worse.length === optionNames.length) return undefined;
  return { ranks: perOption((option) => (worse.includes(option) ? 1 : 0)), because };
}

const favours = (favoured: OptionName, because: string): Verdict => ({
  ranks: perOption((option) => (option === favoured ? 0 : 1)),
  because,
});

/** A row of the source's table. Undefined where the inventory does not say. */
export interface SourceRow {
  readonly id: string;
  readonly option: OptionName;
  readonly situation: string;
  readonly conditions: readonly { readonly says: string; readonly holds: (facts: Facts) => boolean | undefined }[];
}

/** "Advice it gives", row by row. */
export const sourceTable: readonly SourceRow[] = [
  {
    id: 'source/few-edges',
    option: 'remote-scrape',
    situation: 'fewer than 5 edges, scarce resources',
    conditions: [
      { says: 'fewer than 5 edges', holds: ({ edges }) => edges < thresholds.few },
      {
        says: 'resources are scarce',
        holds: ({ nodeMemory }) => (nodeMemory === undefined ? undefined : nodeMemory <= thresholds.scarceMemory),
      },
    ],
  },
  {
    id: 'source/unstable-network',
    option: 'prometheus-agent',
    situation: '5 to 20 edges, unstable network',
    conditions: [
      { says: '5 to 20 edges', holds: ({ edges }) => edges >= thresholds.few && edges <= thresholds.many },
      { says: 'the network is unstable', holds: ({ stability }) => (stability === undefined ? undefined : stability === 'unstable') },
    ],
  },
  {
    id: 'source/full-autonomy',
    option: 'thanos-sidecar',
    situation: 'more than 20 edges, full autonomy wanted',
    conditions: [
      { says: 'more than 20 edges', holds: ({ edges }) => edges > thresholds.many },
      { says: 'full autonomy is wanted', holds: ({ localAlerts }) => localAlerts },
    ],
  },
];

const sourceRules: readonly Rule[] = sourceTable.map(({ id, option, situation, conditions }) => ({
  id,
  kind: 'source',
  says: `The source: ${situation}: ${option}.`,
  warns: false,
  verdict: (facts) => (conditions.every(({ holds }) => holds(facts) === true) ? favours(option, situation) : undefined),
}));

/** From the weightiest down: a rule decides between two options only where all above it see them alike. */
export const rules: readonly Rule[] = [
  {
    id: 'direction',
    kind: 'ours',
    says: 'Where the network lets nobody in, only an option that connects out works.',
    warns: false,
    verdict: ({ ingress }) =>
      ingress === 'open'
        ? undefined
        : favours('prometheus-agent', 'the network lets nobody in, and only prometheus-agent connects out alone'),
  },
  {
    id: 'outage',
    kind: 'ours',
    says: 'An option has to survive network.maxOffline, or else come nearest to it.',
    warns: false,
    verdict: ({ maxOffline, survives }) => {
      if (maxOffline === undefined) return undefined;
      const because = `the edge may be offline for ${formatDuration(maxOffline)}`;
      const isEnough = (option: OptionName): boolean => survives[option] >= maxOffline;
      if (optionNames.some(isEnough)) return against((option) => !isEnough(option), because);
      // None is enough: what comes nearest needs the smallest change.
      return { ranks: perOption((option) => -survives[option]), because: `${because}, and none survives that` };
    },
  },
  {
    id: 'local-alerts',
    kind: 'ours',
    says: 'Alerts on the edge itself need a Prometheus that evaluates rules there.',
    // It is said of the middle choice, too: option/local-alerts.
    warns: false,
    verdict: ({ localAlerts }) =>
      localAlerts ? favours('thanos-sidecar', 'alerts have to fire on the edge, and only thanos-sidecar evaluates rules there') : undefined,
  },
  {
    id: 'memory-on-the-node',
    kind: 'ours',
    says: "What collects metrics may take a quarter of the smallest node's memory.",
    warns: true,
    verdict: ({ nodeMemory, memory }) =>
      nodeMemory === undefined
        ? undefined
        : against(
            (option) => memory[option] > nodeMemory * thresholds.memoryShare,
            `a quarter of a node's memory is ${Math.round((nodeMemory * thresholds.memoryShare) / 2 ** 20)}Mi`,
          ),
  },
  {
    id: 'unstable-line',
    kind: 'ours',
    says: 'On a line that is cut often, an option that keeps nothing has a gap each time.',
    warns: true,
    verdict: ({ stability, survives }) =>
      stability === 'unstable'
        ? against((option) => survives[option] === 0, 'the line is cut often, and each cut would be a gap')
        : undefined,
  },
  {
    id: 'scale-of-the-centre',
    kind: 'ours',
    says: `One centre should scrape at most ${thresholds.scraped} edges; Receive grows with them.`,
    warns: false,
    verdict: ({ on }) =>
      against(
        (option) => option === 'remote-scrape' && on[option] > thresholds.scraped,
        `the centre would have ${on['remote-scrape']} edges to scrape`,
      ),
  },
  ...sourceRules,
  {
    id: 'least-on-the-edge',
    kind: 'ours',
    says: 'Where nothing else decides, the option that takes the least memory on the edge.',
    warns: false,
    verdict: ({ memory }) => ({ ranks: memory, because: 'nothing else that the inventory says decides' }),
  },
];
