import { constant, type Figure, figuresOf, greatest, input, coefficient as k, product, quotient, sum, type Term } from './figure.ts';
import { headVolume } from './volume.ts';
import type { Workload } from './workload.ts';

/** One pod of a part, or one container where two share a pod. */
export interface PartSize {
  readonly name: string;
  /** How many of them there are. */
  readonly copies: number;
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume?: Figure;
}

/** What an edge costs: on the edge, and on the line. */
export interface EdgeSize {
  readonly workload: Workload;
  /** Series that are kept, and samples of them a second, of one copy. */
  readonly series: Figure;
  readonly samples: Figure;
  /** Samples a second that the exporters give out at each scrape, before any are dropped. */
  readonly exposed: Figure;
  readonly parts: readonly PartSize[];
  /** Of all parts together. */
  readonly cpu: Figure;
  readonly memory: Figure;
  readonly volume: Figure;
  /** From the edge: to the centre, and to the bucket. */
  readonly sent: Figure;
  /** To the edge. */
  readonly received: Figure;
}

const hour = constant(3600);

/** What collects on the edge has series of its own. */
const aboutItself: Readonly<Record<Workload['option'], readonly Term[]>> = {
  'remote-scrape': [],
  'prometheus-agent': [k('series.agent')],
  'thanos-sidecar': [k('series.server')],
};

/** The cost of an edge with this workload. `scope` is what it is called in derivations. */
export function sizeOf(workload: Workload, scope = 'edge'): EdgeSize {
  const figure = figuresOf(scope);
  const nodes = input('nodes', workload.nodes);
  const interval = input('interval', workload.interval, 'seconds');
  const targets = input('targets', 3 * workload.nodes + 1);
  const ofCollector = aboutItself[workload.option];

  const pods =
    workload.pods === undefined
      ? figure('pods', 'count', 'Pods of the cluster, which the inventory does not say.', product(nodes, k('pods.perNode')))
      : input('pods', workload.pods);
  const containers =
    workload.containers === undefined
      ? figure('containers', 'count', 'Containers of the cluster, which the inventory does not say.', product(pods, k('containers.perPod')))
      : input('containers', workload.containers);

  const ofPods = product(pods, k('series.pod'));
  const exposedSeries = figure(
    'exposed-series',
    'series',
    'Series that the exporters give out at each scrape.',
    sum(
      product(nodes, sum(k('series.nodeExporter'), k('exposed.kubelet'))),
      product(containers, k('exposed.cadvisor')),
      product(pods, k('exposed.cadvisor.pod')),
      ofPods,
      k('series.cluster'),
    ),
  );
  const series = figure(
    'series',
    'series',
    'Active series of the cluster that are kept, in one copy.',
    workload.dropRules
      ? sum(
          product(nodes, sum(k('series.nodeExporter'), k('series.kubelet'))),
          product(containers, k('series.cadvisor')),
          product(pods, k('series.cadvisor.pod')),
          ofPods,
          k('series.cluster'),
          product(targets, k('series.target')),
          ...ofCollector,
        )
      : sum(exposedSeries, product(targets, k('series.target')), ...ofCollector),
  );
  const samples = figure('samples', 'samples a second', 'Samples of these series, in one copy.', quotient(series, interval));
  const exposed = figure('exposed', 'samples a second', 'Samples that one scraper fetches.', quotient(exposedSeries, interval));

  const scrapers =
    workload.option === 'remote-scrape' ? input('central replicas', workload.centralReplicas) : input('replicas', workload.replicas);
  const copies = input('replicas', workload.replicas);

  const parts: PartSize[] = [
    {
      name: 'node-exporter',
      copies: workload.nodes,
      cpu: figure(
        'node-exporter/cpu',
        'cores',
        'CPU of node-exporter on one node; every scraper asks it.',
        quotient(product(scrapers, k('cpu.nodeExporter.scrape')), interval),
      ),
      memory: figure('node-exporter/memory', 'bytes of memory', 'Memory of node-exporter on one node.', k('memory.nodeExporter')),
    },
    {
      name: 'kube-state-metrics',
      copies: 1,
      cpu: figure('kube-state-metrics/cpu', 'cores', 'CPU of kube-state-metrics.', k('cpu.kubeStateMetrics')),
      memory: figure(
        'kube-state-metrics/memory',
        'bytes of memory',
        'Memory of kube-state-metrics.',
        sum(k('memory.kubeStateMetrics'), product(pods, k('memory.kubeStateMetrics.pod'))),
      ),
    },
  ];

  if (workload.option === 'prometheus-agent')
    parts.push({
      name: 'prometheus-agent',
      copies: 1,
      cpu: figure(
        'prometheus-agent/cpu',
        'cores',
        'CPU of the agent: it scrapes and writes.',
        sum(k('cpu.agent'), product(samples, k('cpu.agent.sample'))),
      ),
      memory: figure(
        'prometheus-agent/memory',
        'bytes of memory',
        'Memory of the agent: it keeps every active series, but no samples.',
        sum(k('memory.agent'), product(series, k('memory.agent.series'))),
      ),
      volume: figure(
        'prometheus-agent/volume',
        'bytes of volume',
        'Write-ahead log of the agent.',
        sum(product(samples, k('wal.sample'), k('wal.hours'), hour), k('wal.segments')),
      ),
    });

  if (workload.option === 'thanos-sidecar')
    parts.push(
      {
        name: 'edge-prometheus',
        copies: workload.replicas,
        cpu: figure(
          'edge-prometheus/cpu',
          'cores',
          'CPU of one Prometheus: it scrapes, compacts and evaluates rules.',
          sum(k('cpu.prometheus'), product(samples, k('cpu.prometheus.sample'))),
        ),
        memory: figure(
          'edge-prometheus/memory',
          'bytes of memory',
          'Memory of one Prometheus: its head, and queries.',
          sum(k('memory.prometheus'), product(series, k('memory.head.series')), k('memory.queries.edge')),
        ),
        volume: figure(
          'edge-prometheus/volume',
          'bytes of volume',
          'Blocks and write-ahead log of one Prometheus.',
          headVolume(samples, input('retention', workload.retention, 'seconds')),
        ),
      },
      {
        name: 'thanos-sidecar',
        copies: workload.replicas,
        cpu: figure('thanos-sidecar/cpu', 'cores', 'CPU of one sidecar.', k('cpu.sidecar')),
        memory: figure('thanos-sidecar/memory', 'bytes of memory', 'Memory of one sidecar.', k('memory.sidecar')),
      },
    );

  const total = (what: 'cpu' | 'memory' | 'volume'): Term =>
    sum(
      ...parts.flatMap((part) => {
        const one = part[what];
        if (one === undefined) return [];
        if (part.name === 'node-exporter') return [product(nodes, one)];
        return part.copies === 1 ? [one] : [product(copies, one)];
      }),
    );

  const line = wide[workload.option]({
    samples,
    exposed,
    targets,
    interval,
    copies,
    scrapers,
    queriers: input('queriers', workload.centralReplicas),
  });
  return {
    workload,
    series,
    samples,
    exposed,
    parts,
    cpu: figure('cpu', 'cores', 'CPU of all parts of the edge.', total('cpu')),
    memory: figure('memory', 'bytes of memory', 'Memory of all parts of the edge.', total('memory')),
    volume: figure('volume', 'bytes of volume', 'Volumes of the edge.', total('volume')),
    sent: figure('sent', 'bytes an hour', line.sentMeaning, product(line.sent, hour)),
    received: figure('received', 'bytes an hour', line.receivedMeaning, product(line.received, hour)),
  };
}

