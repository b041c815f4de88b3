import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import { authority, type Certificate } from '../certificates.ts';
import { launch, type Secrets } from '../launch.ts';
import { rulerContainer } from '../operator.ts';
import { containerOf } from '../pod.ts';
import { alive, ask, bin, freePorts, type Running, start, stop, tail, until } from '../processes.ts';
import { discovered, type Found } from '../replacements.ts';
import type { Stage, StageRun } from '../stage.ts';
import { alertmanager, exporter } from '../stand-ins.ts';

export const dataPaths: Stage = { name: 'data-paths', needs: ['prometheus', 'thanos', 'node_exporter'], run };

async function run({ folder, fleet, check, row: report }: StageRun): Promise<void> {
  const objects = (cluster: string) => fleet.rendered.get(cluster) ?? [];
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const authorityOf = (name: string) => authority(certificates, name);
  const exporters = authorityOf('exporters');
  const scrapers = authorityOf('scrapers');
  const kubelets = authorityOf('kubelets');
  const receive = authorityOf('receive');
  const edges = authorityOf('edges');
  const sidecars = authorityOf('sidecars');
  const queries = authorityOf('queries');
  const gateway = authorityOf('gateway');
  const senders = authorityOf('senders');
  const foreign = authorityOf('foreign');
  const bucket = join(folder, 'bucket');
  mkdirSync(bucket);
  const objstore = { 'thanos-objstore': { 'objstore.yml': `type: FILESYSTEM\nconfig:\n  directory: ${bucket}\n` } };

  const scraper = scrapers('scraper');
  const nodeExporterCert = exporters('node-exporter', ['node-exporter.edge-metrics-host.svc']);
  const stateCert = exporters('kube-state-metrics', ['kube-state-metrics.edge-metrics.svc']);
  const kubeletCert = kubelets('kubelet', ['127.0.0.1']);
  const account = join(folder, 'serviceaccount');
  mkdirSync(account);
  writeFileSync(join(account, 'token'), 'the-token');
  writeFileSync(join(account, 'ca.crt'), readFileSync(kubeletCert.ca));
  const serviceAccount = { '/var/run/secrets/kubernetes.io/serviceaccount': account };

  const state = await exporter(
    stateCert,
    { '/metrics': 'kube_pod_info{namespace="shop",pod="till-0",node="n1"} 1\n' },
    { clients: scraper.ca },
  );
  const kubelet = await exporter(
    kubeletCert,
    {
      '/metrics': 'kubelet_running_pods 7\n',
      '/metrics/cadvisor': 'container_cpu_usage_seconds_total{namespace="shop",pod="till-0",container="till",id="/a"} 3 1\n',
    },
    { token: 'the-token' },
  );

  /** The exporters of an edge, and what discovery would find of them. */
  async function nodesOf(
    cluster: string,
  ): Promise<{ readonly found: (role: string) => readonly Found[]; readonly exporters: readonly Running[] }> {
    const container = containerOf(objects(cluster), { workload: 'node-exporter', pod: 'node-exporter' });
    const nodes = [`${cluster}-a`, `${cluster}-b`];
    const ports = await freePorts(nodes.length);
    const started = nodes.map((node, index) =>
      launch(folder, {
        name: `node-exporter-${node}`,
        program: 'node_exporter',
        container,
        listen: { 9100: ports[index] ?? 0 },
        secrets: { 'node-exporter-tls': secret(nodeExporterCert, scraper.ca) },
      }),
    );
    const found = (role: string): readonly Found[] =>
      nodes.flatMap((node, index): readonly Found[] =>
        role === 'node'
          ? [{ address: `127.0.0.1:${kubelet}`, labels: { __meta_kubernetes_node_name: node } }]
          : [
              {
                address: `127.0.0.1:${ports[index]}`,
                labels: {
                  __meta_kubernetes_namespace: 'edge-metrics-host',
                  __meta_kubernetes_pod_name: `node-exporter-${index}`,
                  __meta_kubernetes_pod_label_app_kubernetes_io_name: 'node-exporter',
                  __meta_kubernetes_pod_container_port_name: 'metrics',
                  __meta_kubernetes_pod_node_name: node,
                },
              },
              // Another pod of the namespace, which the relabelling has to leave out.
              {
                address: '127.0.0.1:1',
                labels: { __meta_kubernetes_pod_label_app_kubernetes_io_name: 'other', __meta_kubernetes_pod_node_name: node },
              },
            ],
      );
    return { found, exporters: started };
  }

  const agentNodes = await nodesOf('agent');
  const sidecarNodes = await nodesOf('sidecar');

  // Central: the ingestors, a router, Query.
  const ingestors: Running[] = [];
  const ingestorPorts: { readonly grpc: number; readonly http: number; readonly write: number; readonly capnproto: number }[] = [];
  const replicas = 4;
  const startIngestor = (index: number): Running => {
    const container = containerOf(objects('centre'), { workload: 'receive-ingestor', pod: `receive-ingestor-${index}` });
    const { http = 0, grpc = 0, write = 0, capnproto = 0 } = ingestorPorts[index] ?? {};
    const listen = { 10902: http, 10901: grpc, 19291: write, 19391: capnproto };
    return launch(folder, { name: `receive-ingestor-${index}`, program: 'thanos', container, listen, secrets: objstore });
  };
  for (let index = 0; index < replicas; index += 1) {
    const [http = 0, grpc = 0, write = 0, capnproto = 0] = await freePorts(4);
    ingestorPorts.push({ grpc, http, write, capnproto });
    ingestors.push(startIngestor(index));
  }
  const hashring = Object.fromEntries(
    ingestorPorts.map(({ grpc }, index) => [
      `receive-ingestor-${index}.receive-ingestor.metrics-central.svc.cluster.local:10901`,
      [`127.0.0.1:${grpc}`],
    ]),
  );
  const [metaPort = 0, routerHttp = 0, routerGrpc = 0, routerWrite = 0, routerCapnproto = 0] = await freePorts(5);
  const routerContainer = containerOf(objects('centre'), { workload: 'receive-router', pod: 'receive-router-x' });
  const receiveCert = receive('receive', ['receive.example', '127.0.0.1']);
  const agentCert = edges('agent');
  const router = launch(folder, {
    name: 'receive-router',
    program: 'thanos',
    container: routerContainer,
    listen: { 10902: routerHttp, 10901: routerGrpc, 19291: routerWrite, 19391: routerCapnproto },
    reach: { ...hashring, 'http://prometheus-operated.metrics-central.svc:9090': [`http://127.0.0.1:${metaPort}`] },
    secrets: { 'receive-router-tls': secret(receiveCert, agentCert.ca) },
  });

  const [storeHttp = 0, storeGrpc = 0, rulerHttp = 0, rulerGrpc = 0, sidecarHttp = 0, sidecarGrpc = 0, prometheusHttp = 0] =
    await freePorts(7);
  const [queryHttp = 0, queryGrpc = 0, frontendHttp = 0, compactHttp = 0, agentHttp = 0, impostorHttp = 0] = await freePorts(6);
  const queryContainer = containerOf(objects('centre'), { workload: 'query', pod: 'query-x' });
  const queryCert = queries('query');
  const sidecarCert = sidecars('sidecar', ['thanos-sidecar.sidecar']);
  const query = launch(folder, {
    name: 'query',
    program: 'thanos',
    container: queryContainer,
    listen: { 10902: queryHttp, 10901: queryGrpc },
    reach: {
      'dnssrv+_grpc._tcp.prometheus-operated.metrics-central.svc': [],
      'dnssrv+_grpc._tcp.receive-ingestor.metrics-central.svc': ingestorPorts.map(({ grpc }) => `127.0.0.1:${grpc}`),
      'dnssrv+_grpc._tcp.store-gateway.metrics-central.svc': [`127.0.0.1:${storeGrpc}`],
      'dnssrv+_grpc._tcp.thanos-ruler-operated.metrics-central.svc': [`127.0.0.1:${rulerGrpc}`],
      '192.0.2.30:30901': [`127.0.0.1:${sidecarGrpc}`],
    },
    secrets: { 'query-client-tls': secret(queryCert, sidecarCert.ca) },
  });

  const agentBegins = performance.now();
  const agentOf = (name: string, http: number, as: Certificate, env: Readonly<Record<string, string>> = {}): Running =>
    launch(folder, {
      name,
      program: 'prometheus',
      container: containerOf(objects('agent'), { workload: 'prometheus-agent', pod: name }),
      listen: { 9090: http },
      reach: { 'receive.example:19291': [`127.0.0.1:${routerWrite}`], 'kube-state-metrics.edge-metrics.svc:8443': [`127.0.0.1:${state}`] },
      secrets: { 'scrape-client-tls': secret(scraper, nodeExporterCert.ca), 'receive-client-tls': secret(as, receiveCert.ca) },
      paths: serviceAccount,
      edit: (file, text) => (file === 'prometheus.yml' ? discovered(text, agentNodes.found) : text),
      env,
    });
  const agent = agentOf('prometheus-agent-0', agentHttp, agentCert);
  const impostor = agentOf('impostor', impostorHttp, edges('visitor'), { CLUSTER: 'agent' });

  // Option 3: Prometheus with its sidecar, alerts through the gateway.
  const takes = await alertmanager();
  const hasGateway = existsSync(bin('kube-rbac-proxy'));
  const [gatewayHttps = 0, gatewayHealth = 0] = await freePorts(2);
  const gatewayCert = gateway('gateway', ['alerts.example', '127.0.0.1']);
  const senderCert = senders('sidecar');
  const proxy = hasGateway
    ? launch(folder, {
        name: 'alert-gateway',
        program: 'kube-rbac-proxy',
        container: containerOf(objects('centre'), { workload: 'alert-gateway', pod: 'alert-gateway-x' }),
        listen: { 8443: gatewayHttps, 8643: gatewayHealth },
        reach: { 'alertmanager.metrics-central.svc:9093': [`127.0.0.1:${takes.port}`] },
        secrets: { 'alert-gateway-tls': secret(gatewayCert, senderCert.ca) },
      })
    : undefined;
  const data = join(folder, 'edge-prometheus-data');
  const sidecarListen = { 9090: prometheusHttp, 10902: sidecarHttp, 10901: sidecarGrpc };
  const prometheus = launch(folder, {
    name: 'edge-prometheus-0',
    program: 'prometheus',
    container: containerOf(objects('sidecar'), { workload: 'edge-prometheus', container: 'prometheus', pod: 'edge-prometheus-0' }),
    listen: sidecarListen,
    reach: { 'alerts.example:30943': [`127.0.0.1:${gatewayHttps}`], 'kube-state-metrics.edge-metrics.svc:8443': [`127.0.0.1:${state}`] },
    secrets: { 'scrape-client-tls': secret(scraper, nodeExporterCert.ca), 'alert-client-tls': secret(senderCert, gatewayCert.ca) },
    volumes: { data },
    paths: serviceAccount,
    edit: (file, text) => (file === 'prometheus.yml' ? discovered(text, sidecarNodes.found) : text),
  });
  const sidecarBegins = performance.now();
  const sidecar = launch(folder, {
    name: 'thanos-sidecar-0',
    program: 'thanos',
    container: containerOf(objects('sidecar'), { workload: 'edge-prometheus', container: 'thanos-sidecar', pod: 'edge-prometheus-0' }),
    listen: sidecarListen,
    secrets: { ...objstore, 'thanos-sidecar-tls': secret(sidecarCert, queryCert.ca) },
    volumes: { data },
  });

  // The rest of the centre.
  const central = (name: string, listen: Readonly<Record<number, number>>, reach = {}): Running =>
    launch(folder, {
      name,
      program: 'thanos',
      container: containerOf(objects('centre'), { workload: name, pod: `${name}-0` }),
      listen,
      reach,
      secrets: objstore,
    });
  const store = central('store-gateway', { 10902: storeHttp, 10901: storeGrpc });
  const compactor = central('compactor', { 10902: compactHttp });
  const frontend = central('query-frontend', { 10902: frontendHttp }, { 'query.metrics-central.svc:10902': [`127.0.0.1:${queryHttp}`] });
  const fleetAlerts = await alertmanager();
  const ruler = launch(folder, {
    name: 'thanos-ruler-central-0',
    program: 'thanos',
    container: rulerContainer(objects('centre'), 'thanos-ruler-central-0', 'EdgeClusterSilent', '30s'),
    listen: { 10902: rulerHttp, 10901: rulerGrpc },
    reach: {
      'dnssrv+_http._tcp.query.metrics-central.svc': [`127.0.0.1:${queryHttp}`],
      'dnssrv+http://_web._tcp.alertmanager-operated.metrics-central.svc': [`http://127.0.0.1:${fleetAlerts.port}`],
    },
    secrets: objstore,
    // The operator's glob names the folder above the mounted ones.
    paths: { '/etc/thanos/rules': join(folder, 'thanos-ruler-central-0/etc/thanos/rules') },
  });
  const rulerBegins = performance.now();

  // What the operator would make of the PodMonitors and of the rules about the centre: written here, so it proves the rules only.
  const metaFolder = join(folder, 'prometheus-central');
  mkdirSync(metaFolder);
  const jobs: readonly (readonly [string, readonly number[]])[] = [
    ['receive-ingestor', ingestorPorts.map(({ http }) => http)],
    ['receive-router', [routerHttp]],
    ['query', [queryHttp]],
    ['query-frontend', [frontendHttp]],
    ['store-gateway', [storeHttp]],
    ['compactor', [compactHttp]],
    ['thanos-ruler', [rulerHttp]],
    ['prometheus', [metaPort]],
  ];
  writeFileSync(join(metaFolder, 'rules.yaml'), JSON.stringify(specOf(objects('centre'), 'PrometheusRule', 'central')));
  writeFileSync(
    join(metaFolder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '5s', evaluation_interval: '10s' },
      rule_files: [join(metaFolder, 'rules.yaml')],
      scrape_configs: jobs.map(([job_name, ports]) => ({
        job_name,
        honor_labels: true,
        static_configs: ports.map((port, index) => ({ targets: [`127.0.0.1:${port}`], labels: { pod: `${job_name}-${index}` } })),
      })),
    }),
  );
  const meta = start(
    'prometheus-central',
    'prometheus',
    [`--config.file=${metaFolder}/prometheus.yml`, `--storage.tsdb.path=${metaFolder}/data`, `--web.listen-address=127.0.0.1:${metaPort}`],
    {},
    folder,
  );

  // Each starts and is ready.
  const programs: readonly (readonly [Running, number])[] = [
    ...ingestors.map((each, index) => [each, ingestorPorts[index]?.http ?? 0] as const),
    [router, routerHttp],
    [query, queryHttp],
    [agent, agentHttp],
    [impostor, impostorHttp],
    [prometheus, prometheusHttp],
    [sidecar, sidecarHttp],
    [store, storeHttp],
    [compactor, compactHttp],
    [frontend, frontendHttp],
    [ruler, rulerHttp],
    [meta, metaPort],
  ];
  const started: boolean[] = [];
  for (const [program, port] of programs) {
    const ready = await check(`${program.name} starts with its emitted arguments and is ready`, async () => {
      const { seconds } = await until(program.name, 30, async () => {
        if (!alive(program)) throw new Error(`ended: ${tail(program)}`);
        const answer = await ask(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
        return answer?.status === 200 ? answer : undefined;
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${tail(program)}`);
      });
      return seconds < 0.5 ? 'at once' : `${seconds.toFixed(1)} s`;
    });
    started.push(ready);
  }
  if (started.includes(false)) {
    report('not run', 'what needs all of them', 'a program did not start');
    return;
  }

  const askQuery = async (expression: string, { dedup = true, port = queryHttp } = {}): Promise<readonly Sample[]> => {
    const { body } = await ask(`http://127.0.0.1:${port}/api/v1/query?dedup=${dedup}&query=${encodeURIComponent(expression)}`);
    const answer = JSON.parse(body) as {
      readonly status: string;
      readonly error?: string;
      readonly data?: { readonly result: readonly Sample[] };
    };
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data?.result ?? [];
  };

  const upOf = (cluster: string, own: readonly string[]): readonly Labels[] =>
    sorted([
      ...['a', 'b'].flatMap((letter): readonly Labels[] => {
        const node = `${cluster}-${letter}`;
        const base = { cluster, region: 'kr', instance: node, node };
        return [
          { ...base, job: 'node-exporter' },
          { ...base, job: 'kubelet', metrics_path: '/metrics' },
          { ...base, job: 'kubelet', metrics_path: '/metrics/cadvisor' },
        ];
      }),
      { cluster, region: 'kr', job: 'kube-state-metrics', instance: 'kube-state-metrics' },
      ...own.map((job) => ({ cluster, region: 'kr', job, instance: job })),
    ]);
  const contract = async (cluster: string, own: readonly string[], begins: number): Promise<string> => {
    const wanted = upOf(cluster, own);
    let last: readonly Labels[] = [];
    await until('the series', 90, async () => {
      last = sorted((await askQuery(`up{cluster="${cluster}"} == 1`)).map(labelsOf));
      return last.length >= wanted.length ? last : undefined;
    }).catch(() => undefined);
    const seconds = (performance.now() - begins) / 1000;
    if (!isDeepStrictEqual(last, wanted)) throw new Error(`\ngot    ${JSON.stringify(last)}\nwanted ${JSON.stringify(wanted)}`);
    return `${wanted.length} series ${seconds.toFixed(1)} s after the start`;
  };
  await check('prometheus-agent: `up` has the labels of the contract, once after dedup', () =>
    contract('agent', ['prometheus-agent'], agentBegins),
  );
  await check('thanos-sidecar: `up` has the labels of the contract, once after dedup', () =>
    contract('sidecar', ['edge-prometheus', 'thanos-sidecar'], sidecarBegins),
  );
  await check('each sample is on as many ingestors as the replication factor says', async () => {
    const samples = await askQuery('up{cluster="agent",job="kube-state-metrics"}', { dedup: false });
    const holders = new Set(samples.map(({ metric }) => metric.receive_replica));
    if (holders.size !== 3) throw new Error(JSON.stringify(samples));
    return [...holders].sort().join(', ');
  });
  await check("series of Kubernetes' objects keep their own labels", async () => {
    const [sample] = (await askQuery('kube_pod_info{cluster="agent"}')).map(labelsOf);
    const wanted = {
      cluster: 'agent',
      region: 'kr',
      instance: 'kube-state-metrics',
      job: 'kube-state-metrics',
      namespace: 'shop',
      node: 'n1',
      pod: 'till-0',
    };
    if (!isDeepStrictEqual(sample && sorted([sample]), sorted([wanted]))) throw new Error(JSON.stringify(sample));
  });
  await check('an agent that claims another cluster is filed under the name in its certificate', async () => {
    const { value } = await until('the impostor', 60, async () => {
      const samples = await askQuery('up{prometheus_replica="impostor"}', { dedup: false });
      return samples.length > 0 ? samples : undefined;
    });
    const clusters = [...new Set(value.map(({ metric }) => metric.cluster))];
    if (!isDeepStrictEqual(clusters, ['visitor'])) throw new Error(clusters.join(', '));
    const under = await askQuery('up{cluster="agent",prometheus_replica="impostor"}', { dedup: false });
    if (under.length > 0) throw new Error(`cluster="agent" answers: ${JSON.stringify(under.map(labelsOf))}`);
    return `claims agent, is filed under ${clusters.join()}`;
  });
  await stop(impostor, 'SIGTERM');

  // Who may write.
  const write = `https://127.0.0.1:${routerWrite}/api/v1/receive`;
  await check('remote write refuses: no certificate', () => refusedHandshake(write, { ca: receiveCert.ca }));
  await check('remote write refuses: a certificate of another authority', () =>
    refusedHandshake(write, { ...foreign('agent'), ca: receiveCert.ca }),
  );
  await check('remote write lets a right certificate in (as far as its empty body)', async () => {
    const { status, body } = await ask(write, { method: 'POST', as: { ...agentCert, ca: receiveCert.ca }, body: 'no snappy' });
    if (status !== 400) throw new Error(`${status} ${body}`);
    return `${status} ${body.trim().slice(0, 60)}`;
  });
  await check('node-exporter refuses: no certificate', async () => {
    const [{ address } = { address: '' }] = agentNodes.found('pod');
    return refusedHandshake(`https://${address}/metrics`, { ca: nodeExporterCert.ca }, 'node-exporter.edge-metrics-host.svc');
  });

  // The alert gateway.
  if (proxy === undefined) report('not run', 'the alert gateway', 'test/e2e/bin/kube-rbac-proxy is not there');
  else {
    const alerts = `https://127.0.0.1:${gatewayHttps}/api/v2/alerts`;
    const as = { ...senderCert, ca: gatewayCert.ca };
    const alert = JSON.stringify([{ labels: { alertname: 'FromTest', cluster: 'sidecar' } }]);
    await check('alert gateway: its probe answers', async () => {
      await until('healthz', 30, async () => {
        if (!alive(proxy)) throw new Error(`ended: ${tail(proxy)}`);
        // The kubelet does not verify the certificate of a probe.
        const answer = await ask(`https://127.0.0.1:${gatewayHealth}/healthz`, { as: { ca: gatewayCert.ca } }).catch(() => undefined);
        return answer?.status === 200 ? answer : undefined;
      });
    });
    await check('alert gateway: POST with a client certificate passes', async () => {
      const { status, body } = await ask(alerts, { method: 'POST', as, body: alert, headers: { 'content-type': 'application/json' } });
      if (status !== 200 || !takes.alerts.some(({ labels }) => labels.alertname === 'FromTest'))
        throw new Error(`${status} ${body} ${tail(proxy)}`);
    });
    const refusals: readonly (readonly [string, string, string, Partial<Certificate>, Readonly<Record<string, string>>])[] = [
      ['GET', 'GET', alerts, as, {}],
      ['DELETE', 'DELETE', alerts, as, {}],
      ['PUT', 'PUT', alerts, as, {}],
      ['silences', 'POST', alerts.replace('alerts', 'silences'), as, {}],
      ['the root', 'GET', alerts.replace('/api/v2/alerts', '/'), as, {}],
      ['a path beyond', 'POST', `${alerts}/../silences`, as, {}],
      ['no certificate', 'POST', alerts, { ca: gatewayCert.ca }, {}],
      ['a token instead', 'POST', alerts, { ca: gatewayCert.ca }, { authorization: 'Bearer x.y.z' }],
      ['a certificate of another authority', 'POST', alerts, { ...foreign('sidecar'), ca: gatewayCert.ca }, {}],
      ['a client certificate of the writers', 'POST', alerts, { ...agentCert, ca: gatewayCert.ca }, {}],
    ];
    for (const [what, method, url, who, headers] of refusals)
      await check(`alert gateway refuses: ${what}`, async () => {
        const before = takes.requests.length;
        const { status } = await ask(url, { method, as: who, headers, ...(method === 'POST' ? { body: alert } : {}) }).catch(
          (error: Error) => ({ status: error.message }),
        );
        const passed = takes.requests.slice(before).filter((request) => !request.startsWith('POST /api/v2/alerts'));
        if (passed.length > 0 || (typeof status === 'number' && status < 400)) throw new Error(`${status}; passed: ${passed.join(', ')}`);
        return String(status);
      });
    await check("thanos-sidecar: the edge's Watchdog comes through the gateway", async () => {
      const { value, seconds } = await until('Watchdog', 90, async () =>
        takes.alerts.find(({ labels }) => labels.alertname === 'Watchdog'),
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${tail(prometheus)}`);
      });
      return `${JSON.stringify(value.labels)}, ${seconds.toFixed(1)} s`;
    });
  }

  await check('Query knows every store and none is down', async () => {
    const { body } = await ask(`http://127.0.0.1:${queryHttp}/api/v1/stores`);
    const { data: stores } = JSON.parse(body) as {
      readonly data: Readonly<Record<string, readonly { readonly name: string; readonly lastError: unknown }[]>>;
    };
    const down = Object.entries(stores).flatMap(([kind, all]) =>
      all.filter(({ lastError }) => lastError !== null).map(({ name, lastError }) => `${kind} ${name}: ${JSON.stringify(lastError)}`),
    );
    if (down.length > 0) throw new Error(down.join('; '));
    return Object.entries(stores)
      .map(([kind, all]) => `${all.length} ${kind}`)
      .sort()
      .join(', ');
  });
  await check('Query Frontend gives what Query gives, range queries too', async () => {
    const through = sorted((await askQuery('up{cluster="agent"}', { port: frontendHttp })).map(labelsOf));
    if (through.length !== 8) throw new Error(JSON.stringify(through));
    const now = Math.floor(Date.now() / 1000);
    const { status, body } = await ask(
      `http://127.0.0.1:${frontendHttp}/api/v1/query_range?query=up&start=${now - 600}&end=${now}&step=30`,
    );
    if (status !== 200) throw new Error(`${status} ${body}`);
  });
  await check('the sidecar refuses a client without certificate', () =>
    refusedHandshake(`https://127.0.0.1:${sidecarGrpc}/`, { ca: sidecarCert.ca }, 'thanos-sidecar.sidecar'),
  );

  // Rules.
  await check('the rules about the centre: each evaluates without an error', () => evaluated(metaPort));
  await check('the limit of series: the emitted query gives each tenant its series, and the router reads them', async () => {
    const query = 'sum by (tenant) (prometheus_tsdb_head_series{job="receive-ingestor"})';
    const { value } = await until('the tenant', 30, async () => {
      const samples = await askQuery(query, { port: metaPort });
      return samples.some(({ metric }) => metric.tenant === 'agent') ? samples : undefined;
    });
    const configured = specText(objects('centre'), 'receive-limits', 'limits.yaml');
    if (!configured.includes(query)) throw new Error('the emitted limits ask something else');
    await until('the router', 40, async () => {
      const lines = readFileSync(router.log, 'utf8').split('\n');
      const failed = lines.findLastIndex((line) => /failed to query meta-monitoring|not in current series map/.test(line));
      const at = /^ts=(\S+)/.exec(lines[failed] ?? '')?.[1];
      return at === undefined || Date.now() - Date.parse(at) > 16_000 ? true : undefined;
    });
    return value.map(({ metric, value: [, series] }) => `${metric.tenant} ${series}`).join(', ');
  });
  await check('every metric that a rule names is exposed', async () => {
    const pages = await Promise.all(
      programs.filter(([program]) => alive(program)).map(([, port]) => ask(`http://127.0.0.1:${port}/metrics`)),
    );
    const nodePage = await ask(`https://${agentNodes.found('pod')[0]?.address}/metrics`, {
      as: { ...scraper, ca: nodeExporterCert.ca },
      serverName: 'node-exporter.edge-metrics-host.svc',
    });
    const exposed = new Set(
      [...pages, nodePage].flatMap(({ body }) => [...body.matchAll(/^(?:# TYPE )?([a-zA-Z0-9_:]+)/gm)].map(([, name]) => name ?? '')),
    );
    const rules = [...fleet.rendered.values()]
      .flat()
      .filter(({ kind, metadata }) => kind === 'PrometheusRule' || metadata.name === 'edge-prometheus-rules');
    const named = new Set(
      [...JSON.stringify(rules).matchAll(/\b((?:thanos|prometheus|http|node)_[a-zA-Z0-9_]+)(?=[{[)])/g)].map(([, name]) => name ?? ''),
    );
    // A counter with labels is exposed once it counts.
    const later = new Set(['thanos_receive_head_series_limited_requests_total', 'prometheus_remote_storage_samples_dropped_total']);
    const absentNames = [...named].filter((name) => !exposed.has(name) && !later.has(name));
    if (absentNames.length > 0) throw new Error(absentNames.join(', '));
    return `${named.size} metrics, ${[...later].filter((name) => !exposed.has(name)).length} of them only once they count`;
  });
  await check('the rules about the fleet: the Ruler evaluates each without an error', () => evaluated(rulerHttp));
  await check("the edge's own rules: each evaluates without an error", () => evaluated(prometheusHttp));
  const silent = (cluster: string) =>
    fleetAlerts.alerts.some(({ labels }) => labels.alertname === 'EdgeClusterSilent' && labels.cluster === cluster);
  await check('an edge that never came is reported silent', async () => {
    await until('EdgeClusterSilent', 150, async () => (silent('scraped') ? true : undefined));
    const [found] = fleetAlerts.alerts.filter(({ labels }) => labels.alertname === 'EdgeClusterSilent');
    if (silent('agent') || silent('sidecar')) throw new Error('an edge that answers is called silent');
    return `${((performance.now() - rulerBegins) / 1000).toFixed(0)} s after the start, ${JSON.stringify(found?.labels)}`;
  });

  // Faults.
  const ofAgent = async () => {
    const { body } = await ask(`http://127.0.0.1:${agentHttp}/metrics`);
    // A counter with labels is not there before it counts.
    const sum = (name: string): number =>
      [...body.matchAll(new RegExp(`^${name}\\{[^}]*\\} (.*)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);
    return {
      lost: sum('prometheus_remote_storage_samples_failed_total') + sum('prometheus_remote_storage_samples_dropped_total'),
      retried: sum('prometheus_remote_storage_samples_retried_total'),
    };
  };
  await check('one ingestor killed: writes go on', async () => {
    const [victim] = ingestors;
    if (victim === undefined) throw new Error('no ingestor');
    await stop(victim);
    const killed = Date.now() / 1000 + 5;
    const { seconds } = await until('a newer sample of every target', 90, async () => {
      const samples = await askQuery(`timestamp(up{cluster="agent"}) > ${killed}`);
      return samples.length === 8 ? samples : undefined;
    });
    const { lost, retried } = await ofAgent();
    if (lost > 0) throw new Error(`${lost} samples lost`);
    return `all 8 targets newer after ${seconds.toFixed(1)} s, ${lost} samples lost, ${retried} retried`;
  });
  await check('two ingestors of four killed: the router answers 5xx, the agent keeps its samples', async () => {
    await Promise.all(ingestors.slice(1, 2).map((each) => stop(each)));
    const codes = async () => {
      const { body } = await ask(`http://127.0.0.1:${routerHttp}/metrics`);
      return [...body.matchAll(/^thanos_receive_write_samples_count\{code="(\d+)",tenant="agent"\} (\d+)/gm)].map(
        ([, code, count]) => `${code}: ${count}`,
      );
    };
    const { value, seconds } = await until('5xx', 60, async () => {
      const seen = await codes();
      return seen.some((code) => code.startsWith('5')) ? seen : undefined;
    });
    const { lost, retried } = await ofAgent();
    if (lost > 0) throw new Error(`${lost} samples lost; ${value.join(', ')}`);
    return `requests by code ${value.join(', ')} after ${seconds.toFixed(1)} s; ${lost} samples lost, ${retried} retried`;
  });
  await check('the second ingestor is back: nothing was lost', async () => {
    ingestors[1] = startIngestor(1);
    const since = Date.now() / 1000;
    const { seconds } = await until('a newer sample of every target', 120, async () => {
      const samples = await askQuery(`timestamp(up{cluster="agent"}) > ${since}`);
      return samples.length === 8 ? samples : undefined;
    });
    // The outage lies in these minutes: a lost sample would be a gap of two intervals.
    const kept = await askQuery('up{cluster="agent"}[3m]');
    const gaps = kept.flatMap(({ values = [] }) => values.slice(1).map(([at], index) => at - (values[index]?.[0] ?? 0)));
    const widest = Math.max(...gaps);
    const { lost, retried } = await ofAgent();
    if (lost > 0 || kept.length !== 8 || widest > 45)
      throw new Error(`${lost} samples lost, ${kept.length} targets, ${widest} s between samples`);
    return `newer samples after ${seconds.toFixed(1)} s, at most ${widest.toFixed(1)} s between samples, ${lost} lost, ${retried} retried`;
  });
  await check("an edge's exporters stop: reported silent", async () => {
    await Promise.all(agentNodes.exporters.map((each) => stop(each)));
    const { seconds } = await until('EdgeClusterSilent', 150, async () => (silent('agent') ? true : undefined));
    return `${seconds.toFixed(0)} s with \`for\` at 30 s`;
  });
  report('not run', 'remote-scrape: the operator makes the configuration', 'prometheus-operator does not run here');
  report('not run', 'prometheus-operated among the endpoints of Query', 'as above');
  report('not run', 'kube-state-metrics, kubelets, Alertmanager', 'small servers of this suite stand in for them');
  report('not run', 'link cut for minutes, agent restarted meanwhile, router killed, hashring changed', 'not written yet');
  report('not run', 'an agent that dies: reported silent', 'not written yet: its last sample is seen for five minutes more');
  for (const [program] of programs)
    if (!alive(program) && program !== impostor && !program.name.startsWith('receive-ingestor'))
      report('FAILED', `${program.name} is still there`, tail(program));
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** Waits until each rule was evaluated; none may fail. */
async function evaluated(port: number): Promise<string> {
  const { value } = await until('the evaluation', 75, async () => {
    const { body } = await ask(`http://127.0.0.1:${port}/api/v1/rules`);
    const { data } = JSON.parse(body) as { readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } };
    const all = data.groups.flatMap((group) => group.rules);
    return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : undefined;
  });
  const bad = value.filter(({ health }) => health !== 'ok');
  if (bad.length > 0) throw new Error(JSON.stringify(bad.map(({ name, lastError }) => `${name}: ${lastError}`)));
  return `${value.length} rules`;
}

function specOf(objects: readonly Resource[], kind: string, name: string): unknown {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return (found as unknown as { readonly spec: unknown }).spec;
}

function specText(objects: readonly Resource[], configMap: string, file: string): string {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap);
  return (found as unknown as { readonly data: Readonly<Record<string, string>> } | undefined)?.data[file] ?? '';
}

interface Sample {
  readonly metric: Labels;
  readonly value: readonly [number, string];
  /** Of a range. */
  readonly values?: readonly (readonly [number, string])[];
}
type Labels = Readonly<Record<string, string>>;

function labelsOf({ metric }: Sample): Labels {
  const { __name__: _, ...labels } = metric;
  return labels;
}

/** In one order, keys and all. */
function sorted(all: readonly Labels[]): readonly Labels[] {
  const ordered = all.map((labels) => Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
  const key = (labels: Labels): string => JSON.stringify(labels);
  return ordered.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** A Secret of type kubernetes.io/tls with the authority of the other side, as cert-manager and the like write it. */
function secret({ cert, key }: Certificate, ca: string): Secrets[string] {
  const text = (path: string): string => readFileSync(path, 'utf8');
  return { 'tls.crt': text(cert), 'tls.key': text(key), 'ca.crt': text(ca) };
}

async function refusedHandshake(url: string, as: Partial<Certificate>, serverName?: string): Promise<string> {
  const answer = await ask(url, { method: 'POST', as, body: 'x', ...(serverName === undefined ? {} : { serverName }) }).then(
    ({ status }) => `answered ${status}`,
    (error: NodeJS.ErrnoException) => error,
  );
  if (typeof answer === 'string') throw new Error(answer);
  if (!/alert|SSL|EPROTO|ECONNRESET/.test(`${answer.code} ${answer.message}`)) throw answer;
  return /alert[^:]*/.exec(answer.message)?.[0] ?? answer.code ?? '';
}
