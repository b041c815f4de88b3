// How many series kube-state-metrics has for an edge, and what it needs: the real program with its emitted arguments and rights, against a
// real kube-apiserver. After `npm run build` and `bash test/e2e/setup.sh etcd kube-apiserver kube-state-metrics`:
// node bench/kube-state-metrics.mjs [--build dist] [--pods 0,100,500,2000] [--nodes 3] [--seconds 240] [--changes 1]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { laterStatus, objectsOf } from './edge-objects.mjs';

const { values } = parseArgs({
  options: {
    build: { type: 'string', default: 'dist' },
    pods: { type: 'string', default: '0,100,500,2000' },
    nodes: { type: 'string', default: '3' },
    /** At each size, with a scrape every 30 s. */
    seconds: { type: 'string', default: '240' },
    /** Pods whose status changes, a second. */
    changes: { type: 'string', default: '1' },
    /** Leaves the last answer here. */
    keep: { type: 'string' },
  },
});
const built = (path) => import(pathToFileURL(resolve(values.build, path)));
const { startControlPlane } = await built('test/e2e/kubernetes/control-plane.js');
const { applyAll } = await built('test/e2e/kubernetes/apply.js');
const { accountOf } = await built('test/e2e/kubernetes/service-account.js');
const { launch } = await built('test/e2e/launch.js');
const { freePorts, sleep, stop, stopAll, until } = await built('test/e2e/processes.js');
const { siteIn, objectsOf: emittedFor, podOf } = await built('test/e2e/site.js');
const { tlsSecret } = await built('test/e2e/trust.js');
const { allOptions, compiledFleet } = await built('test/support/fleet.js');

const merge = 'application/merge-patch+json';
const folder = mkdtempSync(join(tmpdir(), 'fleetc-bench-series-'));
try {
  await run();
} finally {
  await stopAll();
  rmSync(folder, { recursive: true });
}

async function run() {
  const site = siteIn(folder, compiledFleet(allOptions()));
  const { api } = await startControlPlane(folder);
  const emitted = emittedFor(site, 'agent');
  await applyAll(
    api,
    emitted.filter(({ kind, metadata }) => kind === 'Namespace' || /kube-state-metrics$/.test(metadata.name)),
  );
  const program = {
    api,
    site,
    ...(await accountOf(folder, 'account', { api, namespace: 'edge-metrics', serviceAccount: 'kube-state-metrics' })),
  };
  const made = new Set();
  for (const pods of values.pods.split(',').map(Number)) {
    const running = [];
    const counts = new Map();
    for await (const entry of create(api, objectsOf({ pods, nodes: Number(values.nodes) }), made)) {
      const kind = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (entry.containers === undefined) continue;
      counts.set('containers', (counts.get('containers') ?? 0) + entry.containers);
      running.push(entry);
    }
    await measure(program, pods, { running, counts });
  }
}

/** Creates what is not there; each object's answer goes back to the generator, which needs the uid. */
async function* create(api, objects, made) {
  let answer;
  for (;;) {
    const { value: entry, done } = objects.next(answer);
    if (done) return;
    const place = `${entry.path}/${entry.object.metadata.name}`;
    answer = made.has(place) ? await api.expect('GET', place) : await api.expect('POST', entry.path, entry.object);
    if (!made.has(place) && entry.status !== undefined) await api.expect('PATCH', `${place}/status`, { status: entry.status }, merge);
    made.add(place);
    yield { ...entry, place };
  }
}

async function measure({ api, site, kubeconfig }, pods, { running, counts }) {
  const { trust } = site;
  const [metrics = 0, telemetry = 0] = await freePorts(2);
  const container = podOf(site, 'agent', { workload: 'kube-state-metrics' });
  const program = launch(folder, {
    name: `kube-state-metrics-${pods}`,
    program: 'kube-state-metrics',
    container: { ...container, args: [...container.args, '--host=127.0.0.1', '--telemetry-host=127.0.0.1', `--kubeconfig=${kubeconfig}`] },
    listen: { 8443: metrics, 8081: telemetry },
    secrets: { 'kube-state-metrics-tls': tlsSecret(trust.kubeStateMetrics, trust.scraper) },
  });
  const file = (path) => readFileSync(path);
  // One connection is kept, as Prometheus does.
  const agent = new Agent({
    keepAlive: true,
    ca: file(trust.kubeStateMetrics.ca),
    cert: file(trust.scraper.cert),
    key: file(trust.scraper.key),
    servername: 'kube-state-metrics.edge-metrics.svc',
  });
  const scrape = (headers) => ask(agent, metrics, headers);
  const { value: text } = await until('every pod', 120, async () => {
    const answer = await scrape({}).catch(() => undefined);
    const text = answer?.toString('utf8') ?? '';
    return text.split('\nkube_pod_info{').length > running.length && /\nkube_node_info/.test(text) ? text : undefined;
  });
  if (values.keep !== undefined) writeFileSync(values.keep, text);
  print(pods, text, counts);

  const seconds = Number(values.seconds);
  const interval = 30;
  const changes = Number(values.changes);
  const before = usage(program.child.pid);
  const begin = performance.now();
  const sizes = [];
  let gzip = 0;
  let took = 0;
  let scrapes = 0;
  let changed = 0;
  for (let second = 0; second < seconds; second += 1) {
    if (second % interval === 0) {
      const start = performance.now();
      gzip = (await scrape({ 'accept-encoding': 'gzip' })).length;
      took += performance.now() - start;
      scrapes += 1;
    }
    for (let change = 0; change < changes && running.length > 0; change += 1) {
      const pod = running[changed % running.length];
      changed += 1;
      pod.status = laterStatus(pod.status);
      await api.expect('PATCH', `${pod.place}/status`, { status: pod.status }, merge);
    }
    sizes.push(usage(program.child.pid).resident);
    await sleep(Math.max(0, second + 1 - (performance.now() - begin) / 1000));
  }
  const after = usage(program.child.pid);
  const mega = (bytes) => (bytes / 1e6).toFixed(1);
  console.log(
    `  resident ${mega(sizes.reduce((sum, size) => sum + size, 0) / sizes.length)} MB on average, ${mega(after.peak)} MB at most; ` +
      `${(((after.cpu - before.cpu) / seconds) * 1000).toFixed(1)}m CPU; ` +
      `${scrapes} scrapes of ${mega(text.length)} MB, ${mega(gzip)} MB gzip, ${(took / scrapes).toFixed(0)} ms each`,
  );
  agent.destroy();
  await stop(program);
}

/** Series of each kind of object, and of one object of it. */
function print(pods, text, counts) {
  const series = text.split('\n').filter((line) => /^[a-z]/.test(line));
  const by = new Map();
  for (const line of series) {
    const [, kind, container] = /^kube_([a-z]+)_((?:init_)?container)?/.exec(line) ?? ['', 'other'];
    const name = container === undefined ? kind : `${kind}_${container}`;
    by.set(name, (by.get(name) ?? 0) + 1);
  }
  console.log(`${pods} pods: ${series.length} series`);
  console.log(`  objects: ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  console.log(`  series:  ${[...by].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
}

function ask(agent, port, headers) {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port, path: '/metrics', headers, timeout: 30_000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 30 s')));
    asked.on('error', reject);
    asked.end();
  });
}

/** CPU seconds since the start; resident bytes now and at most. Linux counts 100 ticks a second. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, resident: bytes('VmRSS'), peak: bytes('VmHWM') };
}
