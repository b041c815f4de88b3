import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CoefficientId, coefficients as model } from '../../scripts/advise/coefficients.ts';
import { type Answers, cadvisorOfANode, calibrate, formatCalibration, questions } from '../../scripts/advise/size/calibration.ts';
import { sizeOfFleet } from '../../scripts/advise/size/fleet.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import type { Monitor } from '../../scripts/verify/manifests.ts';
import { targetsOf } from '../../scripts/verify/targets.ts';
import { matchesLabels } from '../../scripts/verify/view.ts';
import { aCentre, aFleet, allOptions, anEdge, type CompiledFleet, compiledFleet } from '../support/fleet.ts';

const { inventory } = compiledFleet(allOptions());
const sample = (value: number, metric: Readonly<Record<string, string>>) => ({ metric, value: [0, String(value)] as const });
const nothing = Object.fromEntries(Object.keys(questions).map((name) => [name, []])) as unknown as Answers;

/** Two nodes with 900 series of node-exporter each, and what their agent says of itself. */
const agent: Answers = {
  ...nothing,
  nodes: [sample(2, { cluster: 'agent' })],
  pods: [sample(50, { cluster: 'agent' })],
  containers: [sample(80, { cluster: 'agent' })],
  kept: [
    sample(1800, { cluster: 'agent', job: 'node-exporter' }),
    sample(2800, { cluster: 'agent', job: 'kubelet', metrics_path: '/metrics' }),
    sample(4000, { cluster: 'agent', job: 'kubelet', metrics_path: '/metrics/cadvisor' }),
    sample(6000, { cluster: 'agent', job: 'kube-state-metrics' }),
  ],
  exposed: [
    sample(1800, { cluster: 'agent', job: 'node-exporter' }),
    sample(5600, { cluster: 'agent', job: 'kubelet', metrics_path: '/metrics' }),
    sample(9000, { cluster: 'agent', job: 'kubelet', metrics_path: '/metrics/cadvisor' }),
    sample(6000, { cluster: 'agent', job: 'kube-state-metrics' }),
  ],
  memory: [sample(150e6, { cluster: 'agent', job: 'prometheus-agent' }), sample(900e6, { cluster: 'centre', job: 'receive-ingestor' })],
  agentSeries: [sample(15_000, { cluster: 'agent', job: 'prometheus-agent' })],
  sent: [sample(60e6, { cluster: 'agent' })],
  written: [sample(500, { cluster: 'agent' })],
};

test('what is measured becomes coefficients: per node, per container, per sample', () => {
  const { coefficients, silent } = calibrate(inventory, sizeOfFleet(inventory), agent);
  const of = (id: string) => coefficients.find((one) => one.id === id)?.measured;
  assert.is(of('series.nodeExporter'), 900);
  // What cAdvisor says of the node is counted with the kubelet, and what it says of pods is no container's.
  assert.is(of('series.kubelet'), 1400 + cadvisorOfANode.kept);
  assert.is(of('exposed.kubelet'), 2800 + cadvisorOfANode.exposed);
  assert.is(of('series.cadvisor'), (4000 - 2 * cadvisorOfANode.kept - 50 * model['series.cadvisor.pod'].middle) / 80);
  assert.is(of('exposed.cadvisor'), (9000 - 2 * cadvisorOfANode.exposed - 50 * model['exposed.cadvisor.pod'].middle) / 80);
  assert.is(of('pods.perNode'), 25);
  assert.is(of('containers.perPod'), 1.6);
  assert.is(of('wire.remoteWrite.sample'), 60e6 / 3600 / 500);
  assert.equal(silent, ['scraped', 'sidecar']);
});

