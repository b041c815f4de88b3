// The centre beside Receive and Query.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { type Launch, type Launched, launch } from './launch.ts';
import { rulerContainer } from './operator.ts';
import { start } from './processes.ts';
import type { ThanosPorts } from './query.ts';
import { objectsOf, podOf, type Site } from './site.ts';

/** Store Gateway, Compactor or Query Frontend. */
export const startCentral = (site: Site, workload: string, { listen, reach = {} }: Pick<Launch, 'listen' | 'reach'>): Launched =>
  launch(site.folder, {
    name: workload,
    program: 'thanos',
    container: podOf(site, 'centre', { workload, pod: `${workload}-0` }),
    reach,
    secrets: site.bucket,
    ...(listen === undefined ? {} : { listen }),
  });

interface Ruler {
  /** HTTP ports of whom it asks and of whom it tells. */
  readonly query: number;
  readonly alertmanager: number;
  readonly ports: ThanosPorts;
}

/** The Ruler with the fleet's rules. A silent cluster is reported after 30 s: nobody waits ten minutes for a test. */
export function startRuler(site: Site, { query, alertmanager, ports }: Ruler): Launched {
  const pod = 'thanos-ruler-central-0';
  return launch(site.folder, {
    name: pod,
    program: 'thanos',
    container: rulerContainer(objectsOf(site, 'centre'), pod, 'EdgeClusterSilent', '30s'),
    listen: { 10902: ports.http, 10901: ports.grpc },
    reach: {
      'dnssrv+_http._tcp.query.metrics-central.svc': [`127.0.0.1:${query}`],
      'dnssrv+http://_web._tcp.alertmanager-operated.metrics-central.svc': [`http://127.0.0.1:${alertmanager}`],
    },
    secrets: site.bucket,
    // The operator's glob names the folder above the mounted ones.
    paths: { '/etc/thanos/rules': join(site.folder, pod, 'etc/thanos/rules') },
  });
}

/** Processes by the name of their job. */
export type Jobs = Readonly<Record<string, readonly Launched[]>>;

/**
 * The central Prometheus with the rules about the centre. Its scrape configuration is written here as the operator would make it of
 * the PodMonitors, so it proves the rules only.
 */
export function startMeta(site: Site, jobs: Jobs, port: number): Launched {
  const folder = join(site.folder, 'prometheus-central');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(specOf(objectsOf(site, 'centre'), 'PrometheusRule', 'central')));
  const targets = {
    ...Object.fromEntries(Object.entries(jobs).map(([job, all]) => [job, all.map(({ http }) => http)])),
    prometheus: [port],
  };
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '5s', evaluation_interval: '10s' },
      rule_files: [join(folder, 'rules.yaml')],
      scrape_configs: Object.entries(targets).map(([job_name, ports]) => ({
        job_name,
        honor_labels: true,
        static_configs: ports.map((each, index) => ({ targets: [`127.0.0.1:${each}`], labels: { pod: `${job_name}-${index}` } })),
      })),
    }),
  );
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const running = start('prometheus-central', 'prometheus', args, {}, site.folder);
  return Object.assign(running, { http: port, probe: `http://127.0.0.1:${port}/-/ready`, remount: () => {} });
}

function specOf(objects: readonly Resource[], kind: string, name: string): unknown {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return (found as unknown as { readonly spec: unknown }).spec;
}