interface OnTheLine {
  readonly samples: Figure;
  readonly exposed: Figure;
  readonly targets: Term;
  readonly interval: Term;
  readonly copies: Term;
  readonly scrapers: Term;
  readonly queriers: Term;
}

interface Line {
  readonly sent: Term;
  readonly sentMeaning: string;
  readonly received: Term;
  readonly receivedMeaning: string;
}

/** Bytes a second between the edge and what is not the edge. */
const wide: Readonly<Record<Workload['option'], (line: OnTheLine) => Line>> = {
  'remote-scrape': ({ exposed, targets, interval, scrapers }) => {
    const answers = product(scrapers, exposed, k('wire.scrape.sample'), k('wire.framing'));
    return {
      sent: answers,
      sentMeaning: 'Answers to the scrapes of every replica in the centre; what is dropped has crossed the line by then.',
      received: sum(quotient(product(scrapers, targets, k('wire.request')), interval), product(answers, k('wire.acknowledgement'))),
      receivedMeaning: 'Requests of every replica in the centre, and acknowledgements.',
    };
  },
  'prometheus-agent': ({ samples }) => {
    const writes = product(samples, k('wire.remoteWrite.sample'));
    // A request has at most 2,000 samples and waits at most 5 s.
    const requests = greatest(quotient(samples, constant(2_000)), quotient(constant(1), constant(5)));
    return {
      sent: writes,
      sentMeaning: 'Remote writes; what is dropped stays on the edge.',
      received: sum(product(requests, k('wire.response')), product(writes, k('wire.acknowledgement'))),
      receivedMeaning: 'Answers to the remote writes, and acknowledgements.',
    };
  },
  'thanos-sidecar': ({ samples, copies, queriers }) => {
    const everyFiveSeconds = (bytes: Term): Term => product(copies, queriers, quotient(bytes, constant(5)));
    const blocks = product(copies, samples, k('block.fresh.sample'), k('wire.framing'));
    const answers = product(copies, quotient(k('wire.queries'), hour));
    return {
      sent: sum(blocks, answers, everyFiveSeconds(k('wire.info.answer'))),
      sentMeaning: 'Blocks to the bucket, answers to queries, and to what Query asks every five seconds.',
      received: sum(everyFiveSeconds(k('wire.info')), product(sum(blocks, answers), k('wire.acknowledgement'))),
      receivedMeaning: 'What Query asks every five seconds, and acknowledgements.',
    };
  },
};