test('the model measured against itself is 1.00, on every option', () => {
  const size = sizeOfFleet(inventory);
  const of = (id: CoefficientId) => model[id].middle;
  const edges = [...size.sizes].map(([{ name: cluster }, edge]) => {
    const { nodes, interval, option } = edge.workload;
    const pods = nodes * of('pods.perNode');
    const containers = pods * of('containers.perPod');
    const scraped = (kubelet: 'series.kubelet' | 'exposed.kubelet', all: 'series' | 'exposed', ofANode: number) => [
      sample(nodes * of('series.nodeExporter'), { cluster, job: 'node-exporter' }),
      sample(pods * of('series.pod') + of('series.cluster'), { cluster, job: 'kube-state-metrics' }),
      sample(nodes * (of(kubelet) - ofANode), { cluster, job: 'kubelet', metrics_path: '/metrics' }),
      sample(containers * of(`${all}.cadvisor`) + pods * of(`${all}.cadvisor.pod`) + nodes * ofANode, {
        cluster,
        job: 'kubelet',
        metrics_path: '/metrics/cadvisor',
      }),
    ];
    const used = (what: 'memory' | 'cpu') => edge.parts.map((part) => sample(part[what].value.middle, { cluster, job: part.name }));
    const series = sample(edge.series.value.middle, {
      cluster,
      job: option === 'thanos-sidecar' ? 'edge-prometheus' : 'prometheus-agent',
    });
    return {
      ...nothing,
      nodes: [sample(nodes, { cluster })],
      pods: [sample(pods, { cluster })],
      containers: [sample(containers, { cluster })],
      kept: scraped('series.kubelet', 'series', cadvisorOfANode.kept),
      exposed: scraped('exposed.kubelet', 'exposed', cadvisorOfANode.exposed),
      memory: used('memory'),
      cpu: used('cpu'),
      ...(option === 'prometheus-agent' && {
        agentSeries: [series],
        sent: [sample(edge.sent.value.middle, { cluster })],
        written: [sample(edge.series.value.middle / interval, { cluster })],
      }),
      ...(option === 'thanos-sidecar' && { headSeries: [series] }),
    };
  });
  const answers = Object.fromEntries(
    Object.keys(questions).map((name) => [name, edges.flatMap((one) => one[name as keyof Answers])]),
  ) as unknown as Answers;
  const { figures, coefficients, silent } = calibrate(inventory, size, answers);
  assert.equal(silent, []);
  for (const { id, measured, clusters } of coefficients) {
    assert.is((measured / of(id)).toFixed(2), '1.00', id);
    assert.is(clusters, id.startsWith('wire.') ? 1 : 3, id);
  }
  assert.is(coefficients.length, 9);
  for (const { subject, measured, modelled } of figures) assert.is((measured / modelled.value.middle).toFixed(2), '1.00', subject);
  assert.is(figures.filter(({ subject }) => /\/(series|exposed)$/.test(subject)).length, 6);
});

test('what is measured stands beside what is modelled, and says whether it is in the range', () => {
  const { figures } = calibrate(inventory, sizeOfFleet(inventory), agent);
  assert.equal(
    figures.map(({ subject, measured }) => `${subject} ${measured}`),
    [
      'agent/series 15000',
      `agent/exposed ${22_400 / 30}`,
      'agent/prometheus-agent/memory 150000000',
      'agent/sent 60000000',
      'centre/receive-ingestor/memory 900000000',
    ],
  );
  const text = formatCalibration(
    calibrate(inventory, sizeOfFleet(inventory), { ...agent, memory: [sample(150e9, { cluster: 'agent', job: 'prometheus-agent' })] }),
  );
  assert.match(text, /agent\/prometheus-agent\/memory +140Gi .* above the range/);
  assert.match(text, /agent\/series +15k .* within/);
  assert.match(text, /nothing came from them: scraped, sidecar/);
});

test('nothing measured is no figure, and never a zero; it is told whom to ask', () => {
  const calibration = calibrate(inventory, sizeOfFleet(inventory), nothing);
  const { figures, coefficients, silent } = calibration;
  assert.equal([figures, coefficients], [[], []]);
  assert.equal(silent, ['agent', 'scraped', 'sidecar']);
  assert.match(formatCalibration(calibration), 'It has no series of any edge: ask a Thanos Query, or the central Prometheus.');
  assert.is(calibrate(inventory, sizeOfFleet(inventory), agent).hint, undefined);
});

/** What an edge's Prometheus has itself: its cluster comes with what leaves it. */
const local = Object.fromEntries(
  Object.entries(agent).map(([name, samples]) => [
    name,
    samples.flatMap(({ metric: { cluster, ...metric }, value }) => (cluster === 'agent' ? [{ metric, value }] : [])),
  ]),
) as unknown as Answers;

test('series without a cluster are those of the edge that is named, and of none where none is', () => {
  const size = sizeOfFleet(inventory);
  const named = calibrate(inventory, size, local, 'agent');
  const { figures, coefficients } = calibrate(inventory, size, agent);
  assert.equal(
    named.figures,
    figures.filter(({ subject }) => subject.startsWith('agent/')),
  );
  assert.equal([named.coefficients, named.silent, named.hint], [coefficients, [], undefined]);
  const unnamed = calibrate(inventory, size, local);
  assert.equal([unnamed.figures, unnamed.silent], [[], ['agent', 'scraped', 'sidecar']]);
  assert.match(formatCalibration(unnamed), 'name the edge: fleetc size EDGE --calibrate URL');
  // Of another edge, which it may be told of, it is not asked.
  assert.equal(calibrate(inventory, size, agent, 'sidecar').figures, []);
});

// Who reports as what, by the manifests

type Labels = Readonly<Record<string, string>>;

