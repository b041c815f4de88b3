import { type Launched, launch } from '../launch.ts';
import { ask, freePorts } from '../processes.ts';
import type { Alert } from '../stand-ins.ts';
import { type Made, operatedContainer } from './made.ts';

const workload = 'alertmanager-central';

/** The Alertmanagers as the operator made them, each with the others as peers. */
export async function startAlertmanagers(folder: string, made: Made, replicas: number): Promise<readonly Launched[]> {
  const pods = await Promise.all(
    Array.from({ length: replicas }, async (_, index) => {
      const [web = 0, mesh = 0] = await freePorts(2);
      return { pod: `${workload}-${index}`, web, mesh };
    }),
  );
  const peers = pods.map(({ pod, mesh }): [string, readonly string[]] => [`${pod}.alertmanager-operated:9094`, [`127.0.0.1:${mesh}`]]);
  return pods.map(({ pod, web, mesh }) =>
    launch(folder, {
      name: pod,
      program: 'alertmanager',
      container: operatedContainer(made, { workload, pod }, []),
      listen: { 9093: web },
      reach: { ...Object.fromEntries(peers), '[127.0.0.1]:9094': [`127.0.0.1:${mesh}`] },
      secrets: made.secrets,
    }),
  );
}

/** The alerts that one of them has. */
export async function alertsAt({ http }: Launched): Promise<readonly Alert[]> {
  const { body } = await ask(`http://127.0.0.1:${http}/api/v2/alerts`);
  return JSON.parse(body) as readonly Alert[];
}

/** How many replicas one of them knows, itself among them. */
export async function peersOf({ http }: Launched): Promise<number> {
  const { body } = await ask(`http://127.0.0.1:${http}/api/v2/status`);
  const { cluster } = JSON.parse(body) as { readonly cluster: { readonly peers?: readonly object[] } };
  return cluster.peers?.length ?? 0;
}
