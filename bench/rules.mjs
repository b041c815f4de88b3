// What rules cost a Prometheus: the real one scrapes so many nodes, once without rules and once with those that are emitted for an edge, and
// once with those of the Ruler for as many edges of one node. The page of every node is that of the real node_exporter on this machine.
// After `npm run build` and `bash test/e2e/setup.sh prometheus node_exporter`: node bench/rules.mjs [--build dist] [--nodes 3,60] [--seconds 300]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    build: { type: 'string', default: 'dist' },
    nodes: { type: 'string', default: '3,60' },
    seconds: { type: 'string', default: '300' },
  },
});
const built = (path) => import(pathToFileURL(resolve(values.build, path)));
const { ask, freePorts, sleep, start, stop, stopAll, until } = await built('test/e2e/processes.js');
const { edgeLocalRules } = await built('scripts/telemetry/edge-rules.js');
const { expectedRules, fleetRules } = await built('scripts/telemetry/fleet-rules.js');
const { resolveVersions } = await built('scripts/versions.js');

const interval = 30;
const folder = mkdtempSync(join(tmpdir(), 'fleetc-bench-rules-'));
try {
  const page = await nodePage();
  for (const nodes of values.nodes.split(',').map(Number)) await compare(nodes, page);
} finally {
  await stopAll();
  rmSync(folder, { recursive: true });
}

async function nodePage() {
  const [port = 0] = await freePorts(1);
  const program = start('node_exporter', 'node_exporter', [`--web.listen-address=127.0.0.1:${port}`], {}, folder);
  const { value } = await until(
    'node_exporter',
    20,
    async () => (await ask(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.body,
  );
  await stop(program);
  return value;
}

async function compare(nodes, page) {
  // Every node has a page of its own time: counters move as they do in life.
  const begin = Date.now();
  const moving = (text) => {
    const passed = (Date.now() - begin) / 1000;
    return text.replace(/^(node_\w+_total(?:\{.*\})?) (\S+)$/gm, (_, series, value) => `${series} ${Number(value) + passed}`);
  };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(moving(page));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const target = `127.0.0.1:${server.address().port}`;
  const edges = Array.from({ length: nodes }, (_, index) => ({
    name: `edge-${index}`,
    region: 'kr',
    option: 'prometheus-agent',
    nodes: [{}],
  }));
  const expected = { name: 'expected', rules: edges.flatMap(expectedRules) };
  const groups = { none: [], edge: edgeLocalRules(), fleet: [expected, ...fleetRules(resolveVersions({}))] };
  const running = [];
  for (const [name, rules] of Object.entries(groups)) running.push(await prometheus({ name, rules, nodes, target }));
  // The start, and the windows of the rules, are none of what is measured.
  await sleep(5 * interval);
  for (const each of running) each.before = cpuOf(each.program.child.pid);
  await sleep(Number(values.seconds));
  const spent = new Map(running.map(({ name, program, before }) => [name, (cpuOf(program.child.pid) - before) / Number(values.seconds)]));
  for (const { name, url, program } of running) {
    const [series] = await query(url, 'prometheus_tsdb_head_series');
    const evaluation = await query(url, 'sum(rate(prometheus_rule_evaluation_duration_seconds_sum[2m]))');
    const failures = await query(url, 'sum(prometheus_rule_evaluation_failures_total)');
    const cpu = spent.get(name);
    console.log(
      `${nodes} nodes, rules ${name}: ${series} series, ${(cpu * 1000).toFixed(1)}m CPU, ` +
        `${((cpu - spent.get('none')) * 1000).toFixed(1)}m more than without; ` +
        `evaluations take ${((evaluation[0] ?? 0) * 1000).toFixed(1)} ms a second, ${failures[0] ?? 0} failed`,
    );
    await stop(program);
  }
  server.close();
}

async function prometheus({ name, rules, nodes, target }) {
  const own = join(folder, `${name}-${nodes}`);
  mkdirSync(own);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  // Only Thanos knows how a group takes an answer that is not whole.
  const groups = rules.map(({ partial_response_strategy: _, ...group }) => group);
  writeFileSync(join(own, 'rules.yml'), JSON.stringify({ groups }));
  const self = { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
  const nodeTargets = Array.from({ length: nodes }, (_, index) => ({
    targets: [target],
    labels: { instance: `node-${index}`, node: `node-${index}`, cluster: `edge-${index}`, region: 'kr' },
  }));
  const jobs = [self, { job_name: 'node-exporter', static_configs: nodeTargets }];
  writeFileSync(
    join(own, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: `${interval}s`, evaluation_interval: `${interval}s` },
      rule_files: ['rules.yml'],
      scrape_configs: jobs,
    }),
  );
  const args = [
    `--config.file=${join(own, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(own, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const program = start(`prometheus-${name}-${nodes}`, 'prometheus', args, {}, folder);
  await until(name, 30, async () => ((await ask(`${url}/-/ready`).catch(() => undefined))?.status === 200 ? true : undefined));
  return { name, url, program };
}

async function query(url, text) {
  const { body } = await ask(`${url}/api/v1/query?query=${encodeURIComponent(text)}`);
  return JSON.parse(body).data.result.map(({ value }) => Number(value[1]));
}

/** CPU seconds since the start. Linux counts 100 ticks a second. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