/** Past a hundred sidecars Query has leaves. */
const leafy = aFleet([
  aCentre(),
  ...Array.from({ length: 101 }, (_, i) =>
    anEdge(`edge-${i}`, 'thanos-sidecar', 0, { nodes: [{ name: `edge-${i}`, address: `192.0.2.${i + 1}` }] }),
  ),
]);

interface Workload {
  readonly spec: {
    readonly template?: { readonly metadata: { readonly labels?: Labels } };
    readonly podMetadata?: { readonly labels?: Labels };
  };
}

/** Labels that the operator gives to what each PodMonitor finds: https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/promcfg.go */
function monitored(objects: readonly Resource[]): readonly Labels[] {
  const pods = (objects as unknown as readonly Partial<Workload>[]).flatMap(({ spec }) => {
    const labels = spec?.template?.metadata.labels ?? spec?.podMetadata?.labels;
    return labels === undefined ? [] : [labels];
  });
  const monitors = objects.filter(({ kind }) => kind === 'PodMonitor') as unknown as readonly (Monitor & {
    readonly spec: { readonly jobLabel: string };
  })[];
  return monitors.flatMap(({ metadata, spec: { selector, jobLabel, podMetricsEndpoints = [] } }) => {
    const found = pods.filter((labels) => matchesLabels(selector, labels));
    assert.ok(found.length > 0, `PodMonitor ${metadata.name} finds no pod`);
    const jobs = new Set(found.map((labels) => labels[jobLabel] ?? ''));
    return [...jobs].flatMap((job) => podMetricsEndpoints.map(({ port = '' }) => ({ job, endpoint: port })));
  });
}

/** Jobs that an edge's own collector scrapes, or the centre on it. */
const jobsOf = ({ rendered }: CompiledFleet, edge: string): readonly string[] => [
  ...targetsOf(rendered.get('centre') ?? []).flatMap(({ cluster, job }) => (cluster === edge ? [job] : [])),
  ...(rendered.get(edge) ?? []).flatMap((object) => {
    const text = (object as Resource & { readonly data?: Labels }).data?.['prometheus.yml'];
    const [config] = text === undefined ? [] : (parseYaml(text) as [{ readonly scrape_configs: readonly { readonly job_name: string }[] }]);
    return config?.scrape_configs.map(({ job_name }) => job_name) ?? [];
  }),
];

for (const [name, sources] of [
  ['each option', allOptions()],
  ['each option by ServiceMonitors', allOptions({}, { prometheus: { mode: 'service-monitor' } })],
  ['so many sidecars that there are leaves', leafy],
] as const)
  test(`every part that reports of itself is asked for, by the labels that the manifests give it: ${name}`, () => {
    const fleet = compiledFleet(sources);
    const size = sizeOfFleet(fleet.inventory);
    const found = monitored(fleet.rendered.get('centre') ?? []);
    const everything = (labels: Labels) => ({ namespace: 'n', pod: 'p', container: 'c', instance: 'i', ...labels });
    const series = [
      ...found.map((labels) => everything({ cluster: 'centre', ...labels })),
      ...fleet.inventory.edges.flatMap((edge) => jobsOf(fleet, edge.name).map((job) => everything({ cluster: edge.name, job }))),
    ];
    const answers = (question: 'memory' | 'cpu') => {
      const kept = /by \(([^)]*)\)/.exec(questions[question])?.[1]?.split(', ') ?? [];
      // The one rises and the other falls, so that the highest is never by chance the right one.
      const value = (i: number) => (question === 'memory' ? i + 1 : series.length - i);
      return series.map((labels, i) =>
        sample(value(i), Object.fromEntries(Object.entries(labels).filter(([label]) => kept.includes(label)))),
      );
    };
    const measured = new Map(
      calibrate(fleet.inventory, size, {
        ...nothing,
        nodes: fleet.inventory.edges.map((edge) => sample(1, { cluster: edge.name })),
        memory: answers('memory'),
        cpu: answers('cpu'),
      }).figures.map((figure) => [figure.subject, figure.measured]),
    );
    // Neither is asked for its own metrics: the telemetry port of the one is not scraped, the other has no PodMonitor.
    const mute = ['kube-state-metrics', 'alert-gateway'];
    const wanted = [
      ...[...size.sizes].flatMap(([{ name: edge }, { parts }]) => parts.map((part) => ({ path: `${edge}/${part.name}`, part: part.name }))),
      ...size.centre.parts.map((part) => ({ path: `centre/${part.name}`, part: part.name })),
    ];
    for (const what of ['memory', 'cpu']) {
      for (const { path, part } of wanted) assert.is(measured.has(`${path}/${what}`), !mute.includes(part), `${path}/${what}`);
      const inCentre = [...measured].filter(([path]) => path.startsWith('centre/') && path.endsWith(what)).map(([, value]) => value);
      assert.is(new Set(inCentre).size, inCentre.length, 'two parts are the same series');
      assert.is(inCentre.length, found.length, 'something is scraped that no part stands for');
    }
  });

