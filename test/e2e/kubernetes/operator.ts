import { freePorts, type Running, start } from '../processes.ts';

export interface Operator extends Running {
  /** Port of its metrics. */
  readonly http: number;
}

/** prometheus-operator as its project deploys it, but for the kubelets: fleetc scrapes them by itself. */
export async function startOperator(folder: string, kubeconfig: string, version: string): Promise<Operator> {
  const [http = 0] = await freePorts(1);
  const args = [
    `--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v${version}`,
    '--watch-referenced-objects-in-all-namespaces=true',
    '--disable-unmanaged-prometheus-configuration=true',
    '--kubelet-endpoints=false',
    `--web.listen-address=127.0.0.1:${http}`,
  ];
  return Object.assign(start('prometheus-operator', 'prometheus-operator', args, { KUBECONFIG: kubeconfig }, folder), { http });
}
