import type { Edge } from '../inventory/inventory.ts';
import { type CoefficientId, coefficients } from './coefficients.ts';
import { formatDuration } from './duration.ts';
import { alwaysBridged, segmentBytes, whereSegmentsAreAdded } from './outage-agent-wal.ts';
import { formatCoefficient, formatValue } from './size/format.ts';
import { exactly, type Range } from './size/range.ts';

export type OptionName = Edge['option'];

/** All that the budget of an edge depends on. Seconds and bytes. */
export interface OutageFacts {
  readonly samplesPerSecond: number;
  readonly agent: {
    /** Time between two truncations of the WAL. */
    readonly truncateEvery: number;
    readonly volume: number;
  };
  readonly receive: {
    /** Whether an edge has a TSDB of its own in Receive, or shares one with edges that went on writing. */
    readonly tenants: 'per-edge' | 'shared';
    readonly outOfOrderWindow: number;
  };
  readonly sidecar: {
    /** How long the Prometheus on the edge keeps its blocks. */
    readonly retention: number;
    readonly volume: number;
  };
}

/** How a number came about. */
export interface Derivation {
  readonly formula: string;
  readonly inputs: readonly { readonly name: string; readonly value: string; readonly source: string }[];
}

/** One thing that bounds how long an edge may be away, and how that was found. */
export interface Limit extends Derivation {
  /** What runs out: the WAL, its volume, what Receive accepts, local retention. */
  readonly name: 'no buffer' | 'wal' | 'volume' | 'receive' | 'retention';
  /** Seconds; null where it bounds nothing. */
  readonly seconds: number | null;
}

/** How long an edge survives without the centre on one option. */
export interface Budget {
  readonly option: OptionName;
  /** Seconds offline after which all samples still reach the centre, whenever the cut begins. */
  readonly survives: number;
  /** The limit that decides. */
  readonly decides: Limit;
  readonly limits: readonly Limit[];
  /** What is lost when it takes longer. */
  readonly lostAfter: string;
  /** What a restart of the collector costs while the edge is offline. */
  readonly restart: string;
  /** The number in that, derived. */
  readonly restartLoses?: Derivation & { readonly value: string };
  /** What goes on meanwhile on the edge. */
  readonly meanwhile: string;
}

/** A head accepts nothing that is older than half a block of two hours before its newest sample. */
const headAccepts = 3600;

const agentSource = 'https://github.com/prometheus/prometheus/blob/v3.16.0/tsdb/agent/db.go';

const middle = (id: CoefficientId): number => coefficients[id].middle;

const budgets: Readonly<Record<OptionName, (facts: OutageFacts) => Budget>> = {
  'remote-scrape': () =>
    budget('remote-scrape', [nothingKept], {
      lostAfter: 'Everything from the cut to the return: nobody scrapes meanwhile.',
      restart: 'Nothing more: there is nothing that could be lost.',
      meanwhile: 'Nothing is collected, no alert of this edge fires except the one that it is silent.',
    }),
  'prometheus-agent': (facts) =>
    budget('prometheus-agent', [walLimit(facts), agentVolume(facts), receiveLimit(facts)], {
      lostAfter: 'All that still waits, not only its oldest part: the queue loses its place and begins anew with what comes.',
      restart: `All that was scraped before it since the cut, ${anHour(facts).value}; so does a change of remote_write or of an external label.`,
      restartLoses: anHour(facts),
      meanwhile: 'The agent goes on scraping. Nobody can query it, and no alert of this edge fires except the one that it is silent.',
    }),
  'thanos-sidecar': (facts) =>
    budget('thanos-sidecar', [retentionLimit(facts), blocksVolume(facts)], {
      lostAfter: 'The oldest block of two hours at a time: those that were deleted before they could be uploaded.',
      restart: 'What would have been scraped while the pod was down. Blocks and WAL are on the volume.',
      meanwhile:
        'Prometheus goes on scraping, answering queries and evaluating rules on the edge. Alerts reach the centre once the link is back.',
    }),
};

/** How long an edge survives on an option. */
export const budgetOn = (option: OptionName, facts: OutageFacts): Budget => budgets[option](facts);

/** Samples a second, between the lowest and the highest, at which an agent's WAL takes one segment more in a period. */
export function stepsOfTheWal({ agent }: OutageFacts, { low, high }: Range): readonly number[] {
  const bytes = middle('wal.sample');
  return whereSegmentsAreAdded(agent.truncateEvery, low * bytes, high * bytes).map((rate) => rate / bytes);
}

function budget(
  option: OptionName,
  limits: readonly Limit[],
  texts: Pick<Budget, 'lostAfter' | 'restart' | 'restartLoses' | 'meanwhile'>,
): Budget {
  const decides = limits.reduce((least, limit) => (bound(limit) < bound(least) ? limit : least));
  return { option, survives: bound(decides), decides, limits, ...texts };
}

const bound = ({ seconds }: Limit): number => seconds ?? Number.POSITIVE_INFINITY;

const anHour = (facts: OutageFacts) => ({
  value: `some ${countOfSamples(facts.samplesPerSecond * 3600)} samples an hour`,
  formula: 'samples a second × 3600',
  inputs: [samples(facts)],
});

/** `2718281` as `2.7 million`: two digits are as good as the estimate behind them. */
export function countOfSamples(count: number): string {
  const [size, suffix] = count >= 1e9 ? [1e9, ' billion'] : count >= 1e6 ? [1e6, ' million'] : [1, ''];
  return `${Number((count / size).toPrecision(2))}${suffix}`;
}

