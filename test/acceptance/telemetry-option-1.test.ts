import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { compile } from '../../scripts/compile.ts';
import { hasErrors } from '../../scripts/diagnostic.ts';
import { checkSources } from '../../scripts/inventory/load.ts';
import { renderKustomization } from '../../scripts/kustomize/render.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';
import { aCentre, aFleet } from '../support/fleet.ts';
import {
  all,
  at,
  each,
  edgesOn,
  type Found,
  inCentre,
  listAt,
  matches,
  none,
  type Operated,
  prometheus,
  providedSecrets,
  runningImage,
  type ScrapeConfig,
  type Service,
  secretReferences,
  targetOf,
  targets,
  within,
  workloads,
} from '../support/manifests.ts';
import { fleets, serviceMonitors } from './fleets.ts';

const scraping = fleets.filter((fleet) => edgesOn(fleet, 'remote-scrape').length > 0);

/** What describes edges to the central Prometheus. */
const ofEdges = (fleetsOfThese: typeof fleets): readonly Found[] => {
  const objects = new Set(targets(fleetsOfThese).map(({ object }) => object));
  return all(fleetsOfThese, 'ScrapeConfig', 'ServiceMonitor').filter(({ object }) => objects.has(object));
};

const canonical = (address: string): string => new URL(`http://${address.includes(':') ? `[${address}]` : address}`).hostname;

test('G17 the centre scrapes every node of an edge for node-exporter, kubelet and cAdvisor, and kube-state-metrics once', () => {
  assert.ok(scraping.length > 5);
  for (const fleet of scraping) {
    for (const edge of edgesOn(fleet, 'remote-scrape')) {
      const of = (job: string, path: string) =>
        targets([fleet])
          .filter((target) => target.cluster === edge.name && target.job === job && target.path === path)
          .map(({ host, port }) => `${canonical(host)} ${port}`)
          .sort();
      const nodes = (port: number) => edge.nodes.map(({ address }) => `${canonical(address)} ${port}`).sort();
      assert.equal(of('node-exporter', '/metrics'), nodes(9100), `${fleet.name}: ${edge.name}`);
      assert.equal(of('kubelet', '/metrics'), nodes(10250), `${fleet.name}: ${edge.name}`);
      assert.equal(of('kubelet', '/metrics/cadvisor'), nodes(10250), `${fleet.name}: ${edge.name}`);
      const [only, ...others] = of('kube-state-metrics', '/metrics');
      assert.is(others.length, 0, `${fleet.name}: ${edge.name}`);
      assert.ok(
        edge.nodes.some(({ address }) => only?.startsWith(`${canonical(address)} `)),
        `${fleet.name}: ${edge.name}: ${only}`,
      );
    }
    const clusters = new Set(targets([fleet]).map(({ cluster }) => cluster));
    assert.equal(clusters, new Set(edgesOn(fleet, 'remote-scrape').map(({ name }) => name)), fleet.name);
  }
});

test('G17 no address is scraped twice by one job, and each is one that Prometheus can read', () => {
  for (const fleet of scraping) {
    const found = targets([fleet]);
    assert.ok(found.length >= 4);
    const addresses = found.map(({ job, path, host, port }) => `${job} ${path} ${canonical(host)} ${port}`);
    assert.equal(
      addresses.filter((one, i) => addresses.indexOf(one) !== i),
      [],
      fleet.name,
    );
    each(found, ({ address }) => address.split(':').length > 2 !== /^\[[0-9a-f:.]+\]:\d+$/.test(address) && 'is not host:port');
  }
});