interface Asked {
  readonly method: string | undefined;
  readonly query: string | null;
  readonly authorization: string | undefined;
}

/** A server that answers queries as Prometheus does, and the command that asks it. */
async function ask(
  answer: (query: string, response: ServerResponse) => void,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams.get('query');
    asked.push({ method: request.method, query, authorization: request.headers.authorization });
    answer(query ?? '', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));
    const done = await new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [cli, 'size', '--calibrate', `http://127.0.0.1:${port}`, ...args],
        { env: { PATH: process.env.PATH, ...env } },
        (error, stdout, stderr) => resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      );
    });
    return { ...done, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const vector = (result: readonly unknown[]) => JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
const byQuery = new Map(Object.entries(questions).map(([name, query]) => [query as string, name as keyof Answers]));

test('a live Prometheus is asked with GET only, with the token, and compared', async () => {
  const { status, stdout, asked } = await ask(
    (query, response) => {
      const name = byQuery.get(query);
      response.end(
        vector(
          name === undefined
            ? []
            : agent[name].map((one) => ({
                ...one,
                metric: { ...one.metric, cluster: one.metric.cluster === 'agent' ? 'cluster-03' : 'cluster-01' },
              })),
        ),
      );
    },
    [],
    { FLEETC_QUERY_TOKEN: 'secret' },
  );
  assert.is(status, 0);
  assert.equal(new Set(asked.map(({ query }) => query)), new Set(Object.values(questions)));
  for (const { method, authorization } of asked) assert.equal([method, authorization], ['GET', 'Bearer secret']);
  assert.match(stdout, /cluster-03\/series +15k /);
  assert.match(stdout, /nothing came from them: cluster-02, cluster-04/);
});

test("an edge's own Prometheus is asked about the edge that is named; one that is not there, or more than one, is refused", async () => {
  const own = (query: string, response: ServerResponse) => response.end(vector(local[byQuery.get(query) ?? 'cpu']));
  const { status, stdout } = await ask(own, ['cluster-03']);
  assert.is(status, 0);
  assert.match(stdout, /cluster-03\/series +15k /);
  assert.not.match(stdout, 'nothing came');
  assert.match((await ask(own)).stdout, 'name the edge');
  for (const names of [['nobody'], ['cluster-01'], ['cluster-02', 'cluster-03']]) {
    const refused = await ask(own, names);
    assert.equal([refused.status, refused.asked.length], [2, 0], names.join(' '));
  }
});

test('an address with credentials, or beside what is then not answered, is refused, and the password is not repeated', async () => {
  const nobody = (_: string, response: ServerResponse) => response.end(vector([]));
  const { status, stdout, stderr } = await ask(nobody, ['--calibrate', 'http://user:hunter2@127.0.0.1:1']);
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, '--calibrate takes an http or https address without credentials');
  assert.not.match(stderr, 'hunter2');
  for (const other of [['--explain'], ['--what-if', 'add=5,option=prometheus-agent']]) {
    const refused = await ask(nobody, other);
    assert.equal([refused.status, refused.stdout, refused.asked], [2, '', []], other[0]);
    assert.match(refused.stderr, `cannot be used with option '${other[0]}`);
  }
  assert.is((await ask(nobody, ['--timeout', '601'])).status, 2);
});

test('a server that refuses is told, and the exit is 2; a token comes from a file, and its line end is not part of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetc-size-'));
  try {
    writeFileSync(join(folder, 'token'), 'from-file\n');
    const refuse = (_: string, response: ServerResponse) =>
      response.writeHead(403).end(JSON.stringify({ status: 'error', error: 'forbidden' }));
    const { asked, status, stdout, stderr } = await ask(refuse, ['--token-file', join(folder, 'token')]);
    assert.is(asked[0]?.authorization, 'Bearer from-file');
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /^fleetc: 127\.0\.0\.1:\d+ could not be asked: it answered 403: forbidden$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a server that says nothing is waited for no longer than asked', async () => {
  const { status, stderr } = await ask(() => {}, ['--timeout', '0.3']);
  assert.is(status, 2);
  assert.match(stderr, /^fleetc: 127\.0\.0\.1:\d+ did not answer in time$/m);
});

test('where nobody listens, size and status say the same of it, with its cause', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));
  const url = `http://127.0.0.1:${port}`;
  for (const args of [
    ['size', '--calibrate', url],
    ['status', '--query-url', url],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    assert.is(status, 2);
    assert.is(stderr, `fleetc: 127.0.0.1:${port} could not be asked: connect ECONNREFUSED 127.0.0.1:${port}\n`, args[0]);
  }
});

test.run();