const nothingKept: Limit = {
  name: 'no buffer',
  seconds: 0,
  formula: 'nothing is kept on the edge',
  inputs: [],
};

/** Bytes a second that an agent writes into its WAL. */
const walRate = ({ samplesPerSecond }: OutageFacts): number => samplesPerSecond * middle('wal.sample');

const walLimit = (facts: OutageFacts): Limit => {
  // Where a segment is full before a period is over, a truncation finds more of them, and deletes more.
  const fills = segmentBytes / walRate(facts);
  return {
    name: 'wal',
    seconds: Math.floor(alwaysBridged(facts.agent.truncateEvery, fills)),
    formula:
      'the least time, over all moments at which a cut can begin, until truncations have deleted the segment after the one that is being sent; each deletes two thirds of all segments but the newest, never one alone',
    inputs: [
      {
        name: 'time between truncations',
        value: formatDuration(facts.agent.truncateEvery),
        source: `${agentSource} DefaultTruncateFrequency`,
      },
      {
        name: 'segment',
        value: formatValue('bytes asked for', segmentBytes),
        source: 'tsdb/wlog/wlog.go DefaultSegmentSize of the same version',
      },
      samples(facts),
      coefficient('wal.sample'),
      { name: 'a segment is full after', value: formatDuration(Math.floor(fills)), source: 'segment ÷ (samples a second × wal.sample)' },
    ],
  };
};

const agentVolume = (facts: OutageFacts): Limit => ({
  name: 'volume',
  seconds: Math.max(0, Math.floor((facts.agent.volume - middle('wal.segments')) / walRate(facts))),
  formula: '(volume − wal.segments) ÷ (samples a second × wal.sample)',
  inputs: [volume(facts.agent.volume), ...agentBytes(facts)],
});

const samples = ({ samplesPerSecond }: OutageFacts) => ({
  name: 'samples a second',
  value: rounded(samplesPerSecond),
  source: 'the size model: derived below',
});

const coefficient = (id: CoefficientId) => ({
  name: id,
  value: formatCoefficient(coefficients[id], exactly(middle(id))),
  source: `${coefficients[id].kind}: ${coefficients[id].source}`,
});

const volume = (bytes: number) => ({
  name: 'volume',
  value: formatValue('bytes asked for', bytes),
  source: 'storage.size, or what is emitted without it',
});

const receiveLimit = ({ receive: { tenants, outOfOrderWindow } }: OutageFacts): Limit => ({
  name: 'receive',
  seconds: tenants === 'per-edge' ? null : Math.max(headAccepts, outOfOrderWindow),
  formula:
    tenants === 'per-edge'
      ? 'none: the TSDB of a tenant waits for its edge'
      : 'the greater of what a head accepts and the out-of-order window: others went on writing to the same TSDB',
  inputs: [
    { name: 'tenants', value: tenants, source: 'the common name in the certificate is the tenant' },
    { name: 'a head accepts', value: formatDuration(headAccepts), source: 'tsdb/head_append.go appendableMinValidTime' },
    { name: 'out-of-order window', value: formatDuration(outOfOrderWindow), source: 'flags of receive-ingestor' },
  ],
});

const retentionLimit = ({ sidecar: { retention } }: OutageFacts): Limit => ({
  name: 'retention',
  seconds: retention,
  formula: 'the retention: a block is deleted once the newest block ends that much later, and uploaded until then',
  inputs: [{ name: 'retention', value: formatDuration(retention), source: 'edgeRetention of the fleet' }],
});

const blocksVolume = (facts: OutageFacts): Limit => ({
  name: 'volume',
  seconds: Math.max(0, Math.floor((facts.sidecar.volume - headVolume(facts)) / blockRate(facts))),
  formula: '(volume − wal.segments − samples a second × wal.sample × head.hours) ÷ (samples a second × block.sample × block.slack)',
  inputs: [volume(facts.sidecar.volume), ...blockBytes(facts)],
});

const headVolume = (facts: OutageFacts): number => walRate(facts) * middle('head.hours') * 3600 + middle('wal.segments');
const blockRate = ({ samplesPerSecond }: OutageFacts): number => samplesPerSecond * middle('block.sample') * middle('block.slack');

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

const agentBytes = (facts: OutageFacts) => [coefficient('wal.segments'), samples(facts), coefficient('wal.sample')];
const blockBytes = (facts: OutageFacts) => [
  samples(facts),
  ...(['wal.segments', 'wal.sample', 'head.hours', 'block.sample', 'block.slack'] as const).map(coefficient),
];

/** Bytes that a volume must have for its edge to be away for so long. */
export const volumeFor = (facts: OutageFacts, option: OptionName, seconds: number): Derivation & { readonly bytes: number } =>
  option === 'thanos-sidecar'
    ? {
        bytes: headVolume(facts) + blockRate(facts) * seconds,
        formula:
          'wal.segments + samples a second × wal.sample × head.hours + cut × samples a second × block.sample × block.slack, in whole Gi',
        inputs: [cut(seconds), ...blockBytes(facts)],
      }
    : {
        bytes: middle('wal.segments') + walRate(facts) * seconds,
        formula: 'wal.segments + cut × samples a second × wal.sample, in whole Gi',
        inputs: [cut(seconds), ...agentBytes(facts)],
      };

/** The cut that is asked about. */
export const cut = (seconds: number) => ({ name: 'cut', value: formatDuration(seconds), source: '--for, or else network.maxOffline' });