test('G18 no relabelling gives every target one address', () => {
  const relabelings = fleets.flatMap((fleet) => [
    ...all([fleet], 'ScrapeConfig', 'ServiceMonitor', 'PodMonitor', 'Prometheus').flatMap(({ where, object }) =>
      [...within(object)].flatMap(({ path, value }) =>
        ['relabelings', 'metricRelabelings'].includes(path.at(-2) ?? '')
          ? [{ where, to: at(value, 'targetLabel'), replacement: at(value, 'replacement') }]
          : [],
      ),
    ),
    ...prometheus([fleet]).flatMap(({ where, config }) =>
      [...within(config)].flatMap(({ path, value }) =>
        /relabel_configs$/.test(path.at(-2) ?? '') ? [{ where, to: at(value, 'target_label'), replacement: at(value, 'replacement') }] : [],
      ),
    ),
  ]);
  each(
    relabelings,
    ({ to, replacement }) =>
      to === '__address__' && !/\$[\d{]/.test(String(replacement ?? '$1')) && `gives every target the address ${String(replacement)}`,
  );
  assert.ok(new Set(relabelings.map(({ where }) => / (\w+) /.exec(where.split(': ').at(-1) ?? '')?.[1])).size >= 1);
});

test('G19 kubelet and kube-state-metrics keep their labels, and cAdvisor comes without timestamps as job kubelet', () => {
  for (const fleet of scraping) {
    const found = targets([fleet]);
    each(
      found.filter(({ job }) => job === 'kubelet' || job === 'kube-state-metrics'),
      ({ endpoint }) => endpoint.honorLabels !== true && 'loses its labels',
    );
    each(
      found.filter(({ path }) => path.includes('cadvisor')),
      ({ job, path }) => (job !== 'kubelet' || path !== '/metrics/cadvisor') && `is ${job} ${path}`,
      ({ endpoint }) => endpoint.honorTimestamps !== false && 'keeps the timestamps of cAdvisor',
    );
  }
  each(
    prometheus(fleets).flatMap((found) =>
      listAt(found.config, 'scrape_configs').map((job) => ({ ...found, where: `${found.where} ${String(at(job, 'job_name'))}`, job })),
    ),
    ({ job }) =>
      /^(kubelet|cadvisor|kube-state-metrics)$/.test(String(at(job, 'job_name'))) && at(job, 'honor_labels') !== true && 'loses its labels',
    ({ job }) =>
      at(job, 'metrics_path') === '/metrics/cadvisor' && at(job, 'honor_timestamps') !== false && 'keeps the timestamps of cAdvisor',
    ({ job }) =>
      at(job, 'metrics_path') === '/metrics/cadvisor' &&
      !listAt(job, 'relabel_configs').some((one) => at(one, 'target_label') === 'job' && at(one, 'replacement') === 'kubelet') &&
      'is not job kubelet',
  );
});

test('G20 the credentials of a cluster are one Secret, in the namespace of what names it', () => {
  for (const fleet of scraping) {
    const references = secretReferences([fleet]);
    const secretsOf = (cluster: string) => {
      const objects = new Set(targets([fleet]).flatMap((target) => (target.cluster === cluster ? [target.object] : [])));
      return new Set(references.flatMap(({ secret, found }) => (objects.has(found.object) ? [secret] : [])));
    };
    const clusters = edgesOn(fleet, 'remote-scrape').map(({ name }) => name);
    const all = clusters.map((cluster) => [...secretsOf(cluster)]);
    for (const [i, secrets] of all.entries()) {
      assert.is(secrets.length, 1, `${fleet.name}: ${clusters[i]}: ${secrets.join(', ')}`);
      const [namespace] = secrets[0]?.split('/') ?? [];
      assert.is(namespace, fleet.inventory.central.namespace);
      assert.ok(providedSecrets(fleet.rendered.get(fleet.inventory.central.name) ?? []).has(secrets[0] ?? ''));
    }
    // A ServiceMonitor names one Secret for all the clusters that it finds.
    const shared = fleet.inventory.central.prometheus.mode === 'service-monitor';
    assert.is(new Set(all.flat()).size, shared ? 1 : clusters.length, fleet.name);
  }
});

test('G20 nothing names a token file, and no token is the centre’s own', () => {
  each(
    all(fleets, 'ScrapeConfig', 'ServiceMonitor', 'PodMonitor'),
    ({ object }) => /bearerTokenFile|bearerTokenSecret|credentialsFile/.test(JSON.stringify(object)) && 'names a token file',
  );
  assert.equal(
    all(fleets, 'Secret').filter((found) => inCentre(found) && at(found.object, 'type') === 'kubernetes.io/service-account-token').length,
    0,
  );
  each(targets(fleets), ({ fleet, cluster, job, endpoint }) => {
    const edge = edgesOn(fleet, 'remote-scrape').find(({ name }) => name === cluster);
    const token = edge?.option === 'remote-scrape' && edge.settings.credentials.kubelet === 'token' && job === 'kubelet';
    return (endpoint.authorization !== undefined) !== token && 'shows another credential than the inventory says';
  });
  // HTTPS everywhere: a credential is never sent in the clear.
  each(targets(fleets), ({ endpoint }) => endpoint.scheme?.toLowerCase() !== 'https' && 'is scraped in the clear');
});

test('G21 the node port of kube-state-metrics is the port that the centre scrapes, and leads to its metrics', () => {
  for (const fleet of scraping)
    for (const edge of edgesOn(fleet, 'remote-scrape')) {
      const exposed = all<Service>([fleet], 'Service').filter(
        ({ cluster, object }) => cluster === edge.name && object.spec.type === 'NodePort',
      );
      assert.is(exposed.length, 1, `${fleet.name}: ${edge.name}`);
      const [{ object: service, resources }] = exposed as [Found<Service>];
      const [port, ...others] = service.spec.ports;
      assert.is(others.length, 0);
      assert.ok(port?.nodePort !== undefined && port.nodePort >= 30000 && port.nodePort <= 32767, `${port?.nodePort}`);
      const scraped = targets([fleet]).filter(({ cluster, job }) => cluster === edge.name && job === 'kube-state-metrics');
      assert.equal(
        scraped.map((target) => target.port),
        [port.nodePort],
        `${fleet.name}: ${edge.name}`,
      );

      const [behind, ...more] = workloads([fleet]).filter(
        (found) => found.resources === resources && matches(service.spec.selector ?? {}, found.object.spec.template.metadata.labels),
      );
      assert.ok(behind !== undefined && more.length === 0, 'one workload is behind the node port');
      const metrics = /:(\d+)$|^(\d+)$/.exec(
        runningImage([fleet], 'kube-state-metrics')
          .find(({ object }) => object === behind.object)
          ?.flags.get('port')?.[0] ?? '8080',
      );
      assert.is(targetOf(port, behind), Number(metrics?.[1] ?? metrics?.[2]));
      assert.is(behind.object.spec.replicas, 1);
    }
});

test('G21 kube-state-metrics compresses, and neither Secrets nor ConfigMaps are among its resources', () => {
  for (const fleet of fleets)
    each(
      runningImage([fleet], 'kube-state-metrics'),
      ({ flags }) => !['', 'true'].includes(flags.get('enable-gzip-encoding')?.[0] ?? 'no') && 'does not compress',
      ({ flags }) => {
        const resources = (flags.get('resources') ?? []).flatMap((list) => list.split(','));
        return (
          (resources.length === 0 || resources.some((one) => /^(secrets|configmaps)$/.test(one))) &&
          `reports on ${resources.join(', ') || 'everything'}`
        );
      },
      ({ flags, resources }) => {
        const asked = (flags.get('resources') ?? []).flatMap((list) => list.split(','));
        const role = resources.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.endsWith('kube-state-metrics'));
        const allowed = listAt(role, 'rules').flatMap((rule) => listAt(rule, 'resources'));
        return JSON.stringify([...asked].sort()) !== JSON.stringify([...allowed].sort()) && 'asks for other resources than its role allows';
      },
    );
});

