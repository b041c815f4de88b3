// The centre's Prometheus pair as the operator made it, each with its Thanos Sidecar.
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Launched, launch } from '../launch.ts';
import { freePorts } from '../processes.ts';
import { discovered, type Found } from '../replacements.ts';
import { type Made, operatedContainer } from './made.ts';
import { namespace } from './operated.ts';

export interface CentralReplica {
  readonly pod: string;
  readonly prometheus: Launched;
  readonly sidecar: Launched;
  readonly grpc: number;
}

interface Replica {
  readonly made: Made;
  /** 0 unless said. */
  readonly shard?: number;
  readonly index: number;
  /** Addresses of the targets, by how the configuration names them. */
  readonly reach: Readonly<Record<string, readonly string[]>>;
  readonly found: (role: string) => readonly Found[];
}

/** The StatefulSet of a shard. */
const workloadOf = (shard: number): string => (shard === 0 ? 'prometheus-central' : `prometheus-central-shard-${shard}`);

export async function startReplica(folder: string, { made, shard = 0, index, reach, found }: Replica): Promise<CentralReplica> {
  const workload = workloadOf(shard);
  const pod = `${workload}-${index}`;
  const [web = 0, http = 0, grpc = 0] = await freePorts(3);
  const both = {
    listen: { 9090: web, 10902: http, 10901: grpc },
    secrets: made.secrets,
    volumes: { data: join(folder, `${pod}-data`) },
  };
  const prometheus = launch(folder, {
    ...both,
    name: pod,
    program: 'prometheus',
    container: operatedContainer(made, { workload, container: 'prometheus', pod }, ['--web.listen-address=:9090']),
    reach,
    edit: (file, text) => (file === 'prometheus.env.yaml' ? discovered(alertmanagersFound(text, found), found) : text),
  });
  const sidecar = launch(folder, {
    ...both,
    name: `${pod}-sidecar`,
    program: 'thanos',
    container: operatedContainer(made, { workload, container: 'thanos-sidecar', pod }, []),
    reach: { 'localhost:9090': [`127.0.0.1:${web}`] },
  });
  return { pod, prometheus, sidecar, grpc };
}

interface Alerting {
  readonly alerting?: {
    readonly alertmanagers: readonly { readonly kubernetes_sd_configs?: readonly { readonly role: string }[] }[];
  };
}

/** As `discovered`, for the Alertmanagers. */
function alertmanagersFound(config: string, found: (role: string) => readonly Found[]): string {
  const { alerting, ...rest } = parse(config) as Alerting;
  const alertmanagers = alerting?.alertmanagers.map(({ kubernetes_sd_configs: discovery = [], ...each }) => ({
    ...each,
    static_configs: discovery.flatMap(({ role }) => found(role)).map(({ address, labels }) => ({ targets: [address], labels })),
  }));
  return stringify({ ...rest, alerting: { ...alerting, alertmanagers } }, { lineWidth: 0 });
}

/** What discovery of pods would show of the first pod of a StatefulSet. */
export function podFound({ statefulSets }: Made, workload: string, port: string, at: number): Found {
  const template = statefulSets.find(({ metadata }) => metadata.name === workload)?.spec.template;
  const container = template?.spec.containers.find(({ ports = [] }) => ports.some(({ name }) => name === port));
  const labels = Object.entries(template?.metadata.labels ?? {}).map(([name, value]) => [name.replaceAll(/\W/g, '_'), value] as const);
  return {
    address: `127.0.0.1:${at}`,
    labels: {
      __meta_kubernetes_namespace: namespace,
      __meta_kubernetes_pod_name: `${workload}-0`,
      __meta_kubernetes_pod_phase: 'Running',
      __meta_kubernetes_pod_container_name: container?.name ?? '',
      __meta_kubernetes_pod_container_port_name: port,
      ...Object.fromEntries(
        labels.flatMap(([name, value]) => [
          [`__meta_kubernetes_pod_label_${name}`, value],
          [`__meta_kubernetes_pod_labelpresent_${name}`, 'true'],
        ]),
      ),
    },
  };
}
