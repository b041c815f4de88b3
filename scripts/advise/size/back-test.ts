import { coefficients } from '../coefficients.ts';
import { sizeOf } from './edge.ts';
import type { Workload } from './workload.ts';

/** A figure that others published or that was measured elsewhere, and what the model has for the same case. */
export interface BackTest {
  readonly what: string;
  readonly source: string;
  readonly unit: string;
  readonly published: number;
  readonly ours: number;
}

export const errorOf = ({ published, ours }: BackTest): number => ours / published;

const k = (id: keyof typeof coefficients): number => coefficients[id].middle;
/** Gigabytes of a head with so many series, queries left out. */
const head = (series: number): number => (k('memory.prometheus') + series * k('memory.head.series')) / 1e9;

const singleNode: Workload = {
  option: 'prometheus-agent',
  nodes: 1,
  pods: 30,
  containers: 40,
  interval: 30,
  replicas: 1,
  retention: 0,
  dropRules: false,
  centralReplicas: 2,
};

/** Gigabytes of an agent with so many series. */
const agent = (series: number): number => (k('memory.agent') + series * k('memory.agent.series')) / 1e9;

/** None of these made a coefficient what it is, unless the coefficient names it as its source. */
export const backTests: readonly BackTest[] = [
  {
    what: 'memory of a Prometheus with 1.5M series in its head',
    source: 'https://github.com/prometheus/prometheus/issues/4553',
    unit: 'GB',
    published: 10,
    ours: head(1.5e6),
  },
  {
    what: 'working set of a Cortex ingester with 1.3M series',
    source: 'https://github.com/cortexproject/cortex/pull/4257',
    unit: 'GB',
    published: 10,
    ours: head(1.3e6),
  },
  {
    what: 'memory of an ingester a million series, middle of 4 to 8 GB',
    source: 'https://github.com/cortexproject/cortex/pull/7304',
    unit: 'GB',
    published: 6,
    ours: head(1e6),
  },
  {
    what: 'memory that Mimir plans for an ingester with 300,000 series',
    source: 'https://grafana.com/docs/mimir/latest/manage/run-production-environment/planning-capacity',
    unit: 'GB',
    published: 2.5,
    ours: head(3e5),
  },
  {
    what: 'memory that six Thanos Receive had for 20M series with three copies, which was enough (limit of 64Gi)',
    source: 'https://github.com/thanos-io/thanos/issues/5452',
    unit: 'GB',
    published: (64 * 2 ** 30) / 1e9,
    ours: head((20e6 * 3) / 6) + k('memory.queries.centre') / 1e9,
  },
  {
    what: 'memory of an agent with 50,000 series every 10 s, Prometheus 2.42',
    source: 'measured',
    unit: 'GB',
    published: 0.415,
    ours: agent(50_000),
  },
  {
    what: 'memory of an agent with 50,000 series every 30 s, Prometheus 3.16',
    source: 'measured',
    unit: 'GB',
    published: 0.265,
    ours: agent(50_000),
  },
  {
    what: 'memory of a server with 50,000 series every 10 s, Prometheus 2.42',
    source: 'measured',
    unit: 'GB',
    published: 0.288,
    ours: head(50_000),
  },
  {
    what: 'memory of a server with 50,000 series every 30 s, Prometheus 3.16',
    source: 'measured',
    unit: 'GB',
    published: 0.177,
    ours: head(50_000),
  },
  {
    what: 'heap in use of an agent with 30,000 series in early 2020',
    source: 'https://github.com/grafana/agent/issues/3',
    unit: 'GB',
    published: 0.35,
    ours: agent(30_000),
  },
  {
    what: 'series of an almost empty cluster of one node, nothing dropped',
    source: 'https://github.com/grafana/k8s-monitoring-helm/issues/46',
    unit: 'series',
    published: 11_900,
    ours: sizeOf(singleNode).series.value.middle,
  },
  {
    what: 'bytes of a remote-written sample in production',
    source: 'https://victoriametrics.com/blog/victoriametrics-remote-write/',
    unit: 'bytes',
    published: 50,
    ours: k('wire.remoteWrite.sample'),
  },
];