const selectors = {
  ScrapeConfig: 'scrapeConfigSelector',
  ServiceMonitor: 'serviceMonitorSelector',
  PodMonitor: 'podMonitorSelector',
} as const;

test('G22 a Prometheus selects every object that says what to scrape', () => {
  for (const fleet of fleets)
    each(all([fleet], ...Object.keys(selectors)), ({ object, cluster }) => {
      const by = all<Operated>([fleet], 'Prometheus').filter((one) => {
        const selector = at(one.object, 'spec', selectors[object.kind as keyof typeof selectors], 'matchLabels');
        return (
          one.cluster === cluster &&
          one.object.metadata.namespace === object.metadata.namespace &&
          selector !== undefined &&
          matches(selector as Readonly<Record<string, string>>, object.metadata.labels ?? {})
        );
      });
      return by.length !== 1 && `is selected by ${by.length} Prometheuses`;
    });
  for (const fleet of scraping) assert.ok(ofEdges([fleet]).length >= 3, fleet.name);
});

/** About what the operator makes of ScrapeConfigs: one gzipped Secret. */
const gzipped = (configs: readonly ScrapeConfig[]): number => gzipSync(stringify(configs.map(({ spec }) => spec))).length;

test('G22 the configuration of a Prometheus fits into a Secret', () => {
  each(
    all<Operated>(scraping, 'Prometheus').filter(({ fleet }) => fleet !== serviceMonitors),
    ({ fleet }) => {
      const size = gzipped(all<ScrapeConfig>([fleet], 'ScrapeConfig').map(({ object }) => object));
      return (size < 100 || size > 900_000) && `has a configuration of ${size} bytes`;
    },
  );
});

test('G22 a fleet whose configuration does not fit into one Secret is split or refused', () => {
  // Names that hardly compress, as clouds give them.
  const nodes = (edge: number) =>
    Array.from({ length: 1000 }, (_, n) => ({
      name: createHash('sha256').update(`${edge} ${n}`).digest('hex').slice(0, 40),
      address: `10.${edge}.${n >> 8}.${n & 255}`,
    }));
  const sources = aFleet([
    aCentre(),
    ...Array.from({ length: 12 }, (_, i) => ({ name: `edge-${i}`, role: 'edge', region: 'kr', option: 'remote-scrape', nodes: nodes(i) })),
  ]);
  const { sourced, diagnostics: found } = checkSources(sources);
  const compiled = sourced === undefined ? undefined : compile(sourced);
  const diagnostics = [...found, ...(compiled?.diagnostics ?? [])];
  if (diagnostics.some(({ severity, message }) => severity === 'error' && /series|configuration/.test(message))) return;
  assert.ok(compiled !== undefined && !hasErrors(diagnostics), `refused for another reason: ${diagnostics[0]?.message}`);
  const { tree } = compiled;
  const resources = renderKustomization(tree, overlayDirs(tree).get('centre') ?? '');
  const scrapers = resources.filter(({ kind }) => kind === 'Prometheus') as Operated[];
  assert.ok(scrapers.length > 0);
  none(
    scrapers.flatMap(({ metadata, spec }) => {
      const selected = resources.filter(
        ({ kind, metadata: { labels = {} } }) =>
          kind === 'ScrapeConfig' &&
          matches((at(spec, 'scrapeConfigSelector', 'matchLabels') ?? {}) as Readonly<Record<string, string>>, labels),
      );
      const size = gzipped(selected as ScrapeConfig[]);
      return size > 900_000 ? [`Prometheus ${metadata.name} of ${scrapers.length} has a configuration of ${size} bytes`] : [];
    }),
  );
});

test.run();
